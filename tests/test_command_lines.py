"""The scripts' command lines: each explains itself and its arguments with --help."""

import ast
import re
import subprocess

import pytest

from support.scripts import succeed
from support.steps import NEWEST, STEPS, copy_step

ENTRY_POINT = 'if __name__ == "__main__":'
# Hydra writes the help of train.py from step 2 on. The server of aws.local is moto's, and starts in
# moto's own environment.
OTHER_HELP = [(NEWEST, "train.py"), (NEWEST, "aws/local/server.py")]


def list_scripts(step):
    """The scripts of a step that can be run, by their paths in it."""
    folder = STEPS[step]
    names = subprocess.check_output(["git", "ls-files", "*.py"], cwd=folder, text=True).split()
    return [name for name in names if ENTRY_POINT in (folder / name).read_text()]


SCRIPTS = [(step, script) for step in (0, NEWEST) for script in list_scripts(step)]
# The line of an argument, which may end in its help text
ARGUMENT = re.compile(r"( +)\S+(?: \S+)*(  +\S.*)?")


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """A copy of each step, in case that a script runs in place of showing its help."""
    return {step: copy_step(step, tmp_path_factory.mktemp("help")) for step in (0, NEWEST)}


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
    assert {(0, "train.py"), (0, "evaluate.py"), (NEWEST, "cycle.py")} < set(SCRIPTS)
    assert {(NEWEST, "monitoring/elastic/ship_log.py"), (NEWEST, "aws/local/__main__.py")} < set(
        SCRIPTS
    )


def test_an_argument_without_help_is_found():
    text = "options:\n  -h, --help  show this\n  --week WEEK\n  --log LOG\n         a file\n"
    assert find_unexplained(text) == ["  --week WEEK"]


@pytest.mark.parametrize(
    ("step", "script"), [script for script in SCRIPTS if script not in OTHER_HELP]
)
def test_a_script_explains_itself_and_each_argument(copies, step, script):
    folder = copies[step]
    module = script.removesuffix(".py").removesuffix("/__main__").replace("/", ".")
    command = ("-m", module) if "/" in script else (script,)
    text = succeed(folder, *command, "--help")
    assert text.startswith("usage: ")
    description = ast.get_docstring(ast.parse((folder / script).read_text()))
    assert description and " ".join(description.split()) in " ".join(text.split())
    assert find_unexplained(text) == []
    for subcommand in re.findall(r"^    (\S+)  +\S", list_arguments(text), re.M):
        assert find_unexplained(succeed(folder, *command, subcommand, "--help")) == []


def test_hydra_shows_the_configuration_as_help(copies):
    assert "max_epochs: 5" in succeed(copies[NEWEST], "train.py", "--help")
