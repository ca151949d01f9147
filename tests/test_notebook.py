"""The notebook runs from top to bottom."""

import json

from support.scripts import run
from support.steps import copy_step


def test_the_notebook_runs(tmp_path):
    folder = copy_step(0, tmp_path)
    arguments = ["--to", "notebook", "--execute", "--output", "executed", "data_exploration.ipynb"]
    result = run(folder, "-m", "nbconvert", *arguments)
    assert result.returncode == 0, result.stderr
    cells = json.loads((folder / "executed.ipynb").read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    assert any("padding in batches of similar length" in str(output) for output in outputs)
