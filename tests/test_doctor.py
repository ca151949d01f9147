"""tools/doctor.py, on simulated machines, each with its own PATH, HOME and environment."""

import ast
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from support.steps import ROOT, STEPS

DOCTOR = ROOT / "tools/doctor.py"
# A stand-in for Docker: an engine that runs, and a client with both plugins
DOCKER = """
case "$*" in
    --version) echo "Docker version 28.2.2, build e6534b4" ;;
    "info --format"*) echo 28.2.2 ;;
    "buildx version") echo "github.com/docker/buildx v0.24.0" ;;
    "compose version") echo "Docker Compose version v2.40.3" ;;
esac
"""
TOOLS = {"bash": "", "git": "", "openssl": "", "make": "", "curl": "echo 'curl 8.5.0 (x86_64)'"}


class Machine:
    """A machine with the programs of TOOLS and Docker, and no others, and with an empty home."""

    def __init__(self, folder: Path):
        self.home, self.programs = folder / "home", folder / "programs"
        self.home.mkdir()
        self.programs.mkdir()
        for name, script in {**TOOLS, "docker": DOCKER}.items():
            self.install(name, script)

    def install(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def remove_programs(self) -> None:
        for program in self.programs.iterdir():
            program.unlink()

    def examine(self, *command: str | Path, **variables: str) -> tuple[int, str]:
        """Run the doctor, or another command of Python; return its exit status and its output."""
        result = subprocess.run(
            [sys.executable, *(command or [DOCTOR])],
            env={"PATH": str(self.programs), "HOME": str(self.home), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert not result.stderr
        assert max(map(len, result.stdout.splitlines())) <= 100
        return result.returncode, result.stdout


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def find_state(printed: str, name: str) -> str:
    """Return the state of one check: good, missing or optional."""
    return re.findall(rf"^{re.escape(name)} {{2,}}(\w+) ", printed, re.M)[0]


def find_step(printed: str, number: int) -> str:
    """Return the text of a step, which may go over several lines, in one line."""
    return " ".join(re.findall(rf"^step {number}  (.+(?:\n {{20,}}.+)*)", printed, re.M)[0].split())


def test_with_all_programs_only_ports_and_the_machine_itself_can_be_missing(machine):
    status, printed = machine.examine()
    states = re.findall(r"^(\w[\w, .]*?) {2,}missing ", printed, re.M)
    assert all(re.match(r"port \d|memory|disk|system", state) for state in states)
    assert status == (1 if states else 0)
    assert ("Every step can run here." in printed) == (not states)
    for name in ("Python", "Docker engine", "BuildKit"):
        assert find_state(printed, name) == "good"
    assert find_state(printed, "GPU") == "optional"
    assert re.findall(r"^step (\d)", printed, re.M) == [str(number) for number in STEPS]


def test_without_any_program_each_step_says_what_it_lacks(machine):
    machine.remove_programs()
    status, printed = machine.examine()
    assert status == 1
    assert "bash" in find_step(printed, 0) and "git" not in find_step(printed, 0)
    assert "git" in find_step(printed, 3) and "Docker" not in find_step(printed, 4)
    for number in range(5, 10):
        assert re.search(r"Docker(,|$)", find_step(printed, number))
    assert "openssl" in find_step(printed, 9) and "openssl" not in find_step(printed, 8)
    assert find_state(printed, "make") == "optional"
    assert "- Docker: https://docs.docker.com/get-started/get-docker" in printed


@pytest.mark.parametrize(
    ("error", "requirement", "advice"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
            "a running Docker engine",
            "- Docker's engine: ",
        ),
        (
            "permission denied while trying to connect to the docker API",
            "permission to use Docker",
            "sudo usermod -aG docker $USER",
        ),
    ],
)
def test_an_engine_that_does_not_answer(machine, error, requirement, advice):
    machine.install("docker", f'if [ "$1" = info ]; then echo "{error}" >&2; exit 1; fi\n{DOCKER}')
    status, printed = machine.examine()
    assert status == 1
    assert find_state(printed, "Docker") == "good"
    assert find_state(printed, "Docker engine") == "missing"
    for number in STEPS:
        assert (requirement in find_step(printed, number)) == (number >= 5)
    assert advice in printed
    assert printed.count("\n- Docker") == 1


@pytest.mark.parametrize(
    ("client", "setting", "state"),
    [
        ("28.2.2", "", "good"),
        ("28.2.2", "0", "missing"),
        ("20.10.24", "", "missing"),
        ("20.10.24", "1", "good"),
    ],
)
def test_buildkit_is_on_or_off_by_the_clients_version(machine, client, setting, state):
    machine.install("docker", DOCKER.replace("version 28.2.2", f"version {client}"))
    _, printed = machine.examine(DOCKER_BUILDKIT=setting)
    assert find_state(printed, "BuildKit") == state
    assert ("BuildKit" in find_step(printed, 5)) == (state == "missing")


def test_plugins_that_are_not_there(machine):
    unknown = 'case $1 in buildx|compose) echo "unknown command" >&2; exit 1 ;; esac'
    machine.install("docker", unknown + DOCKER)
    _, printed = machine.examine()
    assert "BuildKit, Docker compose 2" in find_step(printed, 5)
    assert "compose" not in find_step(printed, 7) and "compose" in find_step(printed, 9)


def test_an_old_curl_is_missing_in_step_5_only(machine):
    machine.install("curl", "echo 'curl 7.81.0 (x86_64)'")
    _, printed = machine.examine()
    assert find_state(printed, "curl") == "missing"
    assert "curl 7.82 or later" in find_step(printed, 5)
    assert "curl" not in find_step(printed, 7)


def test_a_port_that_is_taken(machine, tmp_path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        # This copy of the doctor expects Kibana at the port.
        text = DOCTOR.read_text()
        assert text.count("    5601: ") == 1
        (tmp_path / "tools").mkdir()
        copy = tmp_path / "tools/doctor.py"
        copy.write_text(text.replace("    5601: ", f"    {port}: "))
        (tmp_path / "step_9_monitoring").mkdir()
        status, printed = machine.examine(copy)
    assert status == 1
    assert find_state(printed, f"port {port}") == "missing"
    assert f"port {port}" in find_step(printed, 9)
    assert "- Ports: " in printed
    assert find_state(machine.examine(copy)[1], f"port {port}") == "good"


@pytest.mark.parametrize(
    ("build", "card", "found", "advised"),
    [
        ("2.13.0+cpu", "", "good 2.13.0+cpu, built without CUDA", False),
        ("2.13.0", "", "optional 2.13.0, built for CUDA 13.0", True),
        ("2.13.0", "GPU 0: NVIDIA H100", "good 2.13.0, built for CUDA 13.0", False),
        ("2.13.0+cpu", "GPU 0: NVIDIA H100", "optional 2.13.0+cpu, built without CUDA", True),
    ],
)
def test_the_build_of_pytorch_fits_the_machine(machine, tmp_path, build, card, found, advised):
    package = tmp_path / ".venv/lib/python3.11/site-packages/torch"
    package.mkdir(parents=True)
    cuda = "None" if build.endswith("+cpu") else "'13.0'"
    (package / "version.py").write_text(
        f"__version__ = '{build}'\ncuda: Optional[str] = {cuda}\nhip: Optional[str] = None\n"
    )
    (tmp_path / "tools").mkdir()
    doctor = shutil.copy(DOCTOR, tmp_path / "tools")
    machine.install("nvidia-smi", f'[ -n "{card}" ] && echo "{card} (UUID: 1)"')
    _, printed = machine.examine(doctor)
    assert " ".join(re.findall(r"^PyTorch +(.*)", printed, re.M)[0].split()) == found
    assert ("- PyTorch: " in printed) == advised


@pytest.mark.parametrize("host", ["api.wandb.ai", "api.forge.coreweave.com"])
def test_credentials_are_named_and_never_shown(machine, host):
    (machine.home / ".netrc").write_text(f"machine {host}\n login user\n password hush-1\n")
    (machine.home / ".config/gh").mkdir(parents=True)
    (machine.home / ".config/gh/hosts.yml").write_text("oauth_token: hush-2\n")
    keys = {"AWS_ACCESS_KEY_ID": "hush-3", "AWS_SECRET_ACCESS_KEY": "hush-4"}
    _, printed = machine.examine(**keys, GDRIVE_CREDENTIALS_DATA="hush-5")
    assert "hush" not in printed
    assert re.search(r"^AWS +optional +AWS_ACCESS_KEY_ID$", printed, re.M)
    assert re.search(r"^W&B +optional +~/.netrc$", printed, re.M)
    assert re.search(r"^Google Drive +optional +GDRIVE_CREDENTIALS_DATA$", printed, re.M)
    assert re.search(r"^GitHub +optional +~/.config/gh/hosts.yml$", printed, re.M)
    assert "- AWS: the scripts of steps 7 to 9" in printed and "- W&B: " in printed

    # There is no advice where the credentials are used on this machine only.
    local = {"AWS_ENDPOINT_URL": "http://127.0.0.1:5005", "WANDB_MODE": "offline"}
    _, printed = machine.examine(**keys, **local)
    assert "- AWS: " not in printed and "- W&B: " not in printed


def test_without_credentials_none_is_set(machine):
    (machine.home / ".netrc").write_text("machine example.org\n login user\n password hush\n")
    _, printed = machine.examine()
    for account in ("AWS", "W&B", "Google Drive", "GitHub"):
        assert re.search(rf"^{account} +optional +not set$", printed, re.M)


def test_an_old_python_gets_a_line_and_not_an_error(machine):
    ast.parse(DOCTOR.read_text(), feature_version=(3, 8))
    machine.install("python3.12", "")
    old = "import platform, runpy, sys; platform.python_version = lambda: '3.8.10'; "
    old += f"sys.argv = ['doctor.py']; runpy.run_path({str(DOCTOR)!r}, run_name='__main__')"
    status, printed = machine.examine("-c", old)
    assert status == 1
    assert re.search(r"^Python +missing +3.8.10$", printed, re.M)
    assert all("Python 3.11 or later" in find_step(printed, number) for number in STEPS)
    assert "`make PYTHON=python3.12 doctor`" in printed


# Commands that every system has, that are built into the shell, that a README makes, or that are
# installed with an environment's packages
NOT_CHECKED = """python python3 source pip cat cd cmp cp cut echo export find grep head kill ls
mkdir mktemp printf rm sed seq sleep sort tail test tr true unset wait wc jobs
until for do done exec act actionlint dvc evidently jupyter uvicorn wandb weed
zizmor gh aws mv"""


@pytest.mark.parametrize("number", STEPS)
def test_the_commands_and_ports_of_a_readme_are_checked(machine, number):
    """On a machine without any programs, all other commands of a README must be missing."""
    pages = [path.read_text(encoding="utf-8") for path in STEPS[number].rglob("*.md")]
    blocks = "\n".join(re.findall(r"```bash\n(.*?)```", "\n".join(pages), re.S))
    blocks = re.sub(r'python3? -c "\n.*?"\n', "\n", blocks, flags=re.S)
    blocks = re.sub(r"(<<'END'.*?\n).*?\nEND\n", r"\1", blocks, flags=re.S)
    called = set(re.findall(r"(?:^|[|;(]|&&) *([a-z][a-z0-9]+) (?!=)", blocks, re.M))
    machine.remove_programs()
    _, printed = machine.examine()
    lacks = find_step(printed, number).partition("lacks: ")[2].lower()
    defined = re.findall(r"^(\w+)\(\) \{", blocks, re.M)
    assert [name for name in called - {*NOT_CHECKED.split(), *defined} if name not in lacks] == []

    for port in re.findall(r"(?<!:)127\.0\.0\.1:(\d{4,})", blocks):
        uses = re.search(rf"^port {port} .*; steps? ([\d and]+):", printed, re.M)
        assert uses and str(number) in uses[1], port
