"""The scripts' command lines: each explains itself and its arguments with --help."""

import ast
import re

import pytest

from support.scripts import succeed
from support.steps import NEWEST, STEPS, copy_step

STEP = STEPS[NEWEST]
PATTERNS = ("cycle.py", "monitoring/**/*.py")
SCRIPTS = sorted(
    path.relative_to(STEP).as_posix()
    for pattern in PATTERNS
    for path in STEP.glob(pattern)
    if '__name__ == "__main__"' in path.read_text()
)
# The line of an argument, which may end in its help text
ARGUMENT = re.compile(r"( +)\S+(?: \S+)*(  +\S.*)?")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the newest step, in case that a script runs in place of showing its help."""
    return copy_step(NEWEST, tmp_path_factory.mktemp("help"))


def list_arguments(text):
    """The lines of a help text that follow its first heading."""
    return re.split(r"^(?:positional arguments|options):\n", text, maxsplit=1, flags=re.M)[1]


def find_unexplained(text):
    """The lines of arguments that have no help, neither behind them nor in the line below."""
    lines = list_arguments(text).splitlines()
    found = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        match = ARGUMENT.fullmatch(line)
        is_explained = match and (match[2] or below.startswith(f"{match[1]} "))
        if match and len(match[1]) <= 4 and not is_explained:
            found.append(line)
    return found


def test_the_scripts_are_found():
    assert {"cycle.py", "monitoring/drift_report.py", "monitoring/elastic/ship_log.py"} < set(
        SCRIPTS
    )


def test_an_argument_without_help_is_found():
    text = "options:\n  -h, --help  show this\n  --week WEEK\n  --log LOG\n         a file\n"
    assert find_unexplained(text) == ["  --week WEEK"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_explains_itself_and_each_argument(copy, script):
    module = script.removesuffix(".py").replace("/", ".")
    command = ("-m", module) if "/" in script else (script,)
    text = succeed(copy, *command, "--help")
    assert text.startswith("usage: ")
    description = ast.get_docstring(ast.parse((STEP / script).read_text()))
    assert description and description in text
    assert find_unexplained(text) == []
    for subcommand in re.findall(r"^    (\S+)  +\S", list_arguments(text), re.M):
        assert find_unexplained(succeed(copy, *command, subcommand, "--help")) == []
