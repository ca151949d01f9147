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
ALL = "0123456789"
MAC = sys.platform == "darwin"
NEWER = ("python3.11", "python3.12", "python3.13", "python3.14")
INSTALL = "brew install" if MAC else "sudo apt install"
# port: the steps that use it, and for what
PORTS = {
    5000: ("78", "the registry of images"),
    5005: ("78", "AWS's records, by moto"),
    5006: ("8", "Lambda's URL"),
    5601: ("9", "Kibana"),
    8000: ("59", "the service; Evidently's page"),
    8333: ("378", "the S3 server"),
    9000: ("8", "Lambda's emulator"),
    9200: ("9", "Elasticsearch"),
}


class Row(NamedTuple):
    """What was looked at, and the steps that can't run whole without it: none, if optional."""

    what: str
    found: str
    good: bool = False
    steps: str = ""
    lack: str = ""
    advice: str = ""


def ask(*command: str) -> tuple[str, str]:
    """What a program prints, and its errors; no output when it fails, or can't be run."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return result.stdout.strip() if result.returncode == 0 else "", result.stderr


def find_version(printed: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", printed)[:2])


def look_at_machine() -> Iterator[Row]:
    python, minor = platform.python_version(), sys.version_info[1]
    advice = (
        "Python: `brew install python3`"
        if MAC
        else "Python: `sudo apt install python3.11 python3.11-venv`"
    )
    advice += ", or https://www.python.org/downloads."
    newer = next((name for name in NEWER if shutil.which(name)), None)
    if newer:
        advice = f"Python: {newer} is here: `make PYTHON={newer} doctor`; run and test alike."
    good = find_version(python) >= (3, 11)
    yield Row("Python", python, good, ALL, "Python 3.11 or later", advice)

    good = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    advice = f"venv: `sudo apt install python3-venv`, or python3.{minor}-venv."
    yield Row("venv and pip", "complete" if good else "not complete", good, ALL, "venv", advice)

    free = total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    if Path("/proc/meminfo").exists():
        available = Path("/proc/meminfo").read_text().split("MemAvailable:")[1].split()[0]
        free = int(available) * 1024 / 1e9
    found = f"{total:.1f} GB, {free:.1f} free; training wants 2, Elasticsearch and Kibana 4"
    steps, lack = (
        (ALL, "2 GB of free memory") if free < 2 else ("9", "4 GB of free memory for Elasticsearch")
    )
    advice = "Memory: close other programs; in a virtual machine or WSL, give it more."
    yield Row("memory", found, free >= 4, steps, lack, advice)

    free = shutil.disk_usage(ROOT).free / 1e9
    found = f"{free:.1f} GB free; an environment takes 2.5, the images of steps 5 to 8 take 1"
    steps, lack = (ALL, "2.5 GB of disk") if free < 2.5 else ("56789", "3.5 GB of disk")
    advice = "Disk: `pip cache purge` may help; all steps can share one environment (`make run`)."
    yield Row("disk", found, free >= 3.5, steps, lack, advice)

    good = sys.platform == "linux"
    advice = "Linux: elsewhere, leave out aws.local.invoke: step 8's image has the emulator too."
    found = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
    yield Row("system", found, good, "89", "Linux, for Lambda's emulator", advice)

    card = ask("nvidia-smi", "-L")[0].split(" (")[0]
    yield Row("GPU", card or "none, and none is needed", bool(card))


def look_at_tools() -> Iterator[Row]:
    for name, steps in (("bash", ALL), ("git", "36789"), ("openssl", "9"), ("make", "")):
        path = shutil.which(name)
        advice = f"{name}: `{INSTALL} {name}`."
        yield Row(name, path or "not found", bool(path), steps, name, advice)
    found = ask("curl", "--version")[0].split(" (")[0]
    good, steps = find_version(found) >= (7, 82), "5" if found else "35789"
    advice = f"curl: `{INSTALL} curl`; one before 7.82 has --header and --data, and no --json."
    yield Row("curl", found or "not found", good, steps, "curl 7.82 or later", advice)


def look_at_docker() -> Iterator[Row]:
    client = ask("docker", "--version")[0]
    advice = "Docker: https://docs.docker.com/get-started/get-docker says how to install it; "
    advice += "without it, steps 0 to 4 run whole, and the others in part."
    yield Row("Docker", client or "not found", bool(client), "56789", "Docker", advice)
    if not client:
        return

    engine, error = ask("docker", "info", "--format", "{{.ServerVersion}}")
    found, lack = engine or "not running", "a running Docker engine"
    advice = "Docker's engine: `sudo systemctl start docker`, or start Docker Desktop."
    if "permission denied" in error.lower():
        found, lack = "permission denied", "permission to use Docker"
        advice = "Docker's permission: `sudo usermod -aG docker $USER`, which makes you as good as "
        advice += "root, and log in anew; or https://docs.docker.com/engine/security/rootless."
    yield Row("Docker engine", found, bool(engine), "56789", lack, advice)

    # Before version 23 BuildKit is built in, and turned off; since then it is a plugin.
    setting, plugin = os.environ.get("DOCKER_BUILDKIT"), ask("docker", "buildx", "version")[0]
    built_in = find_version(client) < (23,)
    good = setting == "1" if built_in else bool(plugin) and setting != "0"
    advice = "install docker-buildx-plugin, or Debian's docker-buildx; `unset DOCKER_BUILDKIT`."
    advice = f"BuildKit: {'`export DOCKER_BUILDKIT=1`.' if built_in else advice}"
    found = f"{plugin or 'no buildx'}; DOCKER_BUILDKIT is {setting or 'not set'}"
    yield Row("BuildKit", found, good, "56789", "BuildKit", advice)

    found = ask("docker", "compose", "version")[0]
    good = find_version(found) >= (2,)
    advice = "compose: install docker-compose-plugin, or Ubuntu's docker-compose-v2."
    yield Row("Docker compose", found or "not found", good, "59", "Docker compose 2", advice)


def look_at_ports() -> Iterator[Row]:
    advice = "Ports: `ss -ltnp` (macOS: `lsof -nP -iTCP -sTCP:LISTEN`) and `docker ps` show who it "
    advice += "is: perhaps what a step has left; at 5000, perhaps macOS's AirPlay Receiver."
    for port, (steps, use) in PORTS.items():
        with socket.socket() as one:
            # On Linux, this passes over closed connections; on a Mac, over listeners as well.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, not MAC)
            try:
                one.bind(("127.0.0.1", port))
                good = True
            except OSError:
                good = False
        plural = "s" * (len(steps) > 1)
        found = f"{'free' if good else 'taken'}; step{plural} {' and '.join(steps)}: {use}"
        yield Row(f"port {port}", found, good, steps, f"port {port}", advice)


def find_set(names: str, *files: Path, text: str = "") -> str:
    """Which variables are set and which files are there; never what is in them."""
    found = [name for name in names.split() if os.environ.get(name)]
    for file in files:
        if file.is_file() and (not text or text in file.read_text(errors="replace")):
            found.append(str(file).replace(str(Path.home()), "~"))
    return ", ".join(found)


def look_at_accounts() -> Iterator[Row]:
    env, home = os.environ, Path.home()
    folder = home / ".aws"
    found = find_set("AWS_ACCESS_KEY_ID AWS_PROFILE", folder / "credentials", folder / "config")
    advice = "AWS: the scripts of steps 7 to 9 work on this account where AWS_ENDPOINT_URL is not "
    advice += "set; the READMEs set it first."
    real = found and not env.get("AWS_ENDPOINT_URL")
    yield Row("AWS", found or "not set", advice=advice if real else "")

    netrc = (Path(env.get("NETRC") or home / ".netrc"), home / "_netrc")
    found = find_set("WANDB_API_KEY", *netrc, text="api.wandb.ai")
    advice = "W&B: training goes to this account from step 1 on, unless WANDB_MODE=offline is set."
    real = found and env.get("WANDB_MODE") != "offline"
    yield Row("W&B", found or "not set", advice=advice if real else "")

    found = find_set("GDRIVE_CREDENTIALS_DATA", home / "service-account.json")
    yield Row("Google Drive", found or "not set")
    found = find_set("GH_TOKEN GITHUB_TOKEN", home / ".config/gh/hosts.yml")
    yield Row("GitHub", found or "not set")


def fill(text: str, indent: str) -> str:
    return textwrap.fill(text, 100, subsequent_indent=indent, break_on_hyphens=False)


def main() -> int:
    if sys.platform == "win32":
        sys.exit("The READMEs are for bash: `wsl --install`, and run this in that Linux.")
    looks = (look_at_machine, look_at_tools, look_at_docker, look_at_ports, look_at_accounts)
    rows = [row for look in looks for row in look()]
    for row in rows:
        state = "good" if row.good else "missing" if row.steps else "optional"
        print(f"{row.what:<16}{state:<10}{row.found}"[:100])
    missing = [row for row in rows if row.steps and not row.good]
    print()
    for step in sorted(ROOT.glob("step_[0-9]_*")):
        _, number, name = step.name.split("_", 2)
        lacks = ", ".join(row.lack for row in missing if number in row.steps)
        line = f"step {number}  {name.replace('_', ' '):<17}"
        line += f"lacks: {lacks}" if lacks else "ready"
        print(fill(line, " " * 32))
    advice = dict.fromkeys(row.advice for row in rows if row.advice and not row.good)
    print("\nWhat to do:" if missing else "\nEvery step can run here.")
    for sentence in advice:
        print(fill(f"- {sentence}", "  "))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
