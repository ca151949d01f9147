"""Step 6: the steps' workflows, which act runs whole on this machine.

Docker is real. Only third-party actions that would be downloaded are replaced, by tests/actions.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from support.aws import connect
from support.containers import BASE, docker
from support.environments import forking_environment
from support.log_pipeline import LOG_GROUP, LOG_STREAM, put_lines
from support.scripts import succeed
from support.servers import find_program
from support.steps import NEWEST, PROGRAMS, ROOT, STEPS, copy_step, copy_tracked, shrink

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("step_*.yaml"))
LIVE = ROOT / ".github/workflows"
ROLE = "arn:aws:iam::123456789012:role/cola-pipeline"
PRIVATE = "-----BEGIN PRIVATE KEY-----nothing real-----END PRIVATE KEY-----"
FAKE_KEY = f'{{"type": "service_account",\n"client_email": "a@b.c",\n"private_key": "{PRIVATE}"}}'


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; return what it prints."""
    author = ["-c", "user.name=tests", "-c", "user.email=tests@localhost"]
    return subprocess.check_output(["git", *author, *arguments], cwd=folder, text=True)


def commit(folder: Path, message: str) -> None:
    """Commit all changes in a repository."""
    git(folder, "add", "--all")
    git(folder, "commit", f"--message={message}")


