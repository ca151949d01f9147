"""Step 3, with the real dvc and a real S3 server: the pipeline, remotes, and what can go wrong."""

import ast
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from support.environments import forking_environment
from support.scripts import assert_clear_error, run, run_program
from support.servers import find_program
from support.steps import NEWEST, STEPS, copy_step, shrink

MODEL = Path("models/best.ckpt")
PIPELINES = [NEWEST]  # its stages are all that the steps have


class Repository:
    """A reader's repository, with a home of its own for what Git and DVC keep there."""

    def __init__(self, folder: Path, home: Path, programs: Path):
        self.folder = folder
        self.programs = programs
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
            "HOME": str(home),
            "PATH": f"{programs}:{os.environ['PATH']}",
        }

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def dvc(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """Run dvc, which must succeed or fail as expected; returns all that it prints."""
        result = run(self.folder, "-m", "dvc", *arguments, env=self.environment | environment)
        output = result.stdout + result.stderr
        assert (result.returncode != 0) == fails, output
        assert "Traceback" not in output, output
        return output

    def git(self, *arguments: str) -> str:
        result = self.run("git", *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def commit(self, message: str) -> None:
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", message)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def forget(self) -> None:
        """Delete the models and the cache, as if the repository had just been cloned."""
        shutil.rmtree(self.folder / "models")
        shutil.rmtree(self.folder / ".dvc" / "cache")

    def stages_run(self) -> list[str]:
        return re.findall("Running stage '(.+)'", self.dvc("repro"))

    def cached(self, path: Path) -> Path:
        """Where the cache keeps a file that is in the workspace."""
        md5 = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        return self.folder / ".dvc/cache/files/md5" / md5[:2] / md5[2:]


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A folder with a `python` that the pipeline's stages run in, which starts fast."""
    with forking_environment(tmp_path_factory.mktemp("environment")) as environment:
        yield environment / "bin"


@pytest.fixture(scope="module")
def trained(tmp_path_factory, programs, tiny_model, small_data):
    """A repository whose pipeline has run, with the tiny model and little data."""
    folder = copy_step(3, tmp_path_factory.mktemp("dvc"))
    shrink(folder, small_data, tiny_model)
    repository = Repository(folder, tmp_path_factory.mktemp("home"), programs)
    repository.edit("configs/training/default.yaml", "max_epochs: 5", "max_epochs: 2")
    repository.edit("configs/config.yaml", "logger: wandb", "logger: tensorboard")
    repository.git("init", "--quiet")
    repository.git("config", "user.name", "A. Reader")
    repository.git("config", "user.email", "reader@example.org")
    repository.commit("Start")
    assert repository.stages_run() == ["train", "evaluate"]
    repository.commit("Train")
    repository.git("tag", "v1")
    return repository


@pytest.fixture
def repository(trained, tmp_path):
    """A copy of the trained repository, for one test to do with as it likes."""
    folder = tmp_path / "repository"
    shutil.copytree(trained.folder, folder)
    home = tmp_path / "home"
    home.mkdir()
    return Repository(folder, home, trained.programs)


@pytest.fixture
def on_s3(repository, s3_server):
    """The repository with a remote on the S3 server, in a folder of its own."""
    name = hashlib.sha256(str(repository.folder).encode()).hexdigest()[:8]
    repository.dvc("remote", "add", "--default", "s3", f"s3://{s3_server.bucket}/{name}")
    repository.dvc("remote", "modify", "s3", "verify", "true")
    repository.environment |= s3_server.environment
    return repository


def imports_of(step: Path, script: str) -> set[str]:
    """The step's own files that a script imports, directly or not, itself included."""
    found: set[str] = set()
    waiting = {script}
    while waiting:
        name = waiting.pop()
        found.add(name)
        for node in ast.walk(ast.parse((step / name).read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module]
            else:
                continue
            files = {f"{module.replace('.', '/')}.py" for module in modules}
            waiting |= {file for file in files if (step / file).is_file()} - found
    return found


def find_script(command: str) -> str:
    """The file of the step that `python FILE` or `python -m MODULE` runs."""
    _, *words = command.split()
    return f"{words[1].replace('.', '/')}.py" if words[0] == "-m" else words[0]


@pytest.mark.parametrize("step", PIPELINES)
def test_every_stage_depends_on_all_that_it_imports(step):
    stages = yaml.safe_load((STEPS[step] / "dvc.yaml").read_text())["stages"]
    for stage in stages.values():
        script = find_script(stage["cmd"])
        needed = imports_of(STEPS[step], script)
        if script == "train.py":
            needed |= {"model.py", "data.py", "wandb_logging.py"}  # named in the configuration
            needed -= {"evaluate.py", "model_card.py"}  # they don't change the trained model
        assert {dep for dep in stage["deps"] if dep.endswith(".py")} == needed


@pytest.mark.parametrize("step", PIPELINES)
def test_training_depends_on_every_file_that_configures_it(step):
    params = yaml.safe_load((STEPS[step] / "dvc.yaml").read_text())["stages"]["train"]["params"]
    files = {name for param in params for name in param}
    configs = STEPS[step] / "configs"
    groups = {path.relative_to(STEPS[step]).as_posix() for path in configs.glob("*/*.yaml")}
    loggers = {name for name in groups if name.startswith("configs/logger/")}
    assert files == groups - loggers | {"configs/config.yaml"}


def test_the_pipeline_reruns_only_what_depends_on_a_change(repository):
    before = repository.dvc("repro")
    assert "Data and pipelines are up to date" in before
    assert "Running stage" not in before

    repository.edit("configs/logger/wandb.yaml", "project: ", "project: my-")
    assert repository.stages_run() == []
    repository.edit("evaluate.py", "thresholds=100", "thresholds=50")
    assert repository.stages_run() == ["evaluate"]
    card = (repository.folder / "evaluation/model_card.md").read_text()
    assert " and edits in configs/logger/wandb.yaml, evaluate.py |" in card
    repository.edit("configs/model/minilm.yaml", "dropout: 0.1", "dropout: 0.3")
    assert repository.stages_run() == ["train", "evaluate"]


def test_two_versions_are_compared_and_the_first_is_brought_back(repository):
    first = (repository.folder / MODEL).read_bytes()
    repository.edit("configs/training/default.yaml", "max_epochs: 2", "max_epochs: 1")
    repository.dvc("repro")
    second = (repository.folder / MODEL).read_bytes()
    assert first != second
    old = json.loads(repository.git("show", "v1:evaluation/metrics.json"))["all_dev"]["mcc"]
    new = json.loads((repository.folder / "evaluation/metrics.json").read_text())["all_dev"]["mcc"]
    [changes] = json.loads(repository.dvc("metrics", "diff", "v1", "--all", "--json")).values()
    assert (changes["all_dev.mcc"]["old"], changes["all_dev.mcc"]["new"]) == (old, new)
    params = json.loads(repository.dvc("params", "diff", "v1", "--json"))
    assert params["configs/training/default.yaml"]["max_epochs"]["new"] == 1
    repository.dvc("plots", "diff", "v1")
    assert "Confusion matrix" in (repository.folder / "dvc_plots/index.html").read_text()

    repository.commit("One epoch")
    repository.git("checkout", "--quiet", "v1")
    repository.dvc("checkout")
    assert (repository.folder / MODEL).read_bytes() == first
    assert repository.stages_run() == []


def test_the_metrics_and_the_card_say_what_the_model_does(trained):
    evaluation = trained.folder / "evaluation"
    metrics = json.loads((evaluation / "metrics.json").read_text())
    assert list(metrics) == ["in_domain_dev", "out_of_domain_dev", "all_dev"]
    rows = (evaluation / "predictions.csv").read_text().splitlines()[1:]
    assert len(rows) == 125
    right = sum(row.split(",")[-3] == row.split(",")[-2] for row in rows)
    assert metrics["all_dev"]["accuracy"] == pytest.approx(right / 125, abs=1e-4)

    card = (evaluation / "model_card.md").read_text()
    assert hashlib.sha256((trained.folder / MODEL).read_bytes()).hexdigest() in card
    assert f"Of 125 sentences it got {125 - right} wrong" in card
    assert f"{metrics['out_of_domain_dev']['mcc']:.3f}" in card
    first = trained.git("rev-list", "--max-parents=0", "--abbrev-commit", "HEAD").strip()
    assert f"commit {first} |" in card, "nothing but the pipeline's own files was edited"
    assert "learning_rate: 0.0002" in card and "max_epochs: 2" in card
    train = (trained.folder / "data/in_domain_train.tsv").read_text().splitlines()
    lines = [line.split("\t") for line in train]
    data = "".join(f"{label}\t{sentence}\n" for _, label, _, sentence in lines)
    assert f"| train | 400 | {hashlib.sha256(data.encode()).hexdigest()}" in re.sub(
        r"\| [\d.]+% ", "", card
    )


@pytest.mark.parametrize("step", PIPELINES)
def test_evaluating_without_a_model_says_how_to_make_one(step, tmp_path):
    assert_clear_error(
        run(copy_step(step, tmp_path), "evaluate.py"), "best.ckpt", "python train.py"
    )


def test_a_folder_of_the_user_is_the_remote_without_any_set_up(repository):
    model = (repository.folder / MODEL).read_bytes()
    assert "1 file pushed" in repository.dvc("push")
    assert list(Path(repository.environment["HOME"]).glob("dvc-storage/cola/files/md5/*/*"))
    repository.forget()
    repository.dvc("pull")
    assert (repository.folder / MODEL).read_bytes() == model
    assert str(Path.home()) not in (repository.folder / ".dvc/config").read_text()


def test_another_repository_gets_and_imports_a_version(repository, tmp_path):
    repository.dvc("push")
    home = Path(repository.environment["HOME"])
    other = Repository(tmp_path / "other", home, repository.programs)
    other.folder.mkdir()
    source = str(repository.folder)
    other.dvc("get", source, str(MODEL), "--rev", "v1", "--out", "got.ckpt")
    other.git("init", "--quiet")
    other.dvc("init", "--quiet")
    other.dvc("import", source, str(MODEL), "--rev", "v1", "--out", "imported.ckpt")
    for name in ("got.ckpt", "imported.ckpt"):
        assert (other.folder / name).read_bytes() == (repository.folder / MODEL).read_bytes()
    assert yaml.safe_load((other.folder / "imported.ckpt.dvc").read_text())["deps"][0]["repo"]


def test_push_wipe_pull_on_s3_gives_the_same_bytes(on_s3):
    before = (on_s3.folder / MODEL).read_bytes()
    assert "1 file pushed" in on_s3.dvc("push")
    assert "Everything is up to date" in on_s3.dvc("push")
    on_s3.forget()
    on_s3.dvc("pull")
    assert (on_s3.folder / MODEL).read_bytes() == before


def test_a_wrong_key_and_an_unreachable_server_are_named_and_lose_nothing(on_s3):
    wrong = {"AWS_SECRET_ACCESS_KEY": "wrong"}
    assert "Forbidden" in on_s3.dvc("push", fails=True, **wrong)
    nobody = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    unreachable = 'Could not connect to the endpoint URL: "http://127.0.0.1:9'
    assert "1 file pushed" in on_s3.dvc("push")

    model = (on_s3.folder / MODEL).read_bytes()
    on_s3.forget()
    assert "Forbidden" in on_s3.dvc("pull", fails=True, **wrong)
    assert unreachable in on_s3.dvc("pull", fails=True, **nobody)
    on_s3.dvc("pull")
    assert (on_s3.folder / MODEL).read_bytes() == model


def test_no_key_is_written_down(on_s3, s3_server):
    on_s3.dvc("push")
    secret = s3_server.environment["AWS_SECRET_ACCESS_KEY"].encode()
    for path in on_s3.folder.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes(), path


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_killed_push_can_be_repeated(on_s3, s3_server):
    big = on_s3.folder / "big.bin"
    big.write_bytes(os.urandom(200_000_000))
    on_s3.dvc("add", "big.bin")
    command = [find_program("dvc"), "push", "big.bin"]
    before = size_of(s3_server.folder)
    process = subprocess.Popen(
        command, cwd=on_s3.folder, env=on_s3.environment, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while size_of(s3_server.folder) < before + 50_000_000:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert "new:" in on_s3.dvc("status", "--cloud", "big.bin"), "the push was over already"

    assert "1 file pushed" in on_s3.dvc("push", "big.bin")
    digest = hashlib.sha256(big.read_bytes()).digest()
    big.unlink()
    shutil.rmtree(on_s3.folder / ".dvc/cache")
    on_s3.dvc("pull", "big.bin")
    assert hashlib.sha256(big.read_bytes()).digest() == digest


def test_an_edited_cache_file_is_seen_and_fetched_again(on_s3):
    on_s3.dvc("push")
    model = (on_s3.folder / MODEL).read_bytes()
    cached = on_s3.cached(on_s3.folder / MODEL)
    cached.chmod(0o644)
    cached.write_bytes(b"X" + model[1:])
    (on_s3.folder / MODEL).unlink()
    assert "1 file fetched" in on_s3.dvc("pull")
    assert (on_s3.folder / MODEL).read_bytes() == cached.read_bytes() == model


def test_the_check_after_a_push_finds_a_damaged_file_that_was_left_out(repository):
    """`dvc push` succeeds without it, so the workflow asks for the status afterwards."""
    workflow = (STEPS[NEWEST] / ".github/workflows/train.yaml").read_text()
    check = "status --cloud --quiet"
    assert workflow.index("dvc push\n") < workflow.index(f"dvc {check}\n")
    cached = repository.cached(repository.folder / MODEL)
    content = cached.read_bytes()
    cached.chmod(0o644)
    cached.write_bytes(b"X" + content[1:])
    (repository.folder / MODEL).unlink()
    repository.dvc("push")
    repository.dvc(*check.split(), fails=True)


def test_a_damaged_file_on_the_remote_is_refused(repository):
    repository.dvc("push")
    good = (repository.folder / MODEL).read_bytes()
    place = repository.cached(repository.folder / MODEL).relative_to(
        repository.folder / ".dvc/cache"
    )
    stored = Path(repository.environment["HOME"]) / "dvc-storage/cola" / place
    stored.chmod(0o644)
    stored.write_bytes(b"X" + good[1:])
    clone = Repository(repository.folder.with_name("clone"), stored.parent, repository.programs)
    shutil.copytree(repository.folder, clone.folder)
    clone.environment = repository.environment
    clone.forget()
    assert "failed to pull data" in clone.dvc("pull", fails=True)
    assert not (clone.folder / MODEL).exists()

    assert "1 file pushed" in repository.dvc("push")
    clone.dvc("pull")
    assert (clone.folder / MODEL).read_bytes() == good


def test_results_are_replaced_when_all_files_are_complete(tmp_path):
    folder = copy_step(3, tmp_path)
    (folder / "result.unfinished").mkdir()  # of a run that was killed
    (folder / "result.unfinished/c").touch()
    result = run_program(folder, "replace_files")
    assert result.stdout.splitlines() == [
        "[('a', 'first'), ('b', 'first')]",
        "failed [('a', 'first'), ('b', 'first')]",
        "[('a', 'second'), ('b', 'second')]",
        "['result']",
    ], result.stderr
