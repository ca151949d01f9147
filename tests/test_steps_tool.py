"""tools/steps.py, on a small repository that is made for the tests."""

import shutil
import subprocess
import sys

import pytest

from support.steps import ROOT, STEPS

README = """# Step

## What changes in this step

| file | change | why |
|---|---|---|
{rows}

## Run it
"""
WORKFLOW = """name: A
on:
  push:
    branches: [main]
defaults:
  run:
    shell: bash
jobs:
  look:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@0123
      - uses: actions/upload-artifact@4567
        with:
          path: image.tar.gz
  use:
    runs-on: ubuntu-latest
    steps:
      - run: gh workflow run train.yaml
"""
LIVE_WORKFLOW = """name: Step 2, A
on:
  push:
    paths: ["step_2_c/**"]
    branches: [main]
defaults:
  run:
    shell: bash
jobs:
  look:
    runs-on: ubuntu-latest
    defaults:
      run:
        shell: bash
        working-directory: step_2_c
    steps:
      - uses: actions/checkout@0123
      - uses: actions/upload-artifact@4567
        with:
          path: step_2_c/image.tar.gz
  use:
    runs-on: ubuntu-latest
    steps:
      - run: gh workflow run step_2_c_train.yaml
"""
SCRIPT = "one\ntwo\nthree\nfour\nfive\n"


@pytest.fixture
def repository(tmp_path):
    """Three steps: the second changes a line of `a.py` and adds a file, the third adds one."""

    def write(step, rows, **files):
        folder = tmp_path / step
        folder.mkdir()
        table = "\n".join(f"| `{name}` | {change} | A reason. |" for name, change in rows)
        (folder / "README.md").write_text(README.format(rows=table))
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)

    changed = SCRIPT.replace("five", "FIVE")
    write("step_0_a", [("a.py", "added")], a_py=SCRIPT)
    write("step_1_b", [("a.py", "changed"), ("b.py", "added")], a_py=changed, b_py="b\n")
    write("step_2_c", [("c.py", "added")], a_py=changed, b_py="b\n", c_py="c\n")
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/steps.py", tmp_path / "tools")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    commit_all(tmp_path, "start")
    return tmp_path


def commit_all(folder, message):
    """Commit all files of a repository."""
    author = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *author, "commit", "-qm", message], cwd=folder, check=True)


