"""Run the steps' scripts as a reader would, and check what they print."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from support import fork_server
from support.steps import PROGRAMS


def run(
    folder: Path,
    *command: str | bytes | Path,
    env: dict[str, str] | None = None,
    input: str | None = None,
    timeout: float = 300,
    new_interpreter: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run `python` with this command in a folder; return its status, output and errors.

    By default, the command runs in a fork of a server that has imported the big packages. With
    new_interpreter, it runs in a new Python process, for the cases that fork_server.py names.
    Raises TimeoutExpired after timeout seconds.
    """
    if new_interpreter or sys.platform != "linux":  # macOS's libraries don't survive a fork
        return subprocess.run(
            [sys.executable, *command],
            cwd=folder,
            env=env,
            input=input,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    return ForkServer.get().run(
        folder, [os.fsdecode(part) for part in command], env, input, timeout
    )


def run_program(folder: Path, name: str, *arguments: str, **options):
    """Run tests/programs/NAME.py in a step's folder, as if the file were there.

    The options are those of run(), and so is what it returns.
    """
    return run(folder, "-c", (PROGRAMS / f"{name}.py").read_text(), *arguments, **options)


def succeed(folder: Path, *command: str | bytes | Path, **options) -> str:
    """Run a script that must not fail; return what it prints. The options are those of run()."""
    result = run(folder, *command, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def assert_clear_error(result: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Assert that a script failed with one message that has all the parts, and no traceback."""
    assert result.returncode != 0, result.stdout
    assert "Traceback" not in result.stderr, result.stderr
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("error: "), result.stderr
    for part in parts:
        assert part in message, message


class ForkServer:
    """A process of fork_server.py. Each process of the tests starts one when it first needs it."""

    _server: "ForkServer | None" = None

    @classmethod
    def get(cls) -> "ForkServer":
        """Return the server of this process, and start it at the first call."""
        if cls._server is None:
            cls._server = cls()
        return cls._server

    def __init__(self) -> None:
        self.socket, servers_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [sys.executable, fork_server.__file__, str(servers_end.fileno())],
            pass_fds=[servers_end.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        servers_end.close()
        atexit.register(self.close)

    def run(
        self,
        folder: Path,
        arguments: list[str],
        env: dict[str, str] | None,
        text: str | None,
        timeout: float,
    ) -> subprocess.CompletedProcess[str]:
        """Run one command in a fork; see the function run()."""
        environment = dict(os.environ) if env is None else env
        request = {"folder": str(folder), "arguments": arguments, "environment": environment}
        with (
            tempfile.TemporaryFile("w+") as stdin,
            tempfile.TemporaryFile("w+") as stdout,
            tempfile.TemporaryFile("w+") as stderr,
        ):
            stdin.write(text or "")
            stdin.seek(0)
            files = [stdin.fileno(), stdout.fileno(), stderr.fileno()]
            socket.send_fds(self.socket, [json.dumps(request).encode()], files)
            status = self.wait(arguments, timeout)
            outputs = []
            for file in (stdout, stderr):
                file.seek(0)
                outputs.append(file.read())
        return subprocess.CompletedProcess(arguments, status, *outputs)

    def wait(self, arguments: list[str], timeout: float) -> int:
        """Wait for the child process that was just started; return its exit status.

        At the timeout, end it with all processes that it started, and raise TimeoutExpired.
        """
        self.socket.settimeout(300)  # at first, the server imports its packages
        process_id = int(self.socket.recv(100))
        self.socket.settimeout(timeout)
        try:
            return int(self.socket.recv(100))
        except TimeoutError:
            os.killpg(process_id, signal.SIGKILL)
            self.socket.settimeout(60)
            self.socket.recv(100)
            raise subprocess.TimeoutExpired(arguments, timeout) from None

    def close(self) -> None:
        """End the server."""
        self.socket.close()
        self.process.wait(timeout=30)
