"""tests/answers/: the answers to the READMEs' exercises fit the files of their steps."""

import re
import subprocess

import pytest

from support.steps import ROOT

PATCH = re.compile(r"(?ms)^git apply <<'PATCH'\n(.*?\n)PATCH$")
ANSWERS = sorted((ROOT / "tests/answers").glob("*/*.sh"))
PATCHES = [(path, patch) for path in ANSWERS for patch in PATCH.findall(path.read_text())]


def test_each_patch_is_found():
    assert len(PATCHES) == sum(path.read_text().count("git apply") for path in ANSWERS) > 0


@pytest.mark.parametrize(
    ("path", "patch"), PATCHES, ids=[f"{path.parent.name}/{path.name}" for path, _ in PATCHES]
)
def test_the_patch_applies_to_its_step(path, patch):
    command = ["git", "apply", "--check", f"--directory={path.parent.name}", "-"]
    result = subprocess.run(
        command, cwd=ROOT, input=patch, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
