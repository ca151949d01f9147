#!/usr/bin/env python3
"""Say what this machine has and lacks for each step, and what to do about it: `make doctor`.

Needs no environment, and no newer Python than 3.8. Changes nothing, and sends nothing to other
machines. Ends with status 0 if every step can run here, else with 1.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ALL_STEPS = "0123456789"
MAC = sys.platform == "darwin"
NEWER_PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
INSTALL = "brew install" if MAC else "sudo apt install"
WANDB_HOSTS = ("api.wandb.ai", "api.forge.coreweave.com")  # the old address and today's
# For each port, the steps that use it, and for what
PORTS = {
    5000: ("789", "the registry of images"),
    5005: ("789", "AWS's records, by moto"),
    5006: ("89", "Lambda's URL"),
    5601: ("9", "Kibana"),
    8000: ("59", "the service; Evidently's page"),
    8081: ("5", "a first container"),
    8082: ("5", "a second container"),
    8333: ("3789", "the S3 server"),
    9000: ("8", "Lambda's emulator"),
    9200: ("9", "Elasticsearch"),
}


class Check(NamedTuple):
    """The result of one check.

    name and found say what was checked and what was found, and good whether that is enough. steps
    has the numbers of the steps that need it, and is empty if it is optional. requirement says what
    these steps requirement where it is missing, and advice what to do about that.
    """

    name: str
    found: str
    good: bool = False
    steps: str = ""
    requirement: str = ""
    advice: str = ""


def run_program(*command: str) -> tuple[str, str]:
    """Return what a program prints to its standard output and to its standard error.

    The output is empty if the program fails or can't be run.
    """
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return result.stdout.strip() if result.returncode == 0 else "", result.stderr


def find_version(printed: str) -> tuple[int, ...]:
    """Return the first two numbers of a text, such as (28, 2) for "Docker version 28.2.2"."""
    return tuple(int(part) for part in re.findall(r"\d+", printed)[:2])


def check_machine() -> Iterator[Check]:
    """Check Python, memory, disk, the operating system and the GPU."""
    python, minor = platform.python_version(), sys.version_info[1]
    advice = (
        "Python: `brew install python3`"
        if MAC
        else "Python: `sudo apt install python3.11 python3.11-venv`"
    )
    advice += ", or https://www.python.org/downloads."
    newer = next((name for name in NEWER_PYTHONS if shutil.which(name)), None)
    if newer:
        advice = f"Python: {newer} is here: `make PYTHON={newer} doctor`; run and test alike."
    good = find_version(python) >= (3, 11)
    yield Check("Python", python, good, ALL_STEPS, "Python 3.11 or later", advice)

    good = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    advice = f"venv: `sudo apt install python3-venv`, or python3.{minor}-venv."
    yield Check(
        "venv and pip", "complete" if good else "not complete", good, ALL_STEPS, "venv", advice
    )

    free = total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    if Path("/proc/meminfo").exists():
        available = Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
        free = int(available) * 1024 / 1e9
    found = f"{total:.1f} GB, {free:.1f} free; training wants 2, Elasticsearch and Kibana 4"
    steps, requirement = (
        (ALL_STEPS, "2 GB of free memory")
        if free < 2
        else ("9", "4 GB of free memory for Elasticsearch")
    )
    advice = "Memory: close other programs; in a virtual machine or WSL, give it more."
    yield Check("memory", found, free >= 4, steps, requirement, advice)

    card = run_program("nvidia-smi", "-L")[0].split(" (")[0]
    free = shutil.disk_usage(ROOT).free / 1e9
    environment = 6.3 if card and sys.platform == "linux" else 2.5  # with CUDA, or without
    found = f"{free:.1f} GB free; an environment takes {environment}, the images of steps 5 to 8 1"
    steps, needed = ("56789", environment + 1) if free >= environment else (ALL_STEPS, environment)
    advice = "Disk: `pip cache purge` may help; all steps can share one environment (`make run`)."
    yield Check("disk", found, free >= environment + 1, steps, f"{needed} GB of disk", advice)

    good = sys.platform == "linux"
    advice = "Linux: elsewhere, leave out aws.local.invoke: step 8's image has the emulator too."
    found = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
    yield Check("system", found, good, "89", "Linux, for Lambda's emulator", advice)

    yield Check("GPU", card or "none, and none is needed", bool(card))
    yield check_pytorch(bool(card))


def check_pytorch(gpu: bool) -> Check:
    """Check which build of PyTorch the environment of `make run` has."""
    files = sorted(ROOT.glob(".venv/lib/python3.*/site-packages/torch/version.py"))
    if not files:
        return Check("PyTorch", "not installed yet: `make run` installs it")
    text = files[-1].read_text()
    version = re.findall(r"^__version__ = '(.+)'", text, re.M)[0]
    cuda = re.findall(r"^cuda\b.* = '(.+)'", text, re.M)
    found = f"{version}, {f'built for CUDA {cuda[0]}' if cuda else 'built without CUDA'}"
    advice = ""
    if cuda and not gpu:
        advice = "PyTorch: without an NVIDIA GPU, the build for CPUs saves 3.8 GB: `rm -r .venv`, "
        advice += "and `make run` again."
    if gpu and not cuda:
        advice = "PyTorch: this build can't use the GPU: `rm -r .venv`, and `make run` again."
    return Check("PyTorch", found, not advice, advice=advice)


def check_tools() -> Iterator[Check]:
    """Check the programs that the READMEs' commands call, apart from Docker."""
    for name, steps in (("bash", ALL_STEPS), ("git", "36789"), ("openssl", "9"), ("make", "")):
        path = shutil.which(name)
        advice = f"{name}: `{INSTALL} {name}`."
        yield Check(name, path or "not found", bool(path), steps, name, advice)
    found = run_program("curl", "--version")[0].split(" (")[0]
    good, steps = find_version(found) >= (7, 82), "5" if found else "35789"
    advice = f"curl: `{INSTALL} curl`; one before 7.82 has --header and --data, and no --json."
    yield Check("curl", found or "not found", good, steps, "curl 7.82 or later", advice)


