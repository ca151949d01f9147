"""Lambda's handler without an emulator, and images run as Lambda runs them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.containers import container, wait_until_answering
from support.scripts import run_program


def call(folder: Path, events: list[Any]) -> list[dict[str, Any]]:
    """The handler's answers to events in a step's folder, without an emulator."""
    result = run_program(folder, "call_handler", input=json.dumps(events))
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [line["answer"] for line in lines if "answer" in line]


@contextmanager
def lambda_container(image: str, *options: str) -> Iterator[tuple[str, str]]:
    """Run an image of AWS's base as Lambda does: only /tmp can be written to.

    Yields the container's id and the address that takes events, once AWS's emulator answers.
    """
    with container(image, 8080, "--tmpfs=/tmp", *options) as (identifier, url):
        wait_until_answering(url, identifier)
        yield identifier, f"{url}/2015-03-31/functions/function/invocations"
