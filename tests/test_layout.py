"""The rules for the code of the tests and the tools: imports and the length of functions."""

import ast
import subprocess
import sys

import pytest

from support.steps import ROOT

MAX_LINES = 40  # of a function


def list_files(*patterns):
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


@pytest.mark.parametrize("path", list_files("tests/test_*.py"), ids=lambda path: path.name)
def test_no_test_module_imports_another(path):
    tree = ast.parse(path.read_text())
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    assert not [name for name in imported if name.startswith(("test_", "conftest"))]


PATTERNS = ("tests/*.py", "tests/support/*.py", "tools/readme*.py", "tools/made.py")


@pytest.mark.parametrize("path", list_files(*PATTERNS), ids=lambda path: path.name)
def test_no_function_is_long(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MAX_LINES, node.name


def test_collecting_the_tests_starts_no_docker_and_no_browser(tmp_path):
    for name in ("docker", "chromium", "google-chrome"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
        (tmp_path / name).chmod(0o755)
    modules = [f"tests/test_{name}.py" for name in ("docker", "lambda", "site", "workflows")]
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", *modules]
    result = subprocess.run(
        command, cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
    assert "tests/test_docker.py::" in result.stdout
    assert not (tmp_path / "started").exists()
