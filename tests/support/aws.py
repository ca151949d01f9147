"""AWS's records by moto, and clients that talk to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from support.containers import REGISTRY, docker, require_image, wait_until_answering
from support.servers import find_free_ports, request, running
from support.steps import NEWEST, STEPS

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests"}
REGION = "eu-central-1"
# bcrypt of the password that moto gives to everybody who asks ECR for a login
HTPASSWD = "AWS:$2b$05$0iMJuiPfPATE7iG/2JNAhOdo0IGSj3w/0Bsf9L9R5xYrVVRzdqTMW\n"


def make_environment(url: str) -> dict[str, str]:
    """What AWS's tools and libraries read to talk to moto at an address."""
    return KEYS | {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": REGION}


def connect(service: str, environment: dict[str, str]) -> Any:
    """A boto3 client of a service, with the endpoint, region and keys of an environment."""
    environment = KEYS | environment
    return boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


@contextmanager
def serving_aws(moto_python: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Run aws.local.server, which has AWS's records by moto, with its log in a folder.

    Yields its address, and the port at which it expects ECR's registry of images.
    """
    port, registry_port, http_port = find_free_ports(3)
    url = f"http://127.0.0.1:{port}"
    command = [moto_python, "-m", "aws.local.server", f"--port={port}"]
    variables = {"LOCAL_REGISTRY_PORT": str(registry_port), "LOCAL_HTTP_PORT": str(http_port)}
    options = {"cwd": STEPS[NEWEST], "env": os.environ | variables}
    with (
        (folder / "moto.log").open("w") as log,
        running(command, f"{url}/moto-api/", stdout=log, stderr=log, **options),
    ):
        yield url, registry_port


@contextmanager
def serving_ministack(python: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Run ministack with its log and its files in a folder; yields an administrator's variables."""
    [port] = find_free_ports(1)
    url = f"http://127.0.0.1:{port}"
    settings = {"AUTH": "true", "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    # It also has other servers, which aren't used here, and keeps files in the working directory.
    options = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "HOME": str(folder)} | settings}
    with (
        (folder / "ministack.log").open("w") as log,
        running(
            [python, "-m", "ministack"],
            f"{url}/_ministack/health",
            stdout=log,
            stderr=log,
            **options,
        ),
    ):
        # ministack takes the keys "test" for those of the account's administrator.
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        yield make_environment(url) | keys


def forget_records(url: str) -> None:
    """Let moto start anew, without any of the records that it has made."""
    assert request(f"{url}/moto-api/reset", b"")[0] == 200


@contextmanager
def serving_registry(port: int, folder: Path) -> Iterator[str]:
    """Run a registry of images that wants the login which moto's ECR gives out; yields its address.

    The images of this machine that are named after it are removed at the end.
    """
    require_image(REGISTRY)
    (folder / "auth").mkdir()
    (folder / "auth/htpasswd").write_text(HTPASSWD)
    address = f"127.0.0.1:{port}"
    identifier = docker(
        *("run", "--detach", f"--publish={address}:5000"),
        *("--env=REGISTRY_AUTH=htpasswd", "--env=REGISTRY_AUTH_HTPASSWD_REALM=ECR"),
        *("--env=REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd", f"--volume={folder}/auth:/auth:ro"),
        REGISTRY,
    )
    try:
        wait_until_answering(f"http://{address}/v2/", identifier)
        yield address
    finally:
        docker("rm", "--force", "--volumes", identifier)
        names = ("images", f"--filter=reference={address}/*", "--format={{.Repository}}:{{.Tag}}")
        tags = [name for name in docker(*names).split() if not name.endswith("<none>")]
        if tags:
            docker("rmi", "--force", *tags)
