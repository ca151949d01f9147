"""Steps 7 to 9: `python -m aws.local` starts the AWS of this machine, and stops it."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.aws import connect
from support.containers import docker
from support.log_pipeline import LOG_GROUP, LOG_STREAM, put_lines
from support.scripts import assert_clear_error, run, succeed
from support.servers import find_free_ports, request
from support.steps import copy_step

STATE = "aws/local/state"
NAMES = {7: ["s3", "registry", "moto"], 8: ["s3", "registry", "moto", "http"]}
NAMES[9] = NAMES[8]


@dataclass
class LocalAws:
    """A copy of a step, and ports of its own for the servers."""

    folder: Path
    ports: dict[str, int]

    @property
    def start_command(self) -> list[str]:
        ports = [f"--{name}-port={port}" for name, port in self.ports.items()]
        return ["-m", "aws.local", "start", *ports]

    def start(self) -> str:
        return succeed(self.folder, *self.start_command)

    def stop(self) -> str:
        return succeed(self.folder, "-m", "aws.local", "stop")

    def read_variables(self) -> dict[str, str]:
        """The variables that a shell has after it has sourced the file."""
        command = f"source {STATE}/variables.sh && env"
        printed = subprocess.check_output(["bash", "-c", command], cwd=self.folder, text=True)
        return dict(line.split("=", 1) for line in printed.splitlines() if line.startswith("AWS_"))

    def find_listening(self) -> list[str]:
        """The names of the servers at whose ports somebody listens."""
        return [name for name, port in self.ports.items() if is_taken(port)]


def is_taken(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def make_local_aws(moto_python, tmp_path) -> Iterator[Callable[[int], LocalAws]]:
    """Copies a step, in which the packages of the servers are installed; stops its servers."""
    made: list[LocalAws] = []

    def make(step: int) -> LocalAws:
        folder = copy_step(step, tmp_path)
        (folder / STATE).mkdir()
        (folder / STATE / "environment").symlink_to(moto_python.parent.parent)
        ports = dict(zip(NAMES[step], find_free_ports(len(NAMES[step])), strict=True))
        made.append(LocalAws(folder, ports))
        return made[-1]

    yield make
    for local_aws in made:
        local_aws.stop()


@pytest.mark.parametrize("step", sorted(NAMES))
def test_one_command_starts_all_servers_and_one_stops_them(docker_engine, make_local_aws, step):
    local_aws = make_local_aws(step)
    assert f"source {STATE}/variables.sh" in local_aws.start()
    assert local_aws.find_listening() == NAMES[step]
    variables = local_aws.read_variables()
    made = connect("ecr", variables).create_repository(repositoryName="cola")["repository"]
    assert made["repositoryUri"] == f"127.0.0.1:{local_aws.ports['registry']}/cola"
    assert request(f"http://127.0.0.1:{local_aws.ports['registry']}/v2/")[0] == 200
    if "http" in NAMES[step]:
        status, text = request(f"http://127.0.0.1:{local_aws.ports['http']}/")
        assert status == 404 and "Nothing is deployed" in text
    assert (local_aws.folder / STATE / ".gitignore").read_text() == "*\n"
    assert (local_aws.folder / STATE).stat().st_mode & 0o077 == 0, "only the owner can read the key"

    assert "is stopped" in local_aws.stop()
    assert local_aws.find_listening() == []
    assert not (local_aws.folder / STATE / "run").exists()
    assert not (local_aws.folder / STATE / "variables.sh").exists()
    label = f"--filter=label=aws-local={local_aws.folder / STATE}"
    assert docker("ps", "--all", "--quiet", label) == ""
    assert "It is not running." in local_aws.stop()


def test_s3_has_a_bucket_and_wants_the_key(make_local_aws):
    local_aws = make_local_aws(7)
    local_aws.start()
    variables = local_aws.read_variables()
    refused = run(local_aws.folder, "-m", "aws.s3_basics", "cola", env=os.environ | variables)
    assert_clear_error(refused, "There is a bucket cola already")
    printed = succeed(local_aws.folder, "-m", "aws.s3_basics", "notes", env=os.environ | variables)
    assert "removed    notes" in printed
    wrong = variables | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    refused = run(local_aws.folder, "-m", "aws.s3_basics", "notes", env=os.environ | wrong)
    assert_clear_error(refused, "403")


def test_the_logs_of_step_9_keep_and_find_lines(make_local_aws):
    local_aws = make_local_aws(9)
    local_aws.start()
    logs = connect("logs", local_aws.read_variables())
    logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM)
    put_lines(logs, ["a prediction"])
    [event] = logs.filter_log_events(logGroupName=LOG_GROUP)["events"]
    assert event["message"] == "a prediction"


def test_a_second_start_is_refused_and_changes_nothing(make_local_aws):
    local_aws = make_local_aws(7)
    local_aws.start()
    variables = local_aws.read_variables()
    refused = run(local_aws.folder, *local_aws.start_command)
    assert_clear_error(refused, "It has been started already", "python -m aws.local stop")
    assert local_aws.read_variables() == variables
    assert "s3" in local_aws.find_listening()


def test_a_port_that_is_taken_is_named_before_anything_is_started(make_local_aws):
    local_aws = make_local_aws(7)
    with socket.create_server(("127.0.0.1", local_aws.ports["moto"])):
        refused = run(local_aws.folder, *local_aws.start_command)
        assert_clear_error(refused, f"Port {local_aws.ports['moto']} is taken", "--moto-port")
        assert local_aws.find_listening() == ["moto"]


def test_without_docker_all_but_the_registry_is_started(make_local_aws):
    local_aws = make_local_aws(7)
    without = os.environ | {"PATH": "/nowhere"}
    printed = succeed(local_aws.folder, *local_aws.start_command, env=without)
    assert "There is no registry, so no image can be pushed. Docker is not installed." in printed
    assert local_aws.find_listening() == ["s3", "moto"]
    assert "by a registry in Docker" not in printed


@pytest.mark.parametrize("port", ["0", "65536", "text"])
def test_a_port_that_cannot_be_is_refused(make_local_aws, port):
    refused = run(make_local_aws(7).folder, "-m", "aws.local", "start", f"--s3-port={port}")
    assert refused.returncode == 2
    assert f"invalid parse_port value: '{port}'" in refused.stderr


def test_a_server_that_does_not_start_is_reported_and_the_others_are_stopped(
    make_local_aws, moto_python
):
    local_aws = make_local_aws(7)
    environment = local_aws.folder / STATE / "environment"
    environment.unlink()
    (environment / "bin").mkdir(parents=True)
    (environment / "local.txt").write_bytes((moto_python.parent.parent / "local.txt").read_bytes())
    (environment / "bin/python").symlink_to(moto_python)
    (environment / "bin/weed").write_text("#!/bin/sh\necho No space left\nexit 1\n")
    (environment / "bin/weed").chmod(0o755)
    failed = run(local_aws.folder, *local_aws.start_command)
    assert_clear_error(failed, "s3 did not start: No space left")
    assert local_aws.find_listening() == []
    assert not (local_aws.folder / STATE / "run").exists()


def test_stop_ends_no_process_that_has_the_id_of_a_server_by_chance(make_local_aws):
    local_aws = make_local_aws(7)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (local_aws.folder / STATE / "run").mkdir()
        record = {"s3": {"id": other.pid, "command": ["weed", "mini", "-dir=/elsewhere"]}}
        (local_aws.folder / STATE / "run/processes.json").write_text(json.dumps(record))
        local_aws.stop()
        assert other.poll() is None
        other.communicate(b"\n")
    assert other.returncode == 0


def test_an_installation_that_fails_is_one_line_and_is_not_taken_for_complete(make_local_aws):
    local_aws = make_local_aws(7)
    (local_aws.folder / STATE / "environment").unlink()
    offline = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nowhere"}
    failed = run(local_aws.folder, *local_aws.start_command, env=offline)
    assert re.search("pip.* failed: ", failed.stderr)
    assert_clear_error(failed)
    assert not (local_aws.folder / STATE / "environment/local.txt").exists()
    assert not (local_aws.folder / STATE / "run").exists()
