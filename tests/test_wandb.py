"""Step 1: a real offline run, read back."""

import csv
import json
import os
import subprocess
import sys

import pytest

from support.scripts import assert_clear_error, run
from support.servers import find_program
from support.steps import NEWEST, copy_step, train_command

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def trained(tiny_model, small_data, tmp_path_factory):
    """The step's folder after a training without a key."""
    folder = copy_step(1, tmp_path_factory.mktemp("wandb"))
    home = tmp_path_factory.mktemp("home")  # nobody is logged in here
    env = os.environ | {"HOME": str(home), "WANDB_ENTITY": "some-team"}
    command = train_command(1, data=small_data, model=tiny_model, epochs=2)
    result = run(folder, *command, env=env)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.mark.parametrize("step", sorted({1, NEWEST}))
def test_without_a_connection_those_who_are_logged_in_are_told_before_the_training(step, tmp_path):
    environment = os.environ | {
        "HOME": str(tmp_path),
        "WANDB_API_KEY": "0" * 40,
        "WANDB_BASE_URL": "http://127.0.0.1:9",
    }
    folder = copy_step(step, tmp_path)
    result = run(folder, "train.py", env=environment, new_interpreter=True)
    assert_clear_error(result, "http://127.0.0.1:9 can't be reached", "WANDB_MODE=offline")


def test_a_mode_that_the_user_has_set_holds_without_a_key_too(tmp_path):
    environment = os.environ | {"HOME": str(tmp_path), "WANDB_MODE": "disabled"}
    program = "import wandb_logging as w; print(w.make_logger(w.Path('runs')).experiment.disabled)"
    command = [sys.executable, "-c", program]
    folder = copy_step(1, tmp_path)
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert result.stdout.strip() == "True", result.stderr
    assert not list(folder.glob("runs/wandb/*run*"))


@pytest.fixture(scope="module")
def summary(trained):
    """What W&B's own reader finds in the run."""
    command = [
        find_program("wandb"),
        "leet",
        "inspect",
        "--summary",
        "--json",
        "models/wandb/latest-run",
    ]
    result = subprocess.run(command, cwd=trained, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def test_the_run_is_offline_and_holds_its_settings(trained, summary):
    assert list((trained / "models/wandb").glob("offline-run-*"))
    text = json.dumps(summary)
    assert '"cola"' in text
    assert "learning_rate" in text and "tiny-bert" in text


@pytest.mark.parametrize("split", ["train", "val"])
@pytest.mark.parametrize("metric", ["accuracy", "precision", "recall", "f1", "mcc"])
def test_metrics_of_both_splits_are_in_the_run(summary, split, metric):
    assert f'"{split}/{metric}"' in json.dumps(summary)


def read_table(trained, name):
    [path] = (trained / "models/wandb/latest-run/files/media/table").glob(f"{name}_*.table.json")
    return json.loads(path.read_text())


@pytest.mark.parametrize("plot", ["confusion_matrix", "roc_curve", "precision_recall_curve"])
def test_plots_are_in_the_run_and_beside_it(trained, plot):
    assert read_table(trained, f"val/{plot}_table")["data"]
    png = (trained / f"models/plots/{plot}.png").read_bytes()
    assert png.startswith(PNG) and len(png) > 5_000


def test_the_tables_hold_errors_and_samples(trained, small_data):
    def read(name):
        with (small_data / name).open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return {row[3]: ("unacceptable", "acceptable")[int(row[1])] for row in rows}

    dev, train = read("in_domain_dev.tsv"), read("in_domain_train.tsv")
    wrong = read_table(trained, "val/wrong_predictions")
    assert wrong["columns"] == ["sentence", "label", "predicted", "score"]
    assert wrong["data"], "a model with random weights makes errors"
    for sentence, label, predicted, _ in wrong["data"]:
        assert dev[sentence] == label != predicted
    scores = [row[-1] for row in wrong["data"]]
    assert scores == sorted(scores, reverse=True)
    samples = read_table(trained, "train/samples")["data"]
    assert len(samples) >= 50
    assert all(train[sentence] == label for sentence, label in samples)
