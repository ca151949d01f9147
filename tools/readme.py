#!/usr/bin/env python3
"""Run every command of the READMEs and compare what it prints with what the README says.

    python tools/readme.py check [README ...]    fail where they differ
    python tools/readme.py update [README ...]   write what was printed into the README
    python tools/readme.py check README --from "Exercises"    run one section, after its set-up

A README is run from top to bottom, in one shell, in a fresh copy of its step's folder. So is each
other page of a step's lesson, after the blocks of the step's README that are marked as set-up.

- a ```bash block is executed; a ```text block right after it is what it prints;
- a ```python block is executed too, unless its first line names a file, as in `# data.py`: then
  its other lines must be in that file, word for word;
- `<!-- exit: 1 -->` above a block says that it ends with this exit status instead of 0;
- `<!-- needs: a W&B account -->` above a block says what is missing here. The block is skipped, and
  the skip is printed;
- `<!-- output: varies -->` above a block says that only its exit status is checked;
- `<!-- exercise: 1 -->` above a block says that it checks exercise 1: it prints `solved` at the end
  once tests/answers/STEP/1.sh has been run in the folder, and not before;
- `<!-- makes: models -->` above a block says that it makes this folder from nothing but the files
  that dvc.yaml names for it. The folder is kept in .cache/made: with the same files, the block
  isn't run again, neither in another README nor at the next call of this program;
- `<!-- setup: the environment -->` above a block says what all later sections need from it. With
  --from, the blocks with `setup` and `makes` before the section are run, and then the section.

Progress bars are left out. The words of the two outputs must be equal. Their numbers must be equal
as well, with two exceptions: times, rates and sizes (numbers with a unit) may differ by the factor
FACTOR, because machines differ, and other numbers with decimals by TOLERANCE, because processors
round differently (readme_compare.py).

pip takes minutes to make an environment, so uv makes it instead (readme_uv.py). Only the READMEs in
WITH_PIP, when they are run whole, use pip.
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
from readme_blocks import Block, choose_blocks, find_blocks, find_output, find_section
from readme_compare import is_same_output
from readme_schedule import WORKERS, estimate_minutes, run_all, sort_readmes
from readme_shell import Shell, ShellEnded
from readme_uv import find_uv
from steps import find_steps, list_files

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "tests/answers"
WITH_PIP = ("step_0_project_setup",)  # one README shows that the commands of all work with pip
NOTICE_AFTER = 10.0  # seconds until a line says which block is still running


def is_run_here(block: Block) -> bool:
    """Return whether a block has commands, and needs nothing that is missing here."""
    return block.is_executable and "needs" not in block.directives


class ReadmeRun:
    """One run of a README, with the problems, the outputs and the times that it had."""

    def __init__(self, readme: Path, update: bool = False, heading: str | None = None):
        """Read the README. With update, run() writes the outputs into it instead of comparing them.

        With a heading, only the blocks of its section and those that it needs are run. Raises
        LookupError if the README doesn't have the heading.
        """
        self.readme = readme
        self.name = str(readme.relative_to(ROOT))
        self.step = ROOT / readme.relative_to(ROOT).parts[0]
        self.update = update
        self.lines = readme.read_text(encoding="utf-8").splitlines()
        self.blocks = find_blocks(self.lines)
        self.section = find_section(self.lines, heading)
        # A section is run again and again while it is written, so pip would take too long.
        whole = readme == self.step / "README.md" and not heading
        self.uv = None if self.step.name in WITH_PIP and whole else find_uv()
        self.chosen = choose_blocks(self.blocks, self.section)
        self.problems: list[str] = []  # each one a paragraph
        self.outputs: list[tuple[Block, str]] = []  # the README's output, and the printed one
        self.timings: list[tuple[float, str]] = []  # the seconds and the location of each block
        self.commands = 0
        self.exercises = 0
        self.seconds = 0.0

    def run(self) -> None:
        """Run the chosen blocks in a copy of the folder; with update, write their outputs."""
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as parent:
            self.folder, home = Path(parent, self.step.name), Path(parent, "home")
            copy_tracked(self.step, self.folder)
            home.mkdir()
            with closing(Shell(self.folder, home, self.uv)) as self.shell:
                try:
                    self.run_set_up_of_the_step()
                    for block in self.chosen:
                        self.run_block(block)
                except ShellEnded as error:
                    self.problems.append(f"{self.name}: {error}")
        if self.update:
            self.write_outputs()
        self.seconds = time.monotonic() - start
        print_line(f"{self.seconds:6.1f} s  {self.name}: all of it")

    def run_set_up_of_the_step(self) -> None:
        """On a page other than the README, run the README's blocks that are marked as set-up.

        A page without a command that can be run here needs no set-up.
        """
        first = self.step / "README.md"
        if self.readme == first or not any(map(is_run_here, self.chosen)):
            return
        run = ReadmeRun(first)
        run.folder, run.shell = self.folder, self.shell
        for block in run.blocks:
            if block.directives.keys() & {"setup", "makes"}:
                run.run_block(block)
        self.problems += run.problems

    def run_block(self, block: Block) -> None:
        """Run, check or skip a block, as its language and its directives say."""
        if block.is_excerpt:
            self.check_excerpt(block)
        elif not block.is_executable:
            return
        elif "needs" in block.directives:
            print_line(f"SKIPPED {self.locate(block)}: needs {block.directives['needs']}")
        elif "exercise" in block.directives:
            self.check_exercise(block, block.directives["exercise"])
        elif "makes" in block.directives:
            self.run_or_copy(block, block.directives["makes"])
        else:
            self.run_command(block)

    def check_excerpt(self, block: Block) -> None:
        """Check that a file contains the code that the README quotes from it."""
        first, _, quoted = block.text.partition("\n")
        name = first.removeprefix("# ")
        path = self.folder / name
        if not path.is_file() or quoted not in path.read_text(encoding="utf-8"):
            self.add_problem(block, f"this is not in {name}, word for word")

    def check_exercise(self, block: Block, number: str) -> None:
        """Check that the block prints `solved` after the exercise's answer, and not before."""
        answer = ANSWERS / self.step.name / f"{number}.sh"
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

    def run_or_copy(self, block: Block, name: str) -> None:
        """Copy the folder that the block makes from the cache, or run the block and cache it."""
        with made.lock_making(self.folder, block.command):
            kept = made.find_made(self.folder, block.command)
            if kept:
                shutil.copytree(kept, self.folder / name, dirs_exist_ok=True)
                print_line(f"    kept  {self.locate(block)}: {block.first_line}")
            elif self.run_command(block) == 0:
                made.keep_made(self.folder, block.command, self.folder / name)

    def run_command(self, block: Block) -> int:
        """Run a block, and compare its exit status and its output with what the README says.

        Returns the exit status.
        """
        self.commands += 1
        with self.timed(block, block.first_line):
            printed, status = self.shell.run(block.command)
        if status != int(block.directives.get("exit", 0)):
            self.add_problem(block, f"ended with status {status}:\n{printed}")
        output = find_output(self.blocks, self.blocks.index(block), self.lines)
        if output and block.directives.get("output") != "varies":
            self.outputs.append((output, printed))
            if not self.update and not is_same_output(output.text, printed):
                problem = f"the README says\n{output.text}\n--- and this was printed:\n{printed}"
                self.add_problem(block, problem)
        return status

    def write_outputs(self) -> None:
        """Write the outputs of the section's blocks into the README."""
        for output, printed in reversed(self.outputs):
            if output.start in self.section:
                self.lines[output.start + 1 : output.end] = printed.splitlines()
        self.readme.write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def locate(self, block: Block) -> str:
        """Return the README and the line where a block starts."""
        return f"{self.name}, line {block.start + 1}"

    def add_problem(self, block: Block, problem: str) -> None:
        """Add a problem, with the location of its block, to those that main() prints."""
        self.problems.append(f"{self.locate(block)}: {problem}")

    @contextmanager
    def timed(self, block: Block, description: str) -> Iterator[None]:
        """Print how long the `with` block takes, and after NOTICE_AFTER that it is still running.

        The location of the README's block and a description of it say what runs.
        """
        where = f"{self.locate(block)}: {description}"
        notice = f"... still running after {NOTICE_AFTER:g} s: {where}"
        timer = threading.Timer(NOTICE_AFTER, print_line, [notice])
        timer.daemon = True
        timer.start()
        start = time.monotonic()
        try:
            yield
        finally:
            timer.cancel()
        seconds = time.monotonic() - start
        self.timings.append((seconds, where))
        print_line(f"{seconds:6.1f} s  {where}")


