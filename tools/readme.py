#!/usr/bin/env python3
"""Run every command of the READMEs and hold what it prints against what the README says.

    python tools/readme.py check [README ...]    fail where they differ
    python tools/readme.py update [README ...]   write what was printed into the README
    python tools/readme.py check README --from "Exercises"    run one section, after its set-up

A README is run from top to bottom, in one shell, in a fresh copy of its folder:

- a ```bash block is executed; a ```text block right after it is what it prints;
- a ```python block is executed too, unless its first line names a file, as in `# data.py`: then
  its other lines must stand in that file, word for word;
- `<!-- exit: 1 -->` above a block says that it ends with that status, and not with 0;
- `<!-- needs: a W&B account -->` above a block says what is missing here: it is skipped, by name;
- `<!-- output: varies -->` above a block says that only its status is checked;
- `<!-- exercise: 1 -->` above a block says that it checks exercise 1: it prints `solved` at the end
  once tests/answers/STEP/1.sh has been run in the folder, and not before;
- `<!-- makes: models -->` above a block says that it makes this folder from nothing but the files
  that dvc.yaml names for it. What it makes is kept in .cache/made: with the same files, the block
  isn't run again, neither in another README nor at the next call of this program;
- `<!-- setup: the environment -->` above a block says what all later sections need of it. With
  --from, the blocks with `setup` and `makes` before the section are run, and then the section.

Progress bars are left out. Between the two outputs, words must be equal, and numbers too but for
these: times, rates and sizes (a number with a unit) may differ by a factor of FACTOR, as machines
do; other numbers with decimals by TOLERANCE, as processors round differently (readme_compare.py).

pip takes minutes to make an environment, so uv makes it in place of pip (readme_uv.py), but for the
READMEs in WITH_PIP when they are run whole.
"""

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import made
from readme_blocks import Block, choose_blocks, find_blocks, find_section, output_of
from readme_compare import same
from readme_schedule import WORKERS, estimate_minutes, order, run_all
from readme_shell import Shell, ShellEnded
from readme_uv import find_uv

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "tests/answers"
WITH_PIP = ("step_0_project_setup",)  # one README shows that what all of them say works with pip
PATIENCE = 10.0  # seconds until a line says which block is still running


class ReadmeRun:
    """One run of a README, and what has come of it."""

    def __init__(self, readme: Path, update: bool = False, heading: str | None = None):
        """Read the README; raise LookupError if it doesn't have the heading."""
        self.readme = readme
        self.name = str(readme.relative_to(ROOT))
        self.update = update
        self.lines = readme.read_text(encoding="utf-8").splitlines()
        self.blocks = find_blocks(self.lines)
        self.section = find_section(self.lines, heading)
        # For one section, which is to be run again and again, pip would take too long.
        self.uv = None if self.readme.parent.name in WITH_PIP and not heading else find_uv()
        self.chosen = choose_blocks(self.blocks, self.section)
        self.problems: list[str] = []  # a paragraph each
        self.outputs: list[tuple[Block, str]] = []  # the README's output, and what was printed
        self.timings: list[tuple[float, str]] = []  # seconds of each block, and which one it is
        self.commands = 0
        self.exercises = 0
        self.seconds = 0.0

    def run(self) -> None:
        """Run the chosen blocks in a copy of the folder; with update, write what was printed."""
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as parent:
            self.folder, home = Path(parent, self.readme.parent.name), Path(parent, "home")
            copy_tracked(self.readme.parent, self.folder)
            home.mkdir()
            with closing(Shell(self.folder, home, self.uv)) as self.shell:
                try:
                    for block in self.chosen:
                        self.run_block(block)
                except ShellEnded as error:
                    self.problems.append(f"{self.name}: {error}")
        if self.update:
            self.write_outputs()
        self.seconds = time.monotonic() - start
        say(f"{self.seconds:6.1f} s  {self.name}: all of it")

    def run_block(self, block: Block) -> None:
        """Do with a block what its language and its directives say."""
        if block.is_excerpt:
            self.check_excerpt(block)
        elif not block.is_executable:
            return
        elif "needs" in block.directives:
            say(f"SKIPPED {self.locate(block)}: needs {block.directives['needs']}")
        elif "exercise" in block.directives:
            self.check_exercise(block, block.directives["exercise"])
        elif "makes" in block.directives:
            self.make(block, block.directives["makes"])
        else:
            self.run_command(block)

    def check_excerpt(self, block: Block) -> None:
        """Check that the code which the README quotes from a file stands in it."""
        first, _, quoted = block.text.partition("\n")
        name = first.removeprefix("# ")
        path = self.folder / name
        if not path.is_file() or quoted not in path.read_text(encoding="utf-8"):
            self.add_problem(block, f"this is not in {name}, word for word")

    def check_exercise(self, block: Block, number: str) -> None:
        """Check that an exercise's check tells the untouched code from the answer."""
        answer = ANSWERS / self.readme.parent.name / f"{number}.sh"
        self.exercises += 1
        with self.timed(block, f"exercise {number}"):
            printed, _ = self.shell.run(block.command)
            if is_solved(printed):
                self.add_problem(block, f"exercise {number}: it is solved before the answer")
            printed, status = self.shell.run(f"bash -e {shlex.quote(str(answer))}")
            if status:
                problem = f"its answer ends with status {status}:\n{printed}"
                self.add_problem(block, f"exercise {number}: {problem}")
            printed, _ = self.shell.run(block.command)
            if not is_solved(printed):
                problem = f"the answer doesn't solve it:\n{printed}"
                self.add_problem(block, f"exercise {number}: {problem}")

    def make(self, block: Block, name: str) -> None:
        """Take what the block makes from what is kept; else run the block, and keep it."""
        with made.lock_making(self.folder, block.command):
            kept = made.find_made(self.folder, block.command)
            if kept:
                shutil.copytree(kept, self.folder / name, dirs_exist_ok=True)
                say(f"    kept  {self.locate(block)}: {block.first_line}")
            elif self.run_command(block) == 0:
                made.keep_made(self.folder, block.command, self.folder / name)

    def run_command(self, block: Block) -> int:
        """Run a block, and compare its status and its output with what the README says."""
        self.commands += 1
        with self.timed(block, block.first_line):
            printed, status = self.shell.run(block.command)
        if status != int(block.directives.get("exit", 0)):
            self.add_problem(block, f"ended with status {status}:\n{printed}")
        output = output_of(self.blocks, self.blocks.index(block), self.lines)
        if output and block.directives.get("output") != "varies":
            self.outputs.append((output, printed))
            if not self.update and not same(output.text, printed):
                problem = f"the README says\n{output.text}\n--- and this was printed:\n{printed}"
                self.add_problem(block, problem)
        return status

    def write_outputs(self) -> None:
        """Write what the section's blocks have printed into the README."""
        for output, printed in reversed(self.outputs):
            if output.start in self.section:
                self.lines[output.start + 1 : output.end] = printed.splitlines()
        self.readme.write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def locate(self, block: Block) -> str:
        """Return the README and the line where a block starts."""
        return f"{self.name}, line {block.start + 1}"

    def add_problem(self, block: Block, problem: str) -> None:
        self.problems.append(f"{self.locate(block)}: {problem}")

    @contextmanager
    def timed(self, block: Block, what: str) -> Iterator[None]:
        """Say how long a block took, and that it is still running if it takes long."""
        where = f"{self.locate(block)}: {what}"
        note = f"... still running after {PATIENCE:g} s: {where}"
        timer = threading.Timer(PATIENCE, say, [note])
        timer.daemon = True
        timer.start()
        start = time.monotonic()
        try:
            yield
        finally:
            timer.cancel()
        seconds = time.monotonic() - start
        self.timings.append((seconds, where))
        say(f"{seconds:6.1f} s  {where}")


