#!/usr/bin/env python3
"""Run every command of the READMEs and hold what it prints against what the README says.

    python tools/readme.py check [README ...]    fail where they differ
    python tools/readme.py update [README ...]   write what was printed into the README

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
  that dvc.yaml names for it: the same command on the same files is then run in one README only.

Progress bars are left out. Between the two outputs, words must be equal, and numbers too but for
these: times, rates and sizes (a number with a unit) may differ by a factor of FACTOR, as machines
do; other numbers with decimals by TOLERANCE, as processors round differently.
"""

import argparse
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "tests/answers"
FACTOR = 8.0
TOLERANCE = 0.12
WITHOUT_SERVERS = ("step_0", "step_1", "step_2", "step_4")

UNITS = r"(?=\s*(s\b|ms\b|min\b|sentences/s|MB\b|GB\b|[kK]B\b|M\b))"
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
# What is new in every run: dates, times, W&B's run ids, and Lambda's request ids.
VARYING = [
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\d{4}-?\d{2}-?\d{2}[T_ ]\d{2}[:-]?\d{2}[:-]?\d{2}(\.\d{3}Z)?"), "<time>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}/\d{2}-\d{2}-\d{2}"), "<time>"),
    (re.compile(r"(run-<time>-|offline-run-<time>-)[a-z0-9]{8}"), r"\1<id>"),
]
PROGRESS = re.compile(r"\d+%\||\| +\| 0/|it/s\]")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass
class Block:
    """A fenced block: line numbers of its fences, its language and text, and what is above it."""

    start: int
    end: int
    language: str
    text: str
    directives: dict[str, str]


def find_blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    start: int | None = None
    directives: dict[str, str] = {}
    for number, line in enumerate(lines):
        if start is None and line.startswith("```"):
            start = number
        elif start is not None and line.rstrip() == "```":
            text = "\n".join(lines[start + 1 : number])
            language = lines[start].strip("` \n")
            blocks.append(Block(start, number, language, text, directives))
            start, directives = None, {}
        elif start is None and (match := re.match(r"<!-- (\w+): (.+) -->", line)):
            directives[match[1]] = match[2]
        elif start is None and line.strip():
            directives = {}
    return blocks


def output_of(blocks: list[Block], index: int, lines: list[str]) -> Block | None:
    """The ```text block that follows a command with nothing but blank lines between."""
    if index + 1 == len(blocks) or blocks[index + 1].language != "text":
        return None
    following = blocks[index + 1]
    between = lines[blocks[index].end + 1 : following.start]
    return None if any(line.strip() for line in between) else following


