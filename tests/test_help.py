"""Every script of every step says by --help what it does and what it takes."""

import pytest

from support.scripts import run
from support.steps import NEWEST, STEPS

ENTRY_POINT = 'if __name__ == "__main__":'
OTHER_ENVIRONMENT = {("-m", "aws.local.server")}  # is moto's, and aws.local starts it there


def list_scripts(step: int) -> list[tuple[str, ...]]:
    """Return the arguments that start each script of a step: its file, or -m and its module."""
    scripts: list[tuple[str, ...]] = []
    for path in sorted(STEPS[step].rglob("*.py")):
        file = path.relative_to(STEPS[step])
        if ENTRY_POINT in path.read_text(encoding="utf-8"):
            module = ".".join(file.with_suffix("").parts).removesuffix(".__main__")
            scripts.append((file.name,) if len(file.parts) == 1 else ("-m", module))
    return [script for script in scripts if script not in OTHER_ENVIRONMENT]


def test_the_scripts_are_found():
    assert {("train.py",), ("data.py",), ("evaluate.py",)} <= set(list_scripts(0))
    assert len(list_scripts(NEWEST)) > 20


@pytest.mark.parametrize(
    ("step", "script"),
    [(step, script) for step in (0, NEWEST) for script in list_scripts(step)],
    ids=str,
)
def test_help_describes_a_script_and_changes_nothing(step, script, tmp_path):
    result = run(STEPS[step], *script, "--help")
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stdout) > 100
    if script != ("train.py",):  # whose help, from step 2 on, is Hydra's
        assert result.stdout.startswith("usage: ")
