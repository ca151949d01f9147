"""The notebooks run from top to bottom."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support.scripts import run
from support.steps import ROOT, copy_step


def execute(notebook, **options):
    """Execute a notebook in its folder; return the result of nbconvert, and the cells' outputs."""
    arguments = ["--to", "notebook", "--execute", "--output", "executed", notebook.name]
    result = run(notebook.parent, "-m", "nbconvert", *arguments, **options)
    executed = notebook.with_name("executed.ipynb")
    cells = json.loads(executed.read_text())["cells"] if executed.exists() else []
    return result, [output for cell in cells for output in cell.get("outputs", [])]


def test_the_notebook_runs(tmp_path):
    result, outputs = execute(copy_step(0, tmp_path) / "data_exploration.ipynb")
    assert result.returncode == 0, result.stderr
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    assert any("padding in batches of similar length" in str(output) for output in outputs)


def test_the_notebook_for_colab_trains_predicts_and_saves(tmp_path, tiny_model, small_data):
    course = tmp_path / "origin"
    copy_step(0, course)
    git = ["git", "-c", "user.name=A. Reader", "-c", "user.email=reader@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=Start"]):
        subprocess.run([*git, *command], cwd=course, check=True)
    text = (ROOT / "colab.ipynb").read_text()
    options = f"--data {small_data} --model {tiny_model} --epochs 1"
    text = text.replace("https://github.com/OWNER/REPOSITORY", f"file://{course}")
    notebook = tmp_path / "colab.ipynb"
    notebook.write_text(text.replace(r"OPTIONS = \"\"", rf"OPTIONS = \"{options}\""))
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    result, outputs = execute(notebook, env=env)
    assert result.returncode == 0, result.stderr
    printed = str(outputs)
    for part in ("Installed: nothing", "Trained 1 epochs", '"label": ', "models/best.ckpt"):
        assert part in printed
    assert (tmp_path / "course/step_0_project_setup/models/best.ckpt").is_file()


def test_the_notebook_for_colab_asks_for_the_address(tmp_path):
    notebook = tmp_path / "colab.ipynb"
    notebook.write_text((ROOT / "colab.ipynb").read_text())
    result, _ = execute(notebook)
    assert "Write the address of your copy of the course" in result.stdout + result.stderr
    assert not (tmp_path / "course").exists()
