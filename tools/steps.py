#!/usr/bin/env python3
"""Maintain the step folders, ten copies of one service that grows from step to step.

python tools/steps.py diff 2              show what step 2 changes in step 1
python tools/steps.py check               compare each README's table of changes with the folders
python tools/steps.py propagate FILE ...  merge uncommitted edits of a step into all later steps
python tools/steps.py workflows           copy the steps' workflows to where GitHub runs them
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKFLOWS = ROOT / ".github/workflows"
TABLE_HEADING = re.compile(r"^##+ What changes in this step\n", re.MULTILINE)
# A row of the table: | `file` | added | the reason, in one sentence |
TABLE_ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| (?P<change>added|changed|removed) \| (?P<why>.+) \|$"
)


def git(*args: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run git in the repository; raises CalledProcessError if it fails, unless check is false."""
    return subprocess.run(["git", *args], cwd=ROOT, check=check, capture_output=True)


def find_steps() -> list[Path]:
    """Return the folders of the steps, in their order."""
    steps = sorted(ROOT.glob("step_[0-9]_*"))
    return [step for step in steps if step.is_dir()]


def list_files(step: Path, untracked: bool = True) -> set[str]:
    """Return the files of a step that Git tracks and, if so wanted, those that it would track.

    Their names are relative to the step.
    """
    others = ("--others", "--exclude-standard") if untracked else ()
    listing = git("ls-files", "-z", "--cached", *others, step.name)
    names = listing.stdout.decode().split("\0")
    return {name.split("/", 1)[1] for name in names if name and (ROOT / name).exists()}


def list_code(step: Path, untracked: bool = True) -> set[str]:
    """Return the files of a step without its lesson, which is the pages and their pictures."""
    lesson = re.compile(r"images/.*|.*\.md")
    return {name for name in list_files(step, untracked) if not lesson.fullmatch(name)}


def find_changes(before: Path | None, step: Path) -> dict[str, str]:
    """Return whether a step has "added", "changed" or "removed" a file, by the file's name.

    Files that are the same as in the step before, and the lesson, are left out.
    """
    old, new = list_code(before) if before else set(), list_code(step)
    changes = dict.fromkeys(new - old, "added") | dict.fromkeys(old - new, "removed")
    for name in old & new:
        if before and (before / name).read_bytes() != (step / name).read_bytes():
            changes[name] = "changed"
    return changes


def read_table(readme: Path, column: str = "change") -> dict[str, str]:
    """Return a column ("change" or "why") of a README's table of changes, by the row's file.

    A row may have a folder, such as `data/`, which stands for all files in it.
    """
    _, *after = TABLE_HEADING.split(readme.read_text(encoding="utf-8"), maxsplit=1)
    section = "".join(after).partition("\n#")[0]
    rows = [TABLE_ROW.match(line) for line in section.splitlines()]
    return {row["file"]: row[column] for row in rows if row}


def find_row(name: str, table: dict[str, str]) -> str:
    """Return the key of a file's row in a table: its folder, if the table has it, or the file."""
    folders = (row for row in table if row.endswith("/") and name.startswith(row))
    return next(folders, name)


def check_step(before: Path | None, step: Path) -> list[str]:
    """Return a sentence for each difference between a README's table and the folders."""
    declared, actual = read_table(step / "README.md"), find_changes(before, step)
    problems = []
    for name, change in sorted(actual.items()):
        row = find_row(name, declared)
        if row not in declared:
            problems.append(f"{step.name}: {name} is {change}, which its README does not declare.")
        elif declared[row] != change:
            problems.append(
                f"{step.name}: {name} is {change}, but its README says {declared[row]}."
            )
    found = {find_row(name, declared) for name in actual}
    for row in declared:
        if row not in found:
            problems.append(f"{step.name}: its README says {row} is {declared[row]}; it is not.")
    return problems


def make_live_workflow(step: Path, path: Path) -> str:
    """Return a step's workflow as it must be at the root of this repository, a folder above.

    It starts when the step's files change. Its jobs work in the step's folder, if they check the
    repository out, and the paths in the settings of actions start with that folder.
    """
    number, text = step.name.split("_")[1], path.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^name: ", f"name: Step {number}, ", text)
    filtered = rf'\1    paths: ["{step.name}/**"]\n'
    text = re.sub(r"(?m)^(  (?:push|pull_request):.*\n)", filtered, text)
    text = re.sub(r"(?m)^( +(?:cache-dependency-)?path: )", rf"\1{step.name}/", text)
    text = text.replace("gh workflow run ", f"gh workflow run {step.name}_")
    head, jobs = text.split("\njobs:\n")
    defaults = (
        f"    defaults:\n      run:\n        shell: bash\n        working-directory: {step.name}\n"
    )
    parts = [
        re.sub(r"(    runs-on: .+\n)", rf"\1{defaults}", job) if "actions/checkout@" in job else job
        for job in re.split(r"(?m)^(?=  \w)", jobs)
    ]
    first_line = f"# Made by tools/steps.py from {path.relative_to(ROOT).as_posix()}.\n"
    return f"{first_line}{head}\njobs:\n{''.join(parts)}"


