"""The type checker, as `make lint` configures it, finds the faults that types can show."""

import subprocess
import sys

import pytest

from support.servers import find_program
from support.steps import ROOT

FAULTS = {
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


def check(folder):
    """The names of the faults that the checker finds in a folder's files."""
    command = [
        *(find_program("pyrefly"), "check", "--config", ROOT / "pyproject.toml"),
        *("--output-format=min-text", "--python-interpreter-path", sys.executable, folder),
    ]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(tmp_path, name):
    (tmp_path / "fault.py").write_text(FAULTS[name])
    status, printed = check(tmp_path)
    assert status == 1
    assert printed.count("ERROR") == printed.count("fault.py:") == 1, printed


def test_good_code_has_none(tmp_path):
    (tmp_path / "good.py").write_text("def double(x: int) -> int:\n    return 2 * x\n")
    assert check(tmp_path)[0] == 0
