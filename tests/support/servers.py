"""Start servers on free ports of this machine, wait for them, and send them requests."""

import itertools
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SENTENCE = "The boy is sitting on a bench"
SLOW = json.dumps({"sentences": ["! " * 500] * 100}).encode()  # a request that takes seconds


def find_program(name: str) -> str:
    """Return the path of a program: in the environment that runs the tests, or else on PATH.

    Raises AssertionError if the program is missing.
    """
    folder = Path(sys.executable).parent
    path = shutil.which(name, path=f"{folder}{os.pathsep}{os.environ.get('PATH', '')}")
    assert path, f"{name} is missing: `make .venv/dev` installs it"
    return path


def request(url: str, body: bytes | None = None, timeout: float = 30) -> tuple[int, str]:
    """Send a GET request, or a POST request with a body of JSON.

    Returns the status and the text of the response, also if the status is an error.
    """
    headers = {"Content-Type": "application/json"} if body is not None else {}
    message = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(message, timeout=timeout) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


# Each process of the tests has a thousand ports of its own, all below the ports that the system
# chooses for connections. It uses each of them once before it uses any port again.
FIRST_PORT = 20_000 + 1_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
candidates = itertools.cycle(range(FIRST_PORT, FIRST_PORT + 1_000))


def find_free_ports(count: int) -> list[int]:
    """Return so many free ports, for each of which the port 10,000 above is free as well.

    SeaweedFS uses these second ports. Raises RuntimeError if there are too few.
    """
    ports = []
    for port in itertools.islice(candidates, 1_000):
        with socket.socket() as first, socket.socket() as second, suppress(OSError):
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 10_000))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise RuntimeError("no free ports")


def answers(url: str) -> bool:
    """Return whether a server responds at a URL, even if with an error status."""
    try:
        urllib.request.urlopen(url, timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def wait_for(url: str, process: subprocess.Popen, seconds: float = 60) -> None:
    """Wait until a server responds, even if with an error status.

    Raises RuntimeError when its process ends before, or after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if answers(url):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")


@contextmanager
def running(
    command: Sequence[str | Path], url: str, seconds: float = 60, **options
) -> Iterator[subprocess.Popen]:
    """Run a server until the end of the `with` block, which starts once the server responds.

    Yields the process. The options are those of subprocess.Popen; by default, the output of the
    server is discarded.
    """
    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
    with subprocess.Popen(command, **options) as process:
        try:
            wait_for(url, process, seconds)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def serving(folder: Path, *arguments: str, **options) -> Iterator[tuple[subprocess.Popen, str]]:
    """Run the HTTP service of a step's folder with Uvicorn; yields its process and its address."""
    [port] = find_free_ports(1)
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "app:app", f"--port={port}", *arguments]
    with running(command, f"{url}/health", cwd=folder, **options) as process:
        yield process, url


@dataclass
class S3Server:
    """A real S3 server on this machine: SeaweedFS, with one bucket and one pair of keys."""

    environment: dict[str, str]  # the variables with which AWS's tools find the server
    folder: Path  # in which the server keeps the objects
    bucket: str = "cola"


@contextmanager
def serving_s3(folder: Path) -> Iterator[S3Server]:
    """Run SeaweedFS with its files in a folder; yields its address, keys and bucket."""
    master, volume, filer, s3, iceberg, admin = find_free_ports(6)
    url = f"http://127.0.0.1:{s3}"
    server = S3Server(
        {
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": url,
        },
        folder,
    )
    command = [
        *(find_program("weed"), "mini", f"-dir={folder}", f"-bucket={server.bucket}"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false"),
        *(f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"),
        *(f"-s3.port={s3}", f"-s3.port.iceberg={iceberg}", f"-admin.port={admin}"),
    ]
    with running(command, url, cwd=folder, env=os.environ | server.environment):
        yield server