def make_repository(folder: Path) -> None:
    """Make a folder a repository, and commit all files in it."""
    git(folder, "init", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--message=All")


@pytest.fixture
def repository(tmp_path) -> Path:
    """A copy of the newest step as a repository."""
    folder = copy_step(NEWEST, tmp_path)
    make_repository(folder)
    return folder


def find_actions(folder: Path) -> set[str]:
    """Return the actions that a folder's workflows use, such as `actions/setup-python@HASH`.

    actions/checkout is left out, because act has it built in.
    """
    files = (folder / ".github/workflows").glob("*.yaml")
    used = {name for file in files for name in re.findall(r"uses: (\S+)", file.read_text())}
    return {name for name in used if not name.startswith("actions/checkout@")}


def act(
    folder: Path, workflow: str, *options: str, event: str = "push", **environment: str
) -> CompletedProcess[str]:
    """Run a workflow for an event with act, as GitHub would; return its status and output.

    The options are act's, and environment has variables for all steps of the workflow.
    """
    stand_ins = [
        f"--local-repository={action}={ROOT / 'tests/actions' / action.split('@')[0].split('/')[1]}"
        for action in find_actions(folder)
    ]
    variables = {
        "TEST_ARTIFACTS": str(folder.parent / "artifacts"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_DEPS": "1",  # all is installed; checking each dependency takes 10 s
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # a step has none of the plugins of these tests
        **{name: os.environ[name] for name in ("DOCKER_BUILDKIT",) if name in os.environ},
        **environment,
    }
    command = [
        *(find_program("act"), event, f"--workflows=.github/workflows/{workflow}", *options),
        *("--platform=ubuntu-latest=-self-hosted", *stand_ins),
        *(f"--env={name}={value}" for name, value in variables.items()),
    ]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=900, check=False
    )
    print(result.stdout[-6000:], result.stderr[-2000:])
    return result


@pytest.fixture(scope="module")
def run_workflow(tmp_path_factory) -> Iterator[Callable[..., CompletedProcess[str]]]:
    """The function act(), with an environment whose Python starts fast."""
    with forking_environment(tmp_path_factory.mktemp("environment")) as environment:
        yield partial(act, TEST_ENVIRONMENT=str(environment))


def write_executable(path: Path, text: str) -> None:
    """Write a program, and make it executable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def test_the_live_copies_are_those_of_the_steps():
    command = [sys.executable, "tools/steps.py", "check"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert WORKFLOWS
    for path in WORKFLOWS:
        step = next(step for step in STEPS.values() if path.name.startswith(step.name))
        text = path.read_text()
        assert text.count(f"working-directory: {step.name}\n") == text.count("actions/checkout@")
        if "push:" in text:
            assert f'paths: ["{step.name}/**"]' in text


def test_basic(repository):
    result = act(repository, "basic.yaml")
    assert result.returncode == 0
    assert "A push of" in result.stdout
    files = sum(path.is_file() for path in repository.rglob("*") if ".git/" not in str(path))
    for greeting in ("Hello", "Good day"):
        assert f"{greeting}! The other job counted {files} files." in result.stdout


def test_a_step_fails_with_the_first_command_of_a_pipe(repository):
    path = repository / ".github/workflows/basic.yaml"
    path.write_text(re.sub(r"run: echo \"A .*", "run: false | cat", path.read_text()))
    commit(repository, "A pipe whose first command fails")
    assert act(repository, "basic.yaml").returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_workflow_runs_its_steps_in_the_shell_that_fails_so(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["defaults"]["run"]["shell"] == "bash"


def test_a_push_that_breaks_a_test_fails(run_workflow, repository):
    file = repository / "predictions.py"
    text = file.read_text()
    assert "max(scores" in text
    file.write_text(text.replace("max(scores", "min(scores"))
    commit(repository, "Break it")
    result = run_workflow(repository, "pipeline.yaml")
    assert result.returncode != 0
    assert "1 failed" in result.stdout
    assert "Build the image" not in result.stdout


def test_the_key_of_a_drive_is_neither_shown_nor_kept(repository, tmp_path):
    (tmp_path / "secrets").write_text(f"GDRIVE_SERVICE_ACCOUNT_KEY='{FAKE_KEY}'\n")
    programs = tmp_path / "tools/bin"
    write_executable(programs / "dvc", (PROGRAMS / "dvc_with_key.sh").read_text())
    for name in ("pip", "python"):
        write_executable(programs / name, "#!/bin/bash\nexit 0\n")
    result = act(
        repository,
        "pipeline.yaml",
        f"--secret-file={tmp_path / 'secrets'}",
        "--var=DVC_REMOTE_URL=gdrive://folder",
        TEST_ENVIRONMENT=str(tmp_path / "tools"),
    )
    assert result.returncode != 0, "the pull has failed"
    assert "| dvc pull convert\n" in result.stdout
    assert "| 600\n" in result.stdout
    assert PRIVATE not in result.stdout + result.stderr
    runner_temp = Path((tmp_path / "artifacts.txt").read_text().strip())
    assert not (runner_temp / "key.json").exists()
    assert not runner_temp.is_relative_to(repository)


def read_revision(repository: Path) -> str:
    """Return the hash of a repository's last commit."""
    return git(repository, "rev-parse", "HEAD").strip()


def remove_images(*names: str) -> None:
    """Remove Docker images, as far as they exist."""
    for name in names:
        docker("rmi", "--force", name, check=False)


def remove_images_of(repository: Path) -> None:
    """Remove the images that the pipeline has built from a repository's last commit."""
    revision = read_revision(repository)
    remove_images(f"cola:{revision}", f"cola-lambda:{revision}")


def assert_image_is_kept(repository: Path) -> None:
    """Assert that the pipeline has kept its image as an artifact."""
    [archive] = (repository.parent / "artifacts").rglob("cola.tar.gz")
    with gzip.open(archive) as content, tarfile.open(fileobj=content) as image:
        assert "manifest.json" in image.getnames()


@pytest.fixture
def clone(lambda_base, tmp_path, small_data, tiny_model) -> Iterator[Path]:
    """The whole course as a repository, in which the newest step has less data and a tiny model."""
    folder = tmp_path / "course"
    copy_tracked(ROOT, folder)
    shrink(folder / STEPS[NEWEST].name, small_data, tiny_model)
    make_repository(folder)
    yield folder
    remove_images_of(folder)


def test_the_live_pipeline_trains_without_a_remote(run_workflow, clone):
    """The copy of the workflow at the root runs in a clone of the whole repository.

    The quick model is never published, even if there is a role for it.
    """
    workflow = f"{STEPS[NEWEST].name}_pipeline.yaml"
    result = run_workflow(clone, workflow, f"--var=AWS_ROLE_ARN={ROLE}")
    assert result.returncode == 0
    assert "Run Main Take the role in AWS" not in result.stdout
    assert "Run Main Push it to ECR" not in result.stdout
    assert "MCC on 125 dev sentences" in result.stdout
    assert "Success - Main Run it, and ask it" in result.stdout
    assert_image_is_kept(clone)


@pytest.fixture
def keys(s3_server, moto_server, tmp_path) -> dict[str, str]:
    """The environment variables for S3 and moto, which the stand-in for AWS's action reads, too."""
    keys = s3_server.environment | {
        "AWS_ENDPOINT_URL_S3": s3_server.environment["AWS_ENDPOINT_URL"],
        "AWS_ENDPOINT_URL": moto_server[0],
    }
    (tmp_path / "keys").write_text("".join(f"{name}={value}\n" for name, value in keys.items()))
    return keys


def make_variables(remote: str) -> list[str]:
    """Return act's options for the variables of a repository on GitHub that may use AWS."""
    values = {"DVC_REMOTE_URL": remote, "AWS_ROLE_ARN": ROLE, "AWS_REGION": "us-east-1"}
    return [f"--var={name}={value}" for name, value in values.items()]


def push_stages(
    repository: Path, models: Path, keys: dict[str, str], remote: str, *stages: str
) -> None:
    """Push models as the outputs of DVC's stages; dvc.lock is all that stays in the repository."""
    environment = os.environ | keys
    shutil.copytree(models, repository / "models", dirs_exist_ok=True)
    (repository / "models/best.ckpt").touch()
    succeed(repository, "-m", "dvc", "commit", "--force", *stages, env=environment)
    add = ("remote", "add", "--local", "--default", "test", remote)
    succeed(repository, "-m", "dvc", *add, env=environment)
    outputs = [stage for stage in stages if stage != "train"]
    succeed(repository, "-m", "dvc", "push", *outputs, env=environment)
    shutil.rmtree(repository / "models")
    shutil.rmtree(repository / ".dvc/cache")
    (repository / ".dvc/config.local").unlink()
    commit(repository, "The model")


@pytest.fixture
def first_image(repository, keys, registry, converted_models) -> Iterator[str]:
    """Lambda's image of a first version, which was deployed by hand; its name in the registry."""
    environment = os.environ | keys
    local = "cola-lambda:first"
    shutil.copytree(converted_models, repository / "models")
    revision = f"--build-arg=REVISION={'f' * 40}"
    docker("build", "--file=aws/Dockerfile", f"--tag={local}", revision, ".", cwd=repository)
    push = ("-m", "aws.push_to_ecr", local, "--repository=cola-lambda")
    image = succeed(repository, *push, env=environment).splitlines()[-1]
    succeed(repository, "-m", "aws.deploy_lambda", "deploy", image, env=environment)
    shutil.rmtree(repository / "models")
    yield image
    succeed(repository, "-m", "aws.deploy_lambda", "teardown", env=environment)
    remove_images(local)
    remove_images_of(repository)


def test_the_pipeline_pulls_the_model_from_s3_publishes_and_deploys(
    run_workflow,
    lambda_base,
    repository,
    first_image,
    keys,
    registry,
    converted_models,
    s3_server,
    tmp_path,
):
    """The role is a stand-in, which hands out the test's keys; the servers are real, and requests
    go to containers of the function's versions, by moto's records."""
    remote = f"s3://{s3_server.bucket}/models"
    push_stages(repository, converted_models, keys, remote, "train", "convert", "reference")
    variables = make_variables(remote)
    result = run_workflow(repository, "pipeline.yaml", *variables, TEST_KEYS=str(tmp_path / "keys"))
    assert result.returncode == 0
    assert "Success - Main Pull the model by DVC" in result.stdout
    assert "Run Main Train a quick model" not in result.stdout
    assert "Run Main Take the role in AWS" in result.stdout
    assert "Run Main Push it to ECR" in result.stdout
    assert "Success - Main Run it, and ask it" in result.stdout
    assert_image_is_kept(repository)
    assert f"| {registry}/cola:{read_revision(repository)[:12]}" in result.stdout
    assert f"| {registry}/cola@sha256:" in result.stdout
    for percent in (10, 100):
        assert f"Version 2 answers, and has {percent}% of the requests." in result.stdout
    assert keys["AWS_SECRET_ACCESS_KEY"] not in result.stdout + result.stderr


@pytest.fixture
def elastic_images(docker_engine, tmp_path) -> Iterator[None]:
    """The stand-in, under the names of the images of Elasticsearch and Kibana, where they lack."""
    compose_file = (STEPS[NEWEST] / "monitoring/elastic/docker-compose.yml").read_text()
    made = []
    for name, port in {"elasticsearch": 9200, "kibana": 5601}.items():
        [image] = set(re.findall(rf"image: (\S+/{name}:\S+)", compose_file))
        if docker("images", "--quiet", image):
            continue
        folder = tmp_path / name
        write_executable(folder / "curl", (PROGRAMS / "curl_stand_in.py").read_text())
        shutil.copy(ROOT / "tests/support/elastic_stand_in.py", folder)
        (folder / "Dockerfile").write_text(
            f"FROM {BASE}\nCOPY curl /usr/local/bin/\nCOPY elastic_stand_in.py /\n"
            f'CMD ["python", "/elastic_stand_in.py", "{port}"]\n'
        )
        docker("build", f"--tag={image}", str(folder))
        made.append(image)
    yield
    remove_images(*made)


@pytest.fixture
def compose_project(compose, repository) -> Iterator[str]:
    """The name of a project of Docker Compose, whose containers are removed at the end."""
    name = "cola-monitoring-test"
    passwords = {"ELASTIC_PASSWORD": "-", "KIBANA_PASSWORD": "-"}
    yield name
    docker(
        *("compose", "--file=monitoring/elastic/docker-compose.yml", f"--project-name={name}"),
        *("down", "--volumes", "--timeout=1"),
        cwd=repository,
        env=os.environ | passwords,
        check=False,
    )
    remove_images("cola-forwarder")


def test_the_dashboard_gets_data_in_compose(
    run_workflow, lambda_base, repository, elastic_images, compose_project, small_data, tiny_model
):
    """Where the images of Elasticsearch and Kibana are there, with the real ones."""
    shrink(repository, small_data, tiny_model)
    commit(repository, "Little data")
    result = run_workflow(repository, "monitoring.yaml", COMPOSE_PROJECT_NAME=compose_project)
    assert result.returncode == 0
    assert result.stdout.count("700 predictions are in Elasticsearch, 0 were refused.") == 2
    points = re.findall(r"cola-\d_\w+ +(\d+) points", result.stdout)
    assert len(points) == 5 and all(map(int, points))


def read_timestamp(line: str) -> datetime:
    """Return the time of a line of the prediction log."""
    return datetime.fromisoformat(json.loads(line)["@timestamp"])


@pytest.fixture
def lines_of_last_week(monitored, keys, tmp_path) -> list[str]:
    """The lines of a log with typos, of the last six days, which are in moto's CloudWatch Logs."""
    log = tmp_path / "typos.jsonl"
    week = f"--week={datetime.now(UTC) - timedelta(days=6):%F}"
    succeed(monitored, "-m", "monitoring.simulate_traffic", "typos", week, f"--log={log}")
    lines = [
        line for line in log.read_text().splitlines() if read_timestamp(line) < datetime.now(UTC)
    ]
    logs = connect("logs", keys)
    logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM)
    put_lines(logs, lines)
    return lines


