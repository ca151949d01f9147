"""An environment whose `python` and `dvc` start fast: they have imported the big packages."""

import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support import fork_server

CLIENT = Path(__file__).with_name("fork_client.py")


def accepts_connections(path: Path) -> bool:
    """Return whether a server listens at the path of a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        return client.connect_ex(str(path)) == 0


@contextmanager
def listening_fork_server() -> Iterator[Path]:
    """Run fork_server.py for several clients at the same time; yields the path of its socket."""
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # pytest's folders have too long names for a socket
        path = Path(folder, "socket")
        command = [sys.executable, fork_server.__file__, path]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
            try:
                while not accepts_connections(path):
                    assert process.poll() is None, "fork_server.py has ended"
                    time.sleep(0.1)
                yield path
            finally:
                process.terminate()


@contextmanager
def forking_environment(folder: Path) -> Iterator[Path]:
    """Fill a folder with links to the programs of the tests' environment; yields the environment.

    Its `python` and `dvc` are no links: they run each command in a fork of a server, as
    support.scripts.run does.
    """
    source, programs = Path(sys.executable).parent, folder / "bin"
    if sys.platform != "linux":  # macOS's libraries don't survive a fork
        yield source.parent
        return
    with listening_fork_server() as path:
        programs.mkdir()
        for program in source.iterdir():
            (programs / program.name).symlink_to(program)
        client = shlex.join([sys.executable, "-IS", str(CLIENT), str(path)])
        for name, arguments in {"python": "", "dvc": "-m dvc"}.items():
            (programs / name).unlink()
            (programs / name).write_text(f'#!/bin/sh\nexec {client} {arguments} "$@"\n')
            (programs / name).chmod(0o755)
        yield folder
