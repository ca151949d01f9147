"""Docker, for the tests that need it. What is missing is only checked when a test needs it."""

import functools
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from support.servers import answers, find_free_ports

BASE = "python:3.11-slim"
LAMBDA_BASE = "public.ecr.aws/lambda/python:3.13"
REGISTRY = "registry:2"


def docker(*arguments: str, check: bool = True, **options) -> str:
    """Run a docker command, which must succeed unless check is false; return what it prints.

    The options are those of subprocess.run.
    """
    command = ["docker", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if check and "Cannot connect to the Docker daemon" in result.stderr:
        pytest.fail("The Docker engine has stopped. Start it, and run the tests again.", False)
    assert result.returncode == 0 or not check, result.stdout + result.stderr
    return result.stdout.strip()


@functools.cache
def find_missing_engine() -> str | None:
    """Return what this machine lacks to build and run images, or None if it lacks nothing."""
    version = ("version", "--format={{.Server.Version}}")
    if not shutil.which("docker") or not docker(*version, check=False):
        return "needs a running Docker engine"
    if not has_buildkit():
        return "needs Docker with BuildKit: install Docker's buildx, or export DOCKER_BUILDKIT=1"
    return None


def has_buildkit() -> bool:
    """Return whether `docker build` uses BuildKit, which prints its progress as `#1 ...`."""
    command = ["docker", "build", "--progress=plain", "-"]
    result = subprocess.run(
        command, input="FROM scratch\nLABEL a=b\n", capture_output=True, text=True, check=False
    )
    return "#1 " in result.stderr


@functools.cache
def find_missing_image(image: str) -> str | None:
    """Return what this machine lacks to use an image, or None if it lacks nothing.

    If the image is not here, it is pulled where that is possible.
    """
    missing = find_missing_engine()
    if missing:
        return missing
    if docker("images", "--quiet", image) or docker("pull", "--quiet", image, check=False):
        return None
    return f"needs {image}: it can't be pulled; tools/stand_in_images.sh makes a stand-in"


@functools.cache
def find_missing_compose() -> str | None:
    """Return what this machine lacks to read compose files, or None; no engine is needed."""
    if shutil.which("docker") and docker("compose", "version", check=False):
        return None  # the plugin; its predecessor, docker-compose, was a program of its own
    return "needs Docker Compose, the plugin of Docker's client"


def require_image(image: str) -> None:
    """Skip the test that runs if an image can't be used here."""
    missing = find_missing_image(image)
    if missing:
        pytest.skip(missing)


@contextmanager
def container(image: str, port: int, *options: str) -> Iterator[tuple[str, str]]:
    """Run a container without any rights, and publish one of its ports on this machine.

    Yields the container's id and the address of the port. The options are those of `docker run`.
    """
    [published] = find_free_ports(1)
    container_id = docker(
        *("run", "--detach", "--read-only", "--cap-drop=ALL"),
        *("--security-opt=no-new-privileges", f"--publish=127.0.0.1:{published}:{port}"),
        *options,
        image,
    )
    try:
        yield container_id, f"http://127.0.0.1:{published}"
    finally:
        docker("rm", "--force", container_id)


def read_logs(container_id: str) -> str:
    """Return everything that a container has printed, its errors included."""
    command = ["docker", "logs", container_id]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, text=True, check=True, **options).stdout


def wait_until_answering(url: str, container_id: str) -> None:
    """Wait until a container's server responds, even if with an error status.

    Raises AssertionError with the container's log after 30 seconds.
    """
    for _ in range(300):
        if answers(url):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}: {read_logs(container_id)}")


def wait_until_healthy(container_id: str) -> None:
    """Wait until a container's health check succeeds.

    Raises AssertionError with the container's log after 30 seconds.
    """
    for _ in range(60):
        status = docker("inspect", "--format={{.State.Health.Status}}", container_id)
        if status == "healthy":
            return
        time.sleep(0.5)
    raise AssertionError(f"{status}: {read_logs(container_id)}")
