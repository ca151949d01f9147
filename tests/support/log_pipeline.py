"""CloudWatch Logs by moto, with a subscription that calls the forwarder under AWS's emulator."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.aws import connect, make_environment
from support.elastic_stand_in import Elastic
from support.scripts import succeed
from support.servers import find_free_ports, request, running
from support.steps import PROGRAMS

LOG_GROUP = "/aws/lambda/cola"
LOG_STREAM = "tests"
BUCKET = "dead-letters"
SECRET = "cola-elasticsearch"  # noqa: S105 - its name
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/cola-forwarder:1"
SETUP = (
    *("-m", "aws.setup_cloudwatch", "apply", IMAGE),
    *("--elasticsearch=https://e:9200", f"--bucket={BUCKET}"),
)
# As aws.setup_cloudwatch has them
LIMITS = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_TIMEOUT": "120"}


def put_lines(logs: Any, lines: list[str]) -> None:
    """Write lines to the function's log stream, as Lambda does."""
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=LOG_GROUP,
        logStreamName=LOG_STREAM,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )


@dataclass
class LogPipeline:
    """The parts that a prediction passes from Lambda's log to Elasticsearch."""

    folder: Path  # a copy of the newest step
    aws: dict[str, str]  # what AWS's tools and libraries read
    elastic: Elastic
    url: str  # takes events for the forwarder
    failed_events: Path  # has the events that failed three times, one a line

    def read_refused(self) -> list[dict[str, Any]]:
        """Return what is in the bucket for each refused line."""
        s3 = connect("s3", self.aws)
        found = s3.list_objects_v2(Bucket=BUCKET, Prefix="dead-letter/").get("Contents", [])
        bodies = [s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read() for item in found]
        return [json.loads(line) for body in bodies for line in body.splitlines()]

    def put_lines(self, lines: list[str]) -> None:
        put_lines(connect("logs", self.aws), lines)

    def invoke(self, event: str) -> dict[str, Any]:
        """Call the forwarder with an event; return its answer."""
        return json.loads(request(self.url, event.encode(), timeout=60)[1])

    def set_up(self, environment: dict[str, str]) -> None:
        """Run the set-up scripts, with an environment in which Elasticsearch can be set up."""
        for command in (("apply",), ("create-key", SECRET)):
            arguments = ("-m", "monitoring.elastic.setup_elasticsearch", *command)
            succeed(self.folder, *arguments, env=environment | self.aws)
        location = {"LocationConstraint": self.aws["AWS_DEFAULT_REGION"]}
        connect("s3", self.aws).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        succeed(self.folder, *SETUP, env=os.environ | self.aws)

    def clear(self) -> None:
        """Remove the lines, the documents and the failures; what was set up stays."""
        logs, s3 = connect("logs", self.aws), connect("s3", self.aws)
        names = {"logGroupName": LOG_GROUP, "logStreamName": LOG_STREAM}
        if logs.describe_log_streams(logGroupName=LOG_GROUP)["logStreams"]:
            logs.delete_log_stream(**names)
        logs.create_log_stream(**names)
        for refused in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=refused["Key"])
        self.elastic.documents.clear()
        self.elastic.faults.clear()
        self.elastic.max_bytes = 100_000_000
        self.failed_events.unlink(missing_ok=True)


@contextmanager
def emulated_forwarder(
    folder: Path, environment: dict[str, str], port: int, runtime_port: int
) -> Iterator[str]:
    """Run the forwarder under AWS's emulator; yields the address that takes events."""
    code = "from aws.local.invoke import find_emulator; print(find_emulator())"
    command: list[str | Path] = [
        *(succeed(folder, "-c", code).strip(), "--log-level=error"),
        f"--runtime-interface-emulator-address=127.0.0.1:{port}",
        f"--runtime-api-address=127.0.0.1:{runtime_port}",
        *(sys.executable, "-m", "awslambdaric", "monitoring.elastic.forwarder.handler"),
    ]
    url = f"http://127.0.0.1:{port}"
    with running(command, url, cwd=folder, env=LIMITS | environment):
        yield f"{url}/2015-03-31/functions/function/invocations"


@contextmanager
def running_pipeline(
    folder: Path, elastic: Elastic, moto_python: Path, parent: Path
) -> Iterator[LogPipeline]:
    """Run moto and the forwarder, with nothing set up; failed events go to a file in parent."""
    port, *forwarder_ports = find_free_ports(3)
    aws = make_environment(f"http://127.0.0.1:{port}") | {"AWS_MAX_ATTEMPTS": "1"}
    variables = {
        "ELASTICSEARCH_URL": elastic.url,
        "ELASTICSEARCH_SECRET": SECRET,
        "DEAD_LETTER_BUCKET": BUCKET,
    }
    failed = parent / "failed.jsonl"
    program = PROGRAMS / "moto_with_forwarder.py"
    command: list[str | Path] = [moto_python, program, "--host=127.0.0.1", f"--port={port}"]
    with emulated_forwarder(folder, os.environ | aws | variables, *forwarder_ports) as url:
        environment = os.environ | {"FORWARDER_URL": url, "FAILED_EVENTS": str(failed)}
        with running(command, f"{aws['AWS_ENDPOINT_URL']}/moto-api/", env=environment):
            yield LogPipeline(folder, aws, elastic, url, failed)
