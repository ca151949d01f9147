"""Start and stop the AWS of this machine: a stand-in for AWS that needs no account.

    python -m aws.local start
    source aws/local/state/variables.sh
    python -m aws.local stop

SeaweedFS serves S3, and a registry in Docker keeps the images of ECR. The answers of all other
services are moto's, which keeps its records in memory. All of them listen on this machine only.
Their data and logs are in aws/local/state/run; `stop` deletes them.
"""

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import boto3
import psutil
import requests

from aws.docker import run_docker
from aws.errors import exit_on_aws_error
from errors import InputError

# The name of each server, its usual port, and what it serves
SERVERS = {
    "s3": (8333, "S3, by SeaweedFS"),
    "registry": (5000, "the images of ECR, by a registry in Docker"),
    "moto": (5005, "all other services, by moto"),
    "http": (5006, "requests to the function, by its URL and the HTTP API"),
}
BUCKET = "cola"
STEP = Path(__file__).resolve().parent.parent.parent
STATE = STEP / "aws/local/state"  # Git ignores it
RUN = STATE / "run"  # is there while the servers are running
PROCESSES = RUN / "processes.json"
VARIABLES = STATE / "variables.sh"
ENVIRONMENT = STATE / "environment"
LOCK = STEP / "requirements/local.txt"
LABEL = f"aws-local={STATE}"  # of the containers that `stop` removes


