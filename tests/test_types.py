"""The type checker, as `make lint` configures it, finds the errors that types can show."""

import subprocess
import sys

import pytest

from support.servers import find_program
from support.steps import ROOT

# A program with one error, by the name of the error
ERRORS = {
    "bad-argument-type": "from pathlib import Path\n\nlen(Path('a'))\n",
    "bad-return": "def count(text: str) -> int:\n    return text\n",
    "bad-assignment": "count: int = 'many'\n",
    "missing-attribute": "import json\n\njson.lod('')\n",
    "bad-argument-count": "def double(x: int) -> int:\n    return 2 * x\n\n\ndouble(1, 2)\n",
    "unexpected-keyword": "sorted([1], revers=True)\n",
    "unsupported-operation": "def f():\n    return 1 + 'a'\n",
    "unknown-name": "def f():\n    return nowhere\n",
    "bad-override": "class A:\n    def f(self, x: int) -> int:\n        return x\n\n\n"
    "class B(A):\n    def f(self, x: str) -> int:\n        return len(x)\n",
    "not-iterable": "for x in 5:\n    pass\n",
    "bad-index": "{'a': 1}[5]\n",
    "missing-module-attribute": "from os import nowhere\n",
}


def run_pyrefly(folder):
    """Check the files of a folder; return the exit status and the errors that are printed."""
    command = [
        *(find_program("pyrefly"), "check", "--config", ROOT / "pyproject.toml"),
        *("--output-format=min-text", "--python-interpreter-path", sys.executable, folder),
    ]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_found(tmp_path, name):
    (tmp_path / "wrong.py").write_text(ERRORS[name])
    status, printed = run_pyrefly(tmp_path)
    assert status == 1
    assert printed.count("ERROR") == printed.count("wrong.py:") == 1, printed


def test_correct_code_has_no_error(tmp_path):
    (tmp_path / "good.py").write_text("def double(x: int) -> int:\n    return 2 * x\n")
    assert run_pyrefly(tmp_path)[0] == 0