def make_live_workflows() -> dict[Path, str]:
    """Return the text of each copy of a step's workflow at the root, where GitHub reads them."""
    return {
        WORKFLOWS / f"{step.name}_{path.name}": make_live_workflow(step, path)
        for step in find_steps()
        for path in sorted((step / ".github/workflows").glob("*.yaml"))
    }


def check_workflows() -> list[str]:
    """Return a sentence for each copy at the root that differs from its step's workflow."""
    live = make_live_workflows()
    found = {path: path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("step_*.yaml")}
    return [
        f"{path.relative_to(ROOT)} is not what its step has: run `python tools/steps.py workflows`."
        for path in sorted(live.keys() | found.keys())
        if live.get(path) != found.get(path)
    ]


def write_workflows() -> int:
    """Write the copies of the steps' workflows at the root, and remove old ones; return 0."""
    live = make_live_workflows()
    for path in WORKFLOWS.glob("step_*.yaml"):
        if path not in live:
            path.unlink()
    for path, text in live.items():
        write(path, text.encode())
    return 0


def check() -> int:
    """Print all differences between the READMEs, the workflows and the folders; return 1 if any."""
    steps = find_steps()
    problems = check_workflows()
    for before, step in zip([None, *steps], steps, strict=False):
        problems += check_step(before, step)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(steps)} steps: each README's table of changes is what the folders show.")
    return 1 if problems else 0


def diff(number: int) -> int:
    """Print what a step changes in the code of the step before; return 0."""
    steps = find_steps()
    if not 1 <= number < len(steps):
        sys.exit(f"error: there is no step {number} with a step before it (1 to {len(steps) - 1}).")
    before, step = steps[number - 1], steps[number]
    with tempfile.TemporaryDirectory() as folder:
        # Only tracked files are copied: a reader's own files and models are not compared.
        for source in (before, step):
            for name in list_code(source, untracked=False):
                target = Path(folder, source.name, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes((source / name).read_bytes())
        color = "--color=always" if sys.stdout.isatty() else "--color=never"
        command = ["git", "diff", "--no-index", color, before.name, step.name]
        subprocess.run(command, cwd=folder, check=False)  # its status is 1 where they differ
    return 0


def merge(current: bytes, base: bytes, edited: bytes) -> tuple[bytes, bool]:
    """Merge the edit from base to edited into current.

    Returns the result, and whether it has no conflicts.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("this step", "before the edit", "the edit")]
        for path, content in zip(paths, (current, base, edited), strict=True):
            path.write_bytes(content)
        labels = [part for path in paths for part in ("-L", path.name)]
        result = git("merge-file", "-p", *labels, *map(str, paths), check=False)
    if result.returncode > 127:
        sys.exit(f"error: {result.stderr.decode().strip()} Change this file by hand in each step.")
    return result.stdout, result.returncode == 0


def propagate(file: Path) -> None:
    """Merge the edit of a step's file since the last commit into the file of all later steps.

    Exits with a message where there is nothing to merge, or where a merge has conflicts.
    """
    try:
        step_name, name = file.resolve().relative_to(ROOT).as_posix().split("/", 1)
    except ValueError:
        sys.exit(f"error: {file} is not a file in a step's folder.")
    steps = find_steps()
    names = [step.name for step in steps]
    if step_name not in names:
        sys.exit(f"error: {file} is not a file in a step's folder.")

    def read_committed(step: Path) -> bytes | None:
        shown = git("show", f"HEAD:{step.name}/{name}", check=False)
        return shown.stdout if shown.returncode == 0 else None

    first = names.index(step_name)
    base, edited = read_committed(steps[first]), read(steps[first] / name)
    if base == edited:
        sys.exit(
            f"error: {file} has not changed since the last commit: there is no edit to propagate."
        )
    for step in steps[first + 1 :]:
        path = step / name
        shown, current = path.relative_to(ROOT), read(path)
        if current is None and base is not None:
            print(f"removed    {shown} (this step removed it; the later steps stay as they are)")
            return
        if current == base:
            result, clean = edited, True
        elif current is None or base is None or edited is None:
            sys.exit(f"error: {shown} has a history of its own: add or remove it there by hand.")
        else:
            result, clean = merge(current, base, edited)
        write(path, result)
        if not clean:
            sys.exit(
                f"error: the edit conflicts with lines that {step.name} changed. Resolve the "
                f"conflicts in {shown}, then run: python tools/steps.py propagate {shown}"
            )
        print(f"{'unchanged' if result == current else 'updated'}  {shown}")
        base, edited = read_committed(step), result


def read(path: Path) -> bytes | None:
    """Return the content of a file, or None if it doesn't exist."""
    return path.read_bytes() if path.exists() else None


def write(path: Path, content: bytes | None) -> None:
    """Write a file, or remove it where the content is None."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("diff").add_argument("number", type=int)
    commands.add_parser("check")
    commands.add_parser("workflows")
    commands.add_parser("propagate").add_argument("files", type=Path, nargs="+", metavar="FILE")
    args = parser.parse_args()
    if args.command == "diff":
        return diff(args.number)
    if args.command == "check":
        return check()
    if args.command == "workflows":
        return write_workflows()
    for file in args.files:
        propagate(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