def check_docker() -> Iterator[Check]:
    """Check Docker's client, its engine and its plugins."""
    client = run_program("docker", "--version")[0]
    advice = "Docker: https://docs.docker.com/get-started/get-docker says how to install it; "
    advice += "without it, steps 0 to 4 run whole, and the others in part."
    yield Check("Docker", client or "not found", bool(client), "56789", "Docker", advice)
    if not client:
        return

    engine, error = run_program("docker", "info", "--format", "{{.ServerVersion}}")
    found, requirement = engine or "not running", "a running Docker engine"
    advice = "Docker's engine: `sudo systemctl start docker`, or start Docker Desktop."
    if "permission denied" in error.lower():
        found, requirement = "permission denied", "permission to use Docker"
        advice = (
            "Docker's permission: `sudo usermod -aG docker $USER`, which gives you the rights of "
        )
        advice += "root, and log in again; or https://docs.docker.com/engine/security/rootless."
    yield Check("Docker engine", found, bool(engine), "56789", requirement, advice)

    # Before version 23 BuildKit is built in, and turned off; since then it is a plugin.
    setting, plugin = (
        os.environ.get("DOCKER_BUILDKIT"),
        run_program("docker", "buildx", "version")[0],
    )
    built_in = find_version(client) < (23,)
    good = setting == "1" if built_in else bool(plugin) and setting != "0"
    advice = "install docker-buildx-plugin, or Debian's docker-buildx; `unset DOCKER_BUILDKIT`."
    advice = f"BuildKit: {'`export DOCKER_BUILDKIT=1`.' if built_in else advice}"
    found = f"{plugin or 'no buildx'}; DOCKER_BUILDKIT is {setting or 'not set'}"
    yield Check("BuildKit", found, good, "56789", "BuildKit", advice)

    found = run_program("docker", "compose", "version")[0]
    good = find_version(found) >= (2,)
    advice = "compose: install docker-compose-plugin, or Ubuntu's docker-compose-v2."
    yield Check("Docker compose", found or "not found", good, "59", "Docker compose 2", advice)


