"""The newest step's main path, as `make run` takes it: MiniLM on the bundled corpus learns."""

import json
import re

import pytest

from conftest import NEWEST, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from conftest import STEPS, copy_tracked

    folder = tmp_path_factory.mktemp("newest") / STEPS[NEWEST].name
    copy_tracked(STEPS[NEWEST], folder)
    return folder


def test_the_model_learns_and_gets_the_courses_sentences_right(folder):
    result = run(folder, "train.py", timeout=900)
    assert result.returncode == 0, result.stderr
    mcc = dict(re.findall(r"^(\w+_dev) +[\d,]+ +(-?[\d.]+)", result.stdout, re.M))
    assert float(mcc["in_domain_dev"]) >= 0.70
    assert float(mcc["out_of_domain_dev"]) >= 0.30

    result = run(folder, "inference.py", "The boy is sitting on a bench", "They not yelled us!")
    labels = [json.loads(line)["label"] for line in result.stdout.splitlines()]
    assert labels == ["acceptable", "unacceptable"]


def test_the_converted_model_is_as_good(folder):
    """After the test above; the conversion itself fails where logits or MCC differ."""
    result = run(folder, "convert_model_to_onnx.py")
    assert result.returncode == 0, result.stdout + result.stderr
    mcc = dict(re.findall(r"dev sentences, (\w+): ([\d.]+)", result.stdout))
    assert set(mcc) == {"PyTorch", "fp32", "int8"}
    assert mcc["PyTorch"] == mcc["fp32"]
    assert abs(float(mcc["int8"]) - float(mcc["fp32"])) <= 0.02

    sentences = ["The boy is sitting on a bench", "They not yelled us!"]
    result = run(folder, "inference_onnx.py", *sentences)
    labels = [json.loads(line)["label"] for line in result.stdout.splitlines()]
    assert labels == ["acceptable", "unacceptable"]
