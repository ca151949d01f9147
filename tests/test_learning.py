"""The whole cycle in the newest step, as `make run` takes it: MiniLM learns, and all the rest."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

import made
from support.scripts import run
from support.steps import NEWEST, ROOT, STEPS, copy_step


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copy_step(NEWEST, tmp_path_factory.mktemp("newest"))


@pytest.fixture(scope="module")
def printed(folder):
    """What the cycle prints. Its models are kept for the READMEs that train the same ones."""
    result = run(folder, "cycle.py", timeout=1800, new_interpreter=True)
    assert result.returncode == 0, result.stdout + result.stderr
    later_results = {"train.py": ["onnx", "monitoring"], "convert_model_to_onnx.py": ["monitoring"]}
    for script, names in later_results.items():
        with tempfile.TemporaryDirectory() as parent:
            models = Path(parent, "models")
            shutil.copytree(folder / "models", models, ignore=shutil.ignore_patterns(*names))
            made.keep_made(folder, f"python {script}", models)
    return result.stdout


def test_make_run_is_this_cycle():
    command = ["make", "--dry-run", "run"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert f"cd {STEPS[NEWEST].name} && python cycle.py" in printed


def test_the_model_learns_and_gets_the_courses_sentences_right(folder, printed):
    mcc = dict(re.findall(r"^(\w+_dev) +[\d,]+ +(-?[\d.]+)", printed, re.M))
    assert float(mcc["in_domain_dev"]) >= 0.70
    assert float(mcc["out_of_domain_dev"]) >= 0.30
    assert predict_labels(folder, "inference.py") == ["acceptable", "unacceptable"]


def test_the_converted_model_is_as_good(folder, printed):
    """The conversion itself fails where logits or MCC differ."""
    mcc = dict(re.findall(r"dev sentences, (\w+): ([\d.]+)", printed))
    assert set(mcc) == {"PyTorch", "fp32", "int8"}
    assert mcc["PyTorch"] == mcc["fp32"]
    assert abs(float(mcc["int8"]) - float(mcc["fp32"])) <= 0.02
    assert predict_labels(folder, "inference_onnx.py") == ["acceptable", "unacceptable"]


def test_the_cycle_ends_with_a_table_of_what_is_there(folder, printed):
    rows = re.findall(r"^(\S+) +(.+?) +\d+ s   (\S+)$", printed.split("\n\n")[-1], re.M)
    names = ["train", "evaluate", "convert", "reference", "Lambda", "traffic", "drift"]
    assert [name for name, _, _ in rows] == names
    assert all((folder / path).exists() for _, _, path in rows)
    results = {name: result for name, result, _ in rows}
    assert results["Lambda"] == "3 events answered, 1 refused"
    assert results["traffic"] == "700 predictions"
    assert results["drift"].startswith("none;")


def predict_labels(folder, script):
    """The labels that a script gives two sentences."""
    result = run(folder, script, "The boy is sitting on a bench", "They not yelled us!")
    return [json.loads(line)["label"] for line in result.stdout.splitlines()]
