#!/usr/bin/env python3
"""Keep the step folders, ten copies of one service that grows, in order.

python tools/steps.py diff 2              show what step 2 changes in step 1
python tools/steps.py check               hold each README's table of changes against the folders
python tools/steps.py propagate FILE ...  carry uncommitted edits of a step into all later ones
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
TABLE_HEADING = "## What changes in this step"
# A row of the table: | `file` | added | the reason, in one sentence |
TABLE_ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| (?P<change>added|changed|removed) \| (?P<why>.+) \|$"
)


def git(*args: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *args], cwd=ROOT, check=check, capture_output=True)


def find_steps() -> list[Path]:
    steps = sorted(ROOT.glob("step_[0-9]_*"))
    return [step for step in steps if step.is_dir()]


def list_files(step: Path) -> set[str]:
    """The files of a step that Git tracks, or would track, relative to the step."""
    listing = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", step.name)
    names = listing.stdout.decode().split("\0")
    return {name.split("/", 1)[1] for name in names if name and (ROOT / name).exists()}


def find_changes(before: Path | None, step: Path) -> dict[str, str]:
    """What a step does to each file of the step before; the README itself is left out."""
    old, new = list_files(before) if before else set(), list_files(step)
    changes = dict.fromkeys(new - old, "added") | dict.fromkeys(old - new, "removed")
    for name in old & new:
        if before and (before / name).read_bytes() != (step / name).read_bytes():
            changes[name] = "changed"
    changes.pop("README.md", None)
    return changes


def read_table(readme: Path, column: str = "change") -> dict[str, str]:
    """A column of a README's table by file; a folder, written `data/`, stands for all it holds."""
    section = readme.read_text(encoding="utf-8").partition(TABLE_HEADING)[2].split("\n## ")[0]
    rows = [TABLE_ROW.match(line) for line in section.splitlines()]
    return {row["file"]: row[column] for row in rows if row}


def find_row(name: str, table: dict[str, str]) -> str:
    """The row of a table that a file has: its folder's, or its own."""
    folders = (row for row in table if row.endswith("/") and name.startswith(row))
    return next(folders, name)


def check_step(before: Path | None, step: Path) -> list[str]:
    """Where a README's table and the folders differ, one sentence each."""
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


def make_live_workflows() -> dict[Path, str]:
    """The steps' workflows as the repository's own: GitHub reads only those at the root.

    In a step's workflow, what is a path of the step starts with `./`, or is the filter `**`.
    """
    live = {}
    for step in find_steps():
        for path in sorted((step / ".github/workflows").glob("*.yaml")):
            number = step.name.split("_")[1]
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"(?m)^name: ", f"name: Step {number}, ", text)
            text = text.replace('paths: ["**"]', f'paths: ["{step.name}/**"]')
            text = re.sub(r": \./", f": {step.name}/", text)
            text = text.replace("gh workflow run ", f"gh workflow run {step.name}_")
            first_line = f"# Made by tools/steps.py from {path.relative_to(ROOT).as_posix()}.\n"
            live[WORKFLOWS / f"{step.name}_{path.name}"] = first_line + text
    return live


def check_workflows() -> list[str]:
    live = make_live_workflows()
    found = {path: path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("step_*.yaml")}
    return [
        f"{path.relative_to(ROOT)} is not what its step has: run `python tools/steps.py workflows`."
        for path in sorted(live.keys() | found.keys())
        if live.get(path) != found.get(path)
    ]


def write_workflows() -> int:
    live = make_live_workflows()
    for path in WORKFLOWS.glob("step_*.yaml"):
        if path not in live:
            path.unlink()
    for path, text in live.items():
        write(path, text.encode())
    return 0


def check() -> int:
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
    steps = find_steps()
    if not 1 <= number < len(steps):
        sys.exit(f"error: there is no step {number} with a step before it (1 to {len(steps) - 1}).")
    before, step = steps[number - 1], steps[number]
    with tempfile.TemporaryDirectory() as folder:
        # Copies of the tracked files alone, so that models, logs and caches are not compared.
        for source in (before, step):
            for name in list_files(source):
                target = Path(folder, source.name, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes((source / name).read_bytes())
        color = "--color=always" if sys.stdout.isatty() else "--color=never"
        command = ["git", "diff", "--no-index", color, before.name, step.name]
        subprocess.run(command, cwd=folder, check=False)  # 1 says that they differ
    return 0


def merge(current: bytes, base: bytes, edited: bytes) -> tuple[bytes, bool]:
    """Bring the edit from base to edited into current; returns the result, and if it is clean."""
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
    """Carry the edit made to a step's file since the last commit through all later steps."""
    try:
        step_name, name = file.resolve().relative_to(ROOT).as_posix().split("/", 1)
    except ValueError:
        sys.exit(f"error: {file} is not a file in a step's folder.")
    steps = find_steps()
    names = [step.name for step in steps]
    if step_name not in names:
        sys.exit(f"error: {file} is not a file in a step's folder.")

    def committed(step: Path) -> bytes | None:
        shown = git("show", f"HEAD:{step.name}/{name}", check=False)
        return shown.stdout if shown.returncode == 0 else None

    first = names.index(step_name)
    base, edited = committed(steps[first]), read(steps[first] / name)
    if base == edited:
        sys.exit(f"error: {file} is as it was committed: there is no edit to propagate.")
    for step in steps[first + 1 :]:
        path = step / name
        shown, current = path.relative_to(ROOT), read(path)
        if current is None and base is not None:
            print(f"removed    {shown} (this step did; the later ones are left alone)")
            return
        if current == base:
            result, clean = edited, True
        elif current is None or base is None or edited is None:
            sys.exit(f"error: {shown} is a file of its own: add or remove it there by hand.")
        else:
            result, clean = merge(current, base, edited)
        write(path, result)
        if not clean:
            sys.exit(
                f"error: the edit meets lines that {step.name} changed itself. Resolve the marked "
                f"lines in {shown}, then carry them on: python tools/steps.py propagate {shown}"
            )
        print(f"{'unchanged' if result == current else 'updated'}  {shown}")
        base, edited = committed(step), result


def read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def write(path: Path, content: bytes | None) -> None:
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