def is_solved(printed: str) -> bool:
    """Return whether the check of an exercise has printed that the exercise is solved."""
    return printed.splitlines()[-1:] == ["solved"]


def print_line(text: str) -> None:
    """Print a line at once and in one piece, because several threads print."""
    print(f"{text}\n", end="", flush=True)


def copy_tracked(source: Path, target: Path) -> None:
    """Copy the files of a folder that Git tracks or would track, as a reader's clone has them.

    Models, logs and environments are not among them.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    names = subprocess.run(command, cwd=source, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)


def find_pages() -> list[Path]:
    """Return the READMEs of all steps, and the other pages of their lessons."""
    return sorted(
        step / name for step in find_steps() for name in list_files(step) if name.endswith(".md")
    )


def announce(runs: list[ReadmeRun], heading: str | None, workers: int) -> None:
    """Print how many READMEs, commands and exercises will be run, and the usual time for that."""
    blocks = [block for run in runs for block in run.chosen if block.is_executable]
    blocks = [block for block in blocks if "needs" not in block.directives]
    exercises = sum("exercise" in block.directives for block in blocks)
    commands = len(blocks) - exercises
    if heading:
        text = f'The section "{heading}", after its set-up.'
    else:
        minutes = estimate_minutes([run.readme for run in runs], workers)
        text = f"This usually takes {minutes:.0f} minutes on 2 cores."
    print_line(f"READMEs: {len(runs)}, commands: {commands}, exercises: {exercises}. {text}")


def summarize(runs: list[ReadmeRun]) -> str:
    """Return a table of the READMEs, and a table of the blocks that took longest."""
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
    parser.add_argument("readmes", type=Path, nargs="*", help="default: all pages of all steps")
    parser.add_argument("--from", dest="heading", help="run the section under this heading")
    return parser.parse_args()


def main() -> int:
    """Run the READMEs; return 1 if any has a problem, and else 0."""
    args = read_arguments()
    readmes = [path.resolve() for path in args.readmes] or find_pages()
    update = args.command == "update"
    runs: dict[Path, ReadmeRun] = {}
    for readme in readmes:
        try:
            runs[readme] = ReadmeRun(readme, update, args.heading)
        except LookupError as error:
            sys.exit(f"error: {readme.relative_to(ROOT)}: {error}")
    # An update runs the READMEs one after the other, because it writes times into them.
    workers = 1 if update else WORKERS
    announce(list(runs.values()), args.heading, workers)
    try:
        run_all(sort_readmes(runs), lambda readme: runs[readme].run(), workers)
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
