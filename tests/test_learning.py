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