def check_ports() -> Iterator[Check]:
    """Check that the ports of the READMEs' servers are free."""
    advice = "Ports: `ss -ltnp` (macOS: `lsof -nP -iTCP -sTCP:LISTEN`) and `docker ps` show who it "
    advice += "uses them: perhaps a server of a step; at 5000, perhaps macOS's AirPlay Receiver."
    for port, (steps, use) in PORTS.items():
        with socket.socket() as server:
            # On Linux, this option ignores connections that are closed already. On a Mac, it would
            # ignore programs that listen, too.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, not MAC)
            try:
                server.bind(("127.0.0.1", port))
                good = True
            except OSError:
                good = False
        plural = "s" * (len(steps) > 1)
        found = f"{'free' if good else 'taken'}; step{plural} {' and '.join(steps)}: {use}"
        yield Check(f"port {port}", found, good, steps, f"port {port}", advice)


def find_credentials(names: str, *files: Path, hosts: tuple[str, ...] = ()) -> str:
    """Return the names of the environment variables that are set, and of the files that exist.

    names are separated by blanks. With hosts, only files that name one of them count. What the
    variables and the files contain is never returned.
    """
    found = [name for name in names.split() if os.environ.get(name)]
    for file in files:
        text = file.read_text(errors="replace") if file.is_file() else None
        if text is not None and (not hosts or any(host in text for host in hosts)):
            found.append(str(file).replace(str(Path.home()), "~"))
    return ", ".join(found)


def check_accounts() -> Iterator[Check]:
    """Check which accounts of cloud services are set up here; all of them are optional."""
    env, home = os.environ, Path.home()
    folder = home / ".aws"
    found = find_credentials(
        "AWS_ACCESS_KEY_ID AWS_PROFILE", folder / "credentials", folder / "config"
    )
    advice = "AWS: the scripts of steps 7 to 9 work on this account where AWS_ENDPOINT_URL is not "
    advice += "set; the READMEs set it first."
    real = found and not env.get("AWS_ENDPOINT_URL")
    yield Check("AWS", found or "not set", advice=advice if real else "")

    netrc = (Path(env.get("NETRC") or home / ".netrc"), home / "_netrc")
    found = find_credentials("WANDB_API_KEY", *netrc, hosts=WANDB_HOSTS)
    advice = "W&B: training goes to this account from step 1 on, unless WANDB_MODE=offline is set."
    real = found and env.get("WANDB_MODE") != "offline"
    yield Check("W&B", found or "not set", advice=advice if real else "")

    found = find_credentials("GDRIVE_CREDENTIALS_DATA", home / "service-account.json")
    yield Check("Google Drive", found or "not set")
    found = find_credentials("GH_TOKEN GITHUB_TOKEN", home / ".config/gh/hosts.yml")
    yield Check("GitHub", found or "not set")


def wrap(text: str, indent: str) -> str:
    """Return a text in lines of at most 100 characters, of which all but the first are indented."""
    return textwrap.fill(text, 100, subsequent_indent=indent, break_on_hyphens=False)


def main() -> int:
    """Print all checks and what each step lacks; return 1 if any step can't run here, else 0."""
    if sys.platform == "win32":
        sys.exit("The READMEs are for bash: `wsl --install`, and run this in that Linux.")
    groups = (check_machine, check_tools, check_docker, check_ports, check_accounts)
    checks = [check for group in groups for check in group()]
    for check in checks:
        state = "good" if check.good else "missing" if check.steps else "optional"
        print(f"{check.name:<16}{state:<10}{check.found}"[:100])
    missing = [check for check in checks if check.steps and not check.good]
    print()
    for step in sorted(ROOT.glob("step_[0-9]_*")):
        _, number, name = step.name.split("_", 2)
        lacks = ", ".join(check.requirement for check in missing if number in check.steps)
        line = f"step {number}  {name.replace('_', ' '):<17}"
        line += f"lacks: {lacks}" if lacks else "ready"
        print(wrap(line, " " * 32))
    advice = dict.fromkeys(check.advice for check in checks if check.advice and not check.good)
    print("\nWhat to do:" if missing else "\nEvery step can run here.")
    for sentence in advice:
        print(wrap(f"- {sentence}", "  "))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