class Shell:
    """One bash that runs the blocks of a README, so that `cd` and `export` last."""

    def __init__(self, folder: Path, home: Path):
        hidden = ("VIRTUAL_ENV", "AWS_", "WANDB_", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
        environment |= {
            "COLUMNS": "100",
            "HOME": str(home),  # readers have no settings yet, and maintainers keep theirs
            "OMP_WAIT_POLICY": "PASSIVE",  # two trainings at once share the cores
            "PIP_CACHE_DIR": str(Path("~/.cache/pip").expanduser()),
            "PIP_COMPILE": "0",  # a minute less for each README: imports compile what they need
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_QUIET": "1",
            "PYTHONUNBUFFERED": "1",  # as in a terminal, what is printed first comes first
        }
        self.home = str(home)
        self.process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

        # A command that fails anywhere in a block is remembered, and the block goes on.
        self.run("set -o pipefail; trap 'failed=$?' ERR")

    def run(self, command: str) -> tuple[str, int]:
        """Run one block; returns what it prints, without progress bars, and its exit status."""
        assert self.process.stdin and self.process.stdout
        mark = f"=== end of block {time.monotonic_ns()}"
        script = f"failed=0\n{{\n{command}\n}} </dev/null\necho; echo '{mark}' $failed\n"
        self.process.stdin.write(script.encode())
        self.process.stdin.flush()
        printed: list[str] = []
        for raw in self.process.stdout:
            # After a carriage return, as in progress bars, a line is written over.
            line = ANSI.sub("", raw.decode(errors="replace")).rstrip().split("\r")[-1]
            if line.startswith(mark):
                text = re.sub(r"\n{3,}", "\n\n", "\n".join(printed)).strip("\n")
                return text.replace(self.home, "/home/reader"), int(line.split()[-1])
            if not PROGRESS.search(line):
                printed.append(line.rstrip())
        raise RuntimeError(f"The shell ended in this block:\n{command}")

    def close(self) -> None:
        """End the shell, and what a README started in the background."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def words_and_numbers(text: str) -> tuple[str, list[tuple[float, str, bool]]]:
    """The text without its numbers; and each number, its unit if any, and if it has decimals."""
    for pattern, replacement in VARYING:
        text = pattern.sub(replacement, text)
    numbers = []
    for match in NUMBER.finditer(text):
        unit = re.match(UNITS, text[match.end() :])
        name = unit[1] if unit else ""
        numbers.append((float(match[0].replace(",", "")), name, "." in match[0]))
    return " ".join(NUMBER.sub("#", text).split()), numbers


def same(expected: str, printed: str) -> bool:
    words, numbers = words_and_numbers(expected)
    other_words, other_numbers = words_and_numbers(printed)
    if words != other_words:
        return False
    for (a, unit, decimals), (b, _, _) in zip(numbers, other_numbers, strict=True):
        if unit:
            # A second more or less is no difference, however short the time.
            if max(a, b) > FACTOR * min(a, b) + (1000 if unit == "ms" else 1):
                return False
        elif abs(a - b) > (TOLERANCE if decimals else 0):
            return False
    return True


def check_excerpt(block: Block, folder: Path) -> str | None:
    """What is wrong with code that a README quotes from a file, if anything."""
    first, _, quoted = block.text.partition("\n")
    name = first.removeprefix("# ")
    if quoted not in (folder / name).read_text(encoding="utf-8"):
        return f"this is not in {name}, word for word"
    return None


def check_exercise(shell: Shell, check: str, answer: Path) -> list[str]:
    """What is wrong with an exercise: its check must tell the untouched code from the answer."""
    problems = []
    printed, _ = shell.run(check)
    if is_solved(printed):
        problems.append("it is solved before the answer")
    printed, status = shell.run(f"bash -e {shlex.quote(str(answer))}")
    if status:
        problems.append(f"its answer ends with status {status}:\n{printed}")
    printed, _ = shell.run(check)
    if not is_solved(printed):
        problems.append(f"the answer doesn't solve it:\n{printed}")
    return problems


def is_solved(printed: str) -> bool:
    return printed.splitlines()[-1:] == ["solved"]


def hash_inputs(folder: Path, command: str) -> str:
    """A hash of a command and of what dvc.yaml names as inputs of its stage and of those before."""
    text = (folder / "dvc.yaml").read_text(encoding="utf-8")
    stages = list(yaml.safe_load(text)["stages"].values())
    commands = [stage["cmd"] for stage in stages]
    if command in commands:
        stages = stages[: commands.index(command) + 1]
    names = {name for stage in stages for name in stage["deps"]}
    names |= {name for stage in stages for params in stage.get("params", []) for name in params}
    digest = hashlib.sha256(command.encode())
    for name in sorted(names):
        for path in sorted([folder / name, *(folder / name).rglob("*")]):
            if path.is_file():
                digest.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def run_readme(readme: Path, update: bool, made: Path) -> list[str]:
    """Run one README; returns what is wrong, a paragraph each.

    In the folder made are what earlier READMEs' blocks made, by the hash of their inputs.
    """
    lines = readme.read_text(encoding="utf-8").splitlines()
    blocks = find_blocks(lines)
    problems: list[str] = []
    outputs: list[tuple[Block, str]] = []
    beginning = time.monotonic()
    shown = readme.relative_to(ROOT)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, readme.parent.name)
        copy_tracked(readme.parent, folder)
        home = Path(parent, "home")
        home.mkdir()
        shell = Shell(folder, home)
        for index, block in enumerate(blocks):
            where = f"{shown}, line {block.start + 1}"
            if re.match(r"# \S+\.\w+\n", block.text) and block.language in ("python", "yaml"):
                problem = check_excerpt(block, folder)
                if problem:
                    problems.append(f"{where}: {problem}")
                continue
            if block.language not in ("bash", "python"):
                continue
            if "needs" in block.directives:
                print(f"SKIPPED {where}: needs {block.directives['needs']}", flush=True)
                continue
            command = block.text
            if block.language == "python":
                command = f"python - <<'END_OF_PYTHON'\n{command}\nEND_OF_PYTHON"
            start = time.monotonic()
            exercise = block.directives.get("exercise")
            if exercise:
                answer = ANSWERS / readme.parent.name / f"{exercise}.sh"
                for problem in check_exercise(shell, command, answer):
                    problems.append(f"{where}: exercise {exercise}: {problem}")
                report(start, where, f"exercise {exercise}")
                continue
            makes = block.directives.get("makes")
            if makes:
                kept = made / hash_inputs(folder, command)
                if kept.exists():
                    shutil.copytree(kept, folder / makes, dirs_exist_ok=True)
                    print(f"  as before  {where}: {block.text.splitlines()[0]}", flush=True)
                    continue
            printed, status = shell.run(command)
            report(start, where, block.text.splitlines()[0])
            if makes and status == 0:
                copy = Path(tempfile.mkdtemp(dir=made), makes)
                shutil.copytree(folder / makes, copy)
                with suppress(OSError):  # the other lane has made it meanwhile
                    copy.rename(kept)
            if status != int(block.directives.get("exit", 0)):
                problems.append(f"{where}: ended with status {status}:\n{printed}")
            output = output_of(blocks, index, lines)
            if output is None or block.directives.get("output") == "varies":
                continue
            outputs.append((output, printed))
            if not same(output.text, printed):
                problems.append(
                    f"{where}: the README says\n{output.text}\n--- and this was printed:\n{printed}"
                )
        shell.close()
    report(beginning, str(shown), "all of it")
    if update:
        for output, printed in reversed(outputs):
            lines[output.start + 1 : output.end] = printed.splitlines()
        readme.write_text("\n".join(lines) + "\n", encoding="utf-8")
        problems = [problem for problem in problems if "the README says" not in problem]
    return problems


def report(start: float, where: str, what: str) -> None:
    print(f"{time.monotonic() - start:6.1f} s  {where}: {what}", flush=True)


def copy_tracked(source: Path, target: Path) -> None:
    """Copy what Git tracks, or would: a reader's copy has no models, logs or environments."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
    names = subprocess.run(command, cwd=source, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["check", "update"])
    parser.add_argument("readmes", type=Path, nargs="*", help="default: those of all steps")
    args = parser.parse_args()
    readmes = [path.resolve() for path in args.readmes] or sorted(ROOT.glob("step_*/README.md"))
    update = args.command == "update"

    def run_all(some: list[Path]) -> list[str]:
        return [problem for readme in some for problem in run_readme(readme, update, Path(made))]

    # Two READMEs at a time, as most commands keep one core busy. Those that start servers, at the
    # same ports, take turns; and so do all in an update, which writes times.
    without = [path for path in readmes if path.parent.name.startswith(WITHOUT_SERVERS)]
    others = [path for path in readmes if path not in without]
    lanes = [readmes] if update else [without, others]
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor() as threads:
        results = list(threads.map(run_all, lanes))
        problems = [problem for result in results for problem in result]
    for problem in problems:
        print(f"\n{problem}")
    print(f"\n{len(readmes)} READMEs run, {len(problems)} problems.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