def is_solved(printed: str) -> bool:
    return printed.splitlines()[-1:] == ["solved"]


def say(text: str) -> None:
    """Print a text at once, in one piece, as several threads print."""
    print(f"{text}\n", end="", flush=True)


def copy_tracked(source: Path, target: Path) -> None:
    """Copy what Git tracks, or would: a reader's copy has no models, logs or environments."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    names = subprocess.run(command, cwd=source, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)


def announce(runs: list[ReadmeRun], heading: str | None, workers: int) -> None:
    """Say what will be run, and how long that usually takes."""
    blocks = [block for run in runs for block in run.chosen if block.is_executable]
    blocks = [block for block in blocks if "needs" not in block.directives]
    exercises = sum("exercise" in block.directives for block in blocks)
    commands = len(blocks) - exercises
    if heading:
        text = f'The section "{heading}", after its set-up.'
    else:
        minutes = estimate_minutes([run.readme for run in runs], workers)
        text = f"This usually takes {minutes:.0f} minutes on 2 cores."
    say(f"READMEs: {len(runs)}, commands: {commands}, exercises: {exercises}. {text}")


def summarize(runs: list[ReadmeRun]) -> str:
    """Return a table of the READMEs, and one of the blocks that took longest."""
    lines = ["", "seconds  commands  exercises  README"]
    for run in runs:
        lines.append(f"{run.seconds:7.0f}  {run.commands:8}  {run.exercises:9}  {run.name}")
    lines += ["", "seconds  the slowest blocks"]
    timings = sorted((timing for run in runs for timing in run.timings), reverse=True)
    lines += [f"{seconds:7.1f}  {where}" for seconds, where in timings[:10]]
    return "\n".join(lines)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["check", "update"])
    parser.add_argument("readmes", type=Path, nargs="*", help="default: those of all steps")
    parser.add_argument("--from", dest="heading", help="run the section under this heading")
    return parser.parse_args()


def main() -> int:
    """Run the READMEs; return 1 if anything is wrong with them, else 0."""
    args = read_arguments()
    readmes = [path.resolve() for path in args.readmes] or sorted(ROOT.glob("step_*/README.md"))
    update = args.command == "update"
    runs: dict[Path, ReadmeRun] = {}
    for readme in readmes:
        try:
            runs[readme] = ReadmeRun(readme, update, args.heading)
        except LookupError as error:
            sys.exit(f"error: {readme.relative_to(ROOT)}: {error}")
    # An update runs the READMEs one after the other, because it writes times.
    workers = 1 if update else WORKERS
    announce(list(runs.values()), args.heading, workers)
    try:
        run_all(order(runs), lambda readme: runs[readme].run(), workers)
    except KeyboardInterrupt:
        return 130
    print(summarize(list(runs.values())))
    problems = [problem for run in runs.values() for problem in run.problems]
    for problem in problems:
        print(f"\n{problem}")
    print(f"\n{len(runs)} READMEs run, {len(problems)} problems.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