def run_steps(repository, *arguments):
    """Run tools/steps.py in a repository; return its status, output and errors."""
    return subprocess.run(
        [sys.executable, "tools/steps.py", *arguments],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_passes_where_the_tables_are_right(repository):
    result = run_steps(repository, "check")
    assert result.returncode == 0, result.stdout


def test_the_pages_and_pictures_of_a_lesson_are_no_change(repository):
    (repository / "step_1_b/images").mkdir()
    for name in ("images/a.png", "page.md"):
        (repository / "step_1_b" / name).write_text("a lesson\n")
    assert run_steps(repository, "check").returncode == 0
    printed = run_steps(repository, "diff", "1").stdout
    assert "+FIVE" in printed and "b.py" in printed
    assert "images" not in printed and ".md" not in printed


def test_check_finds_what_is_not_declared(repository):
    (repository / "step_2_c/b.py").write_text("changed\n")
    (repository / "step_1_b/new.py").write_text("")
    result = run_steps(repository, "check")
    assert result.returncode == 1
    assert "step_2_c: b.py is changed, which its README does not declare" in result.stdout
    assert "step_1_b: new.py is added, which its README does not declare" in result.stdout


def test_check_finds_what_is_declared_and_not_so(repository):
    (repository / "step_1_b/b.py").unlink()
    shutil.copy(repository / "step_0_a/a.py", repository / "step_1_b/a.py")
    result = run_steps(repository, "check")
    assert result.returncode == 1
    assert "step_1_b: its README says b.py is added; it is not" in result.stdout
    assert "step_1_b: its README says a.py is changed; it is not" in result.stdout


def test_diff_shows_a_step_against_the_one_before(repository):
    (repository / "step_1_b/models").mkdir()
    (repository / "step_1_b/models/x.ckpt").write_text("weights")
    (repository / ".gitignore").write_text("models/\n")
    (repository / "step_1_b/predictions.jsonl").write_text("what a command has left")
    result = run_steps(repository, "diff", "1")
    assert result.returncode == 0
    assert "-five" in result.stdout and "+FIVE" in result.stdout and "+b" in result.stdout
    assert "weights" not in result.stdout
    assert "what a command has left" not in result.stdout
    assert "no step 7" in run_steps(repository, "diff", "7").stderr


def test_propagate_carries_an_edit_past_a_change_of_a_later_step(repository):
    path = repository / "step_0_a/a.py"
    path.write_text(SCRIPT.replace("two", "2"))
    result = run_steps(repository, "propagate", str(path))
    assert result.returncode == 0, result.stderr
    for step in ("step_1_b", "step_2_c"):
        assert (repository / step / "a.py").read_text() == "one\n2\nthree\nfour\nFIVE\n"
    assert run_steps(repository, "check").returncode == 0


def test_propagate_carries_a_new_file_and_a_removed_one(repository):
    new, gone = repository / "step_0_a/new.py", repository / "step_1_b/b.py"
    new.write_text("new\n")
    gone.unlink()
    assert run_steps(repository, "propagate", str(new), str(gone)).returncode == 0
    assert (repository / "step_2_c/new.py").read_text() == "new\n"
    assert not (repository / "step_2_c/b.py").exists()


def test_propagate_stops_at_a_conflict_and_goes_on_from_there(repository):
    path = repository / "step_0_a/a.py"
    path.write_text(SCRIPT.replace("five", "5"))
    result = run_steps(repository, "propagate", str(path))
    assert result.returncode == 1
    assert "step_1_b/a.py" in result.stderr and "Traceback" not in result.stderr
    conflict = repository / "step_1_b/a.py"
    assert "<<<<<<<" in conflict.read_text()
    assert (repository / "step_2_c/a.py").read_text() == SCRIPT.replace("five", "FIVE")

    conflict.write_text(SCRIPT.replace("five", "FIVE and 5"))
    assert run_steps(repository, "propagate", str(conflict)).returncode == 0
    assert (repository / "step_2_c/a.py").read_text() == SCRIPT.replace("five", "FIVE and 5")


def test_propagate_refuses_what_cannot_be_merged_and_leaves_it(repository):
    pictures = [repository / f"step_{name}/a.png" for name in ("0_a", "1_b")]
    for number, path in enumerate(pictures):
        path.write_bytes(b"\x89PNG\0" + bytes([number]))
    commit_all(repository, "pictures")
    pictures[0].write_bytes(b"\x89PNG\0edited")
    result = run_steps(repository, "propagate", str(pictures[0]))
    assert result.returncode == 1 and "binary" in result.stderr, result.stderr
    assert pictures[1].read_bytes() == b"\x89PNG\0\1"


def test_propagate_says_when_there_is_nothing_to_carry(repository):
    assert "no edit" in run_steps(repository, "propagate", "step_0_a/a.py").stderr
    assert "not a file in a step" in run_steps(repository, "propagate", "tools/steps.py").stderr


def test_workflows_are_copied_to_the_root_and_kept_the_same(repository):
    source = repository / "step_2_c/.github/workflows/a.yaml"
    source.parent.mkdir(parents=True)
    source.write_text(WORKFLOW)
    readme = repository / "step_2_c/README.md"
    row = "| `.github/workflows/a.yaml` | added | A reason. |\n"
    readme.write_text(readme.read_text().replace("\n\n## Run", f"\n{row}\n## Run"))
    assert "step_2_c_a.yaml is not what its step has" in run_steps(repository, "check").stdout
    assert run_steps(repository, "workflows").returncode == 0
    copy = repository / ".github/workflows/step_2_c_a.yaml"
    assert copy.read_text().partition("\n")[2] == LIVE_WORKFLOW
    assert run_steps(repository, "check").returncode == 0, run_steps(repository, "check").stdout
    source.unlink()
    readme.write_text(readme.read_text().replace(row, ""))
    assert run_steps(repository, "check").returncode == 1
    run_steps(repository, "workflows")
    assert not copy.exists()


def test_this_repository_passes_its_own_check():
    result = run_steps(ROOT, "check")
    assert result.returncode == 0, result.stdout
    assert f"{len(STEPS)} steps" in result.stdout