def test_drift_starts_the_training(
    run_workflow, monitored, repository, lines_of_last_week, keys, s3_server, tmp_path, monkeypatch
):
    """`gh` is a stand-in that writes its arguments into a file."""
    remote = f"s3://{s3_server.bucket}/drift"
    push_stages(repository, monitored / "models", keys, remote, "reference")
    write_executable(tmp_path / "tools/gh", f'#!/bin/sh\necho "$*" >> {tmp_path}/asked\n')
    monkeypatch.setenv("PATH", f"{tmp_path}/tools:{os.environ['PATH']}")
    result = run_workflow(
        repository,
        "drift.yaml",
        *make_variables(remote),
        event="workflow_dispatch",
        TEST_KEYS=str(tmp_path / "keys"),
    )
    assert result.returncode == 0
    assert f"{len(lines_of_last_week)} predictions" in result.stdout
    assert re.search(r"Drift in the week from \S+ on: unknown", result.stdout)
    assert "workflow run train.yaml --repo " in (tmp_path / "asked").read_text()


def test_the_live_drift_check_starts_the_live_training():
    live = (LIVE / f"{STEPS[NEWEST].name}_drift.yaml").read_text()
    assert f"gh workflow run {STEPS[NEWEST].name}_train.yaml" in live


def test_the_training_keeps_the_model_and_pushes_it(
    run_workflow, repository, keys, s3_server, small_data, tiny_model, tmp_path
):
    shrink(repository, small_data, tiny_model)
    commit(repository, "Little data")
    result = run_workflow(
        repository,
        "train.yaml",
        *make_variables(f"s3://{s3_server.bucket}/training"),
        event="workflow_dispatch",
        TEST_KEYS=str(tmp_path / "keys"),
    )
    assert result.returncode == 0
    [archive] = (tmp_path / "artifacts").rglob("model.tar.gz")
    with tarfile.open(archive) as content:
        names = content.getnames()
    assert {"dvc.lock", "models/onnx/model.int8.onnx", "evaluation/model_card.md"} <= set(names)
    assert "files pushed" in result.stdout