def run_or_raise(*command: str | Path) -> None:
    """Run a command without showing its output; raise InputError with its last line if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stdout + result.stderr).strip().splitlines()
        raise InputError(f"`{command[0]}` failed: {lines[-1] if lines else 'no message'}")


def ensure_environment() -> None:
    """Install moto and SeaweedFS into a virtual environment, unless it has them already."""
    installed = ENVIRONMENT / LOCK.name  # a copy of the lock, written after the packages
    lock = LOCK.read_text(encoding="utf-8")
    if installed.is_file() and installed.read_text(encoding="utf-8") == lock:
        return
    print("Installing moto and SeaweedFS, once in this folder: about half a minute.", flush=True)
    run_or_raise(sys.executable, "-m", "venv", "--clear", ENVIRONMENT)
    run_or_raise(ENVIRONMENT / "bin/pip", "install", "--quiet", "--requirement", LOCK)
    installed.write_text(lock, encoding="utf-8")


def check_ports(ports: dict[str, int]) -> None:
    """Raise InputError if a program listens at one of the ports."""
    for name, port in ports.items():
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                raise InputError(
                    f"Port {port} is taken by another program. Stop that program, or choose "
                    f"another port: `python -m aws.local start --{name}-port {port + 1000}`."
                )


def read_processes() -> dict[str, dict]:
    """Return the process id and the command of each server that was started."""
    return json.loads(PROCESSES.read_text()) if PROCESSES.exists() else {}


def start_process(name: str, command: list[str]) -> None:
    """Start a server in the background, and record its process. Its output goes to its log."""
    with (RUN / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=STEP,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    started = {name: {"id": process.pid, "command": command}}
    PROCESSES.write_text(json.dumps(read_processes() | started))


def find_process(record: dict) -> psutil.Process | None:
    """Return a recorded process, or None if it has ended, even if its id is in use again."""
    with suppress(psutil.Error):
        process = psutil.Process(record["id"])
        # The first part is left out: on macOS, Python replaces the path of the interpreter.
        if process.cmdline()[1:] == record["command"][1:]:
            return process
    return None


def wait_until_answering(name: str, port: int) -> None:
    """Wait for at most a minute until a server answers; raise InputError if it does not."""
    record = read_processes().get(name)
    for _ in range(600):
        with suppress(requests.RequestException):
            requests.get(f"http://127.0.0.1:{port}", timeout=5)
            return
        if record and find_process(record) is None:
            break
        time.sleep(0.1)
    log = RUN / f"{name}.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    raise InputError(f"{name} did not start: {lines[-1] if lines else 'no message'}")


def start_registry(port: int) -> bool:
    """Start a registry of images in Docker, if Docker can be used; return whether it can."""
    try:
        run_docker("info")
    except InputError as error:
        print(f"There is no registry, so no image can be pushed. {error}")
        return False
    publish = f"--publish=127.0.0.1:{port}:5000"
    run_docker("run", "--detach", f"--label={LABEL}", publish, "registry:2")
    wait_until_answering("registry", port)
    return True


def set_variables(ports: dict[str, int]) -> str:
    """Set AWS's variables for this process and the servers; return the shell's lines for them."""
    hidden = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
    variables = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['moto']}",
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{ports['s3']}",
    }
    for name in hidden:
        os.environ.pop(name, None)
    os.environ.update(variables)
    exports = [f"export {name}={value}\n" for name, value in variables.items()]
    return f"unset {' '.join(hidden)}\n{''.join(exports)}"


def start_servers(ports: dict[str, int]) -> list[str]:
    """Start SeaweedFS, moto and the registry, wait until they answer, and create the bucket.

    Return the names of the servers that are running.
    """
    (RUN / "s3").mkdir()
    weed = [
        *(str(ENVIRONMENT / "bin/weed"), "mini", f"-dir={RUN / 's3'}"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={ports['s3']}"),
        *("-webdav=false", "-admin.ui=false", "-master.telemetry=false"),
    ]
    start_process("s3", weed)
    os.environ["LOCAL_REGISTRY_PORT"] = str(ports["registry"])
    os.environ["LOCAL_HTTP_PORT"] = str(ports["http"])
    os.environ["LOCAL_AWS_LABEL"] = LABEL
    python = str(ENVIRONMENT / "bin/python")
    start_process("moto", [python, "-m", "aws.local.server", f"--port={ports['moto']}"])
    has_registry = start_registry(ports["registry"])
    for name in ("s3", "moto"):
        wait_until_answering(name, ports[name])
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    return [name for name in SERVERS if name != "registry" or has_registry]


def start(ports: dict[str, int]) -> None:
    """Start the servers, and write the variables that lead to them once they answer.

    Raises InputError if they are running already, if a port is taken, or if a server fails; then
    none of them is left running.
    """
    if RUN.exists():
        raise InputError("It has been started already: `python -m aws.local stop` stops it.")
    check_ports(ports)
    STATE.mkdir(exist_ok=True)
    STATE.chmod(0o700)  # variables.sh holds a key
    (STATE / ".gitignore").write_text("*\n")
    ensure_environment()
    RUN.mkdir()
    exports = set_variables(ports)
    try:
        names = start_servers(ports)
    except BaseException:  # Ctrl-C too
        stop()
        raise
    VARIABLES.write_text(exports)
    for name in names:
        print(f"127.0.0.1:{ports[name]}  {SERVERS[name][1]}")
    print(f"Now run: source {VARIABLES.relative_to(STEP)}")


def stop() -> None:
    """Stop what `start` has started and nothing else, and delete its data."""
    if not RUN.exists():
        print("It is not running.")
        return
    found = [find_process(record) for record in read_processes().values()]
    processes = [process for process in found if process]
    for process in processes:
        process.kill()  # at once, since their data are deleted anyway
    psutil.wait_procs(processes, timeout=10)
    with suppress(InputError):  # without Docker there are no containers
        containers = run_docker("ps", "--all", "--quiet", f"--filter=label={LABEL}").split()
        if containers:
            run_docker("rm", "--force", "--volumes", *containers)
    shutil.rmtree(RUN)
    VARIABLES.unlink(missing_ok=True)
    print("The local AWS is stopped, and its data are deleted.")


def parse_port(text: str) -> int:
    """Return the number of a port; raises ValueError for another text or number."""
    port = int(text)
    if not 0 < port < 2**16:
        raise ValueError(text)
    return port


@exit_on_aws_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m aws.local",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("start", help="start the servers, and wait until they answer")
    for name, (port, description) in SERVERS.items():
        text = f"the port of {description} (default: {port})"
        option = {"type": parse_port, "metavar": "PORT", "default": port, "help": text}
        starting.add_argument(f"--{name}-port", **option)
    commands.add_parser("stop", help="stop the servers, and delete their data")
    args = parser.parse_args()
    if args.command == "start":
        start({name: getattr(args, f"{name}_port") for name in SERVERS})
    else:
        stop()


if __name__ == "__main__":
    main()
