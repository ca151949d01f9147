"""The shell that runs a README's blocks."""

import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from readme_uv import make_settings, use_uv

# Variables that a maintainer's shell may have and a reader's shell doesn't have
REMOVED_VARIABLES = ("VIRTUAL_ENV", "AWS_", "WANDB_", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE")
PROGRESS = re.compile(r"\d+%\||\| +\| 0/|it/s\]")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class ShellEnded(Exception):
    """The shell has ended in the middle of a block."""


class Shell:
    """One bash process that runs all blocks of a README, so that `cd` and `export` stay in effect.

    With the path of uv, uv makes the environments instead of venv and pip.
    """

    running: ClassVar[set["Shell"]] = set()

    def __init__(self, folder: Path, home: Path, uv: str | None = None):
        self.home = str(home)
        self.uv = uv
        self.process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=make_environment(home) | (make_settings(uv) if uv else {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running.add(self)

        # The shell remembers that a command of a block has failed, and goes on with the block.
        self.run("set -o pipefail; trap 'failed=$?' ERR")

    def run(self, command: str) -> tuple[str, int]:
        """Run one block; return what it prints, without progress bars, and its exit status.

        Raises ShellEnded if the block ends the shell.
        """
        assert self.process.stdin and self.process.stdout
        end_mark = f"=== end of block {time.monotonic_ns()}"
        translated = use_uv(command, self.uv) if self.uv else command
        script = f"failed=0\n{{\n{translated}\n}} </dev/null\necho; echo '{end_mark}' $failed\n"
        with suppress(BrokenPipeError):
            self.process.stdin.write(script.encode())
            self.process.stdin.flush()
        printed: list[str] = []
        for raw in self.process.stdout:
            # After a carriage return, as progress bars print it, a terminal overwrites the line.
            line = ANSI.sub("", raw.decode(errors="replace")).rstrip().split("\r")[-1]
            if line.startswith(end_mark):
                text = re.sub(r"\n{3,}", "\n\n", "\n".join(printed)).strip("\n")
                return text.replace(self.home, "/home/reader"), int(line.split()[-1])
            if not PROGRESS.search(line):
                printed.append(line.rstrip())
        raise ShellEnded(f"the shell ended in this block:\n{command}")

    def close(self) -> None:
        """End the shell, and the processes that the README started in the background."""
        self.running.discard(self)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @classmethod
    def close_all(cls) -> None:
        """End all shells; a run() that waits for one of them raises ShellEnded."""
        for shell in list(cls.running):
            shell.close()


def make_environment(home: Path) -> dict[str, str]:
    """Return the environment variables of a reader's shell.

    It has a home of its own, and none of a maintainer's credentials.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith(REMOVED_VARIABLES)}
    return environment | {
        "COLUMNS": "100",
        "HOME": str(home),  # readers have no settings yet, and maintainers keep theirs
        "OMP_WAIT_POLICY": "PASSIVE",  # two trainings at once share the cores
        "PIP_CACHE_DIR": str(Path("~/.cache/pip").expanduser()),
        "PIP_COMPILE": "0",  # a minute less for each README: imports compile what they need
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "1",
        "PYTHONUNBUFFERED": "1",  # outputs and errors come in their order, as in a terminal
    }
