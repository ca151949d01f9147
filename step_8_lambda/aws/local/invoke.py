"""Run the handler on this machine as Lambda would, and invoke it with each event of events/.

    pip install --no-deps -r requirements/emulator.txt
    python local_invoke.py

AWS's runtime interface emulator starts AWS's runtime client, which imports the handler and asks for
events. The emulator's own lines, as START and REPORT, are shown too.
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
from urllib.request import urlopen

from errors import InputError, exit_on_input_error

# As lambda_resources.py has them
LIMITS = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769", "AWS_LAMBDA_FUNCTION_TIMEOUT": "29"}


def find_emulator() -> Path:
    """The emulator for this machine's processor, from the package aws-sam-cli."""
    package = find_spec("samcli")
    if package is None or package.origin is None:
        raise InputError(
            "There is no emulator: `pip install --no-deps -r requirements/emulator.txt` gets it."
        )
    processor = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())
    if sys.platform != "linux" or processor is None:
        raise InputError("The emulator runs on Linux only; elsewhere, run it in Docker's image.")
    return Path(package.origin).parent / f"local/rapid/aws-lambda-rie-{processor}"


def find_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def emulator() -> Iterator[str]:
    """Start the emulator; gives the address at which events are taken, and stops it afterwards."""
    address, runtime = (f"127.0.0.1:{find_free_port()}" for _ in range(2))
    command = [
        *(str(find_emulator()), f"--runtime-interface-emulator-address={address}"),
        *(f"--runtime-api-address={runtime}", "--log-level=error"),
        *(sys.executable, "-m", "awslambdaric", "lambda_handler.handler"),
    ]
    process = subprocess.Popen(command, env=LIMITS | os.environ)
    try:
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", int(address.split(":")[1]))) == 0:
                    break
            time.sleep(0.05)
        yield f"http://{address}/2015-03-31/functions/function/invocations"
    finally:
        process.terminate()
        process.wait()


def describe(answer: str) -> str:
    """Status and body in a line, or what the emulator says in their place."""
    try:
        content = json.loads(answer)
        status, body = content["statusCode"], content["body"]
    except (ValueError, KeyError):
        return answer
    lines = body.strip().splitlines()
    return f"{status} {lines[0]}" + (f" ... {len(lines)} lines" if len(lines) > 1 else "")


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(description="Invoke the handler under Lambda's emulator.")
    parser.add_argument("events", nargs="*", type=Path, help="default: all of events/")
    args = parser.parse_args()
    events = args.events or sorted(Path("events").glob("*.json"))
    with emulator() as url:
        for event in events:
            try:
                body = event.read_bytes()
            except OSError as error:
                raise InputError(f"Can't read {event}: {error}") from None
            start = time.perf_counter()
            with urlopen(url, data=body) as response:
                answer = response.read().decode()
            duration = 1000 * (time.perf_counter() - start)
            print(f"{event.stem:<18}{duration:>7.1f} ms  {describe(answer)}\n", flush=True)


if __name__ == "__main__":
    main()
