"""Step 9: the way of a prediction from Lambda's log to Elasticsearch and Kibana.

CloudWatch Logs is moto's, with its own subscription events; the forwarder runs under AWS's
emulator. Elasticsearch and Kibana are a stand-in; Vega-Lite itself draws the dashboard's charts.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
import vl_convert

from conftest import (
    NEWEST,
    STEPS,
    assert_clear_error,
    docker,
    find_free_ports,
    request,
    run,
    succeed,
    wait_for,
)
from elastic_stand_in import PASSWORD, Elastic, aggregate
from test_aws import KEYS, connect
from test_lambda import needs_docker, started

STEP = STEPS[NEWEST]


@pytest.fixture
def elastic():
    server = Elastic()
    yield server
    server.shutdown()


@pytest.fixture
def environment(elastic):
    """What the scripts read, for people who set Elasticsearch and Kibana up."""
    addresses = {"ELASTICSEARCH_URL": elastic.url, "KIBANA_URL": elastic.url}
    return os.environ | addresses | {"ELASTIC_PASSWORD": PASSWORD, "KIBANA_PASSWORD": "k"}


def test_elasticsearch_is_set_up_as_often_as_one_likes(monitored, elastic, environment):
    for _ in range(2):
        printed = succeed(monitored, "setup_elasticsearch.py", env=environment)
    [template] = elastic.templates.values()
    assert template["data_stream"] == {}
    assert template["template"]["lifecycle"] == {"data_retention": "30d"}
    assert template["priority"] > 100
    assert elastic.passwords["kibana_system"] == "k" and " k\n" not in printed
    wrong = environment | {"ELASTIC_PASSWORD": "wrong"}
    assert_clear_error(run(monitored, "setup_elasticsearch.py", env=wrong), "401")
    del wrong["ELASTIC_PASSWORD"]
    assert_clear_error(run(monitored, "setup_elasticsearch.py", env=wrong), "Set ELASTIC_PASSWORD")
    nowhere = environment | {"ELASTICSEARCH_URL": "http://127.0.0.1:9"}
    assert_clear_error(
        run(monitored, "setup_elasticsearch.py", env=nowhere), "Elasticsearch refused"
    )


def test_every_chart_of_the_dashboard_gets_data_and_draws_it(monitored, log, elastic, environment):
    succeed(monitored, "setup_elasticsearch.py", env=environment)
    for _ in range(2):
        succeed(monitored, "setup_kibana.py", env=environment)
    kinds = [kind for kind, _ in elastic.objects]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "index-pattern": 1,
        "visualization": 5,
        "dashboard": 1,
    }
    assert_clear_error(run(monitored, "check_dashboard.py", env=environment), "No data for cola-1")
    for _ in range(2):
        printed = succeed(monitored, "ship_log.py", env=environment)
    lines = len(log.read_text().splitlines())
    assert len(elastic.documents) == lines
    assert f"{lines:,} predictions are in Elasticsearch, 0 were refused." in printed
    points = re.findall(r"(\d+) points", succeed(monitored, "check_dashboard.py", env=environment))
    assert len(points) == 5 and all(int(count) > 0 for count in points)

    for (kind, name), one in elastic.objects.items():
        if kind != "visualization":
            continue
        chart = json.loads(json.loads(one["attributes"]["visState"])["params"]["spec"])
        url = chart["data"].pop("url")
        aggregations = json.loads(
            json.dumps(url["body"]["aggs"]).replace(
                '"interval": {"%autointerval%": true}', '"fixed_interval": "1d"'
            )
        )
        answer = {"aggregations": aggregate(list(elastic.documents.values()), aggregations)}
        chart["data"]["values"] = answer
        svg = vl_convert.vegalite_to_svg(json.dumps(chart), vl_version="5.20")
        marks = re.findall(r'aria-roledescription="(?:bar|point|line mark)"', svg)
        assert len(marks) >= 2, name
        assert "NaN" not in svg and "undefined" not in svg, name
        if "SCREENSHOTS" in os.environ:
            png = vl_convert.vegalite_to_png(json.dumps(chart), vl_version="5.20")
            Path(os.environ["SCREENSHOTS"], f"{name}.png").write_bytes(png)


def test_on_this_machine_what_is_refused_is_kept_in_files(
    monitored, elastic, environment, tmp_path
):
    succeed(monitored, "setup_elasticsearch.py", env=environment)
    line = {"@timestamp": "2026-03-02T00:00:00.000Z", "cola": {"words": "many"}}
    (tmp_path / "log").write_text(json.dumps(line) + "\n")
    printed = succeed(monitored, "ship_log.py", str(tmp_path / "log"), env=environment)
    assert "0 predictions are in Elasticsearch, 1 were refused." in printed
    assert "[ERROR] 1 predictions were refused, the first since: failed to parse" in printed
    [letter] = (monitored / "monitoring/dead-letter").iterdir()
    assert json.loads(letter.read_text())["document"] == line


def test_kibana_is_only_for_those_who_log_in(monitored, elastic, environment):
    wrong = environment | {"ELASTIC_PASSWORD": "wrong"}
    assert_clear_error(run(monitored, "setup_kibana.py", env=wrong), "Kibana refused: 401")
    nowhere = environment | {"KIBANA_URL": "http://127.0.0.1:9"}
    assert_clear_error(run(monitored, "setup_kibana.py", env=nowhere), "Can't reach Kibana")
    assert_clear_error(run(monitored, "ship_log.py", "none.jsonl", env=environment), "none.jsonl")


def test_the_compose_file_needs_passwords_and_has_what_it_says(environment):
    command = [
        "docker",
        "compose",
        "--file=docker-compose.monitoring.yml",
        "config",
        "--format=json",
    ]
    hidden = {k: v for k, v in os.environ.items() if not k.endswith("_PASSWORD")}
    result = subprocess.run(
        command, cwd=STEP, env=hidden, capture_output=True, text=True, check=False
    )
    assert "required variable ELASTIC_PASSWORD is missing" in result.stderr
    result = subprocess.run(
        command, cwd=STEP, env=environment, capture_output=True, text=True, check=True
    )
    services = json.loads(result.stdout)["services"]
    assert set(services) == {"elasticsearch", "setup-elasticsearch", "kibana", "setup-kibana"}
    for service in services.values():
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", []))


@contextmanager
def forwarder(folder, environment, port, runtime):
    """The forwarder under AWS's emulator; the address that takes events."""
    sys.path.insert(0, str(STEP))
    try:
        from local_invoke import LIMITS, find_emulator
    finally:
        sys.path.remove(str(STEP))
    command = [
        *(find_emulator(), f"--runtime-interface-emulator-address=127.0.0.1:{port}"),
        *(f"--runtime-api-address=127.0.0.1:{runtime}", "--log-level=error"),
        *(sys.executable, "-m", "awslambdaric", "cloudwatch_to_elasticsearch.handler"),
    ]
    process = subprocess.Popen(
        command, cwd=folder, env=LIMITS | environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
    finally:
        process.terminate()
        process.wait()


class Pipeline:
    """CloudWatch Logs by moto, its subscription, the forwarder, and Elasticsearch's stand-in."""

    def __init__(self, folder, aws, elastic, url, failed):
        self.folder, self.aws, self.elastic = folder, aws, elastic
        self.url, self.failed = url, failed
        self.logs = connect("logs", aws)

    def send(self, lines):
        """Put lines into the function's log, as Lambda does."""
        now = int(time.time() * 1000)
        self.logs.put_log_events(
            logGroupName="/aws/lambda/cola",
            logStreamName="one",
            logEvents=[{"timestamp": now, "message": line} for line in lines],
        )

    def replay(self, event):
        return json.loads(request(self.url, event.encode(), timeout=60)[1])


@pytest.fixture
def pipeline(monitored, log, elastic, environment, moto_python, tmp_path):
    port, *others = find_free_ports(3)
    aws = KEYS | {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_MAX_ATTEMPTS": "1",
    }
    variables = {
        "ELASTICSEARCH_URL": elastic.url,
        "ELASTICSEARCH_SECRET": "cola-elasticsearch",
        "DEAD_LETTER_BUCKET": "letters",
    }
    failed = tmp_path / "failed.jsonl"
    with forwarder(monitored, os.environ | aws | variables, *others) as url:
        moto = subprocess.Popen(
            [moto_python, "tests/moto_with_forwarder.py", "--host=127.0.0.1", f"--port={port}"],
            cwd=STEP.parent,
            env=os.environ | {"FORWARDER_URL": url, "FAILED_EVENTS": str(failed)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/moto-api/", moto)
            secret = ("setup_elasticsearch.py", "--secret=cola-elasticsearch")
            succeed(monitored, *secret, env=environment | aws)
            connect("s3", aws).create_bucket(
                Bucket="letters", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
            succeed(monitored, *SETUP, env=os.environ | aws)
            one = Pipeline(monitored, aws, elastic, url, failed)
            one.logs.create_log_stream(logGroupName="/aws/lambda/cola", logStreamName="one")
            yield one
        finally:
            moto.terminate()
            moto.wait()


IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/cola-forwarder:1"
SETUP = ("setup_cloudwatch.py", IMAGE, "--elasticsearch=https://e:9200", "--bucket=letters")


def test_every_prediction_is_indexed_once_whatever_happens(pipeline, log):
    """The counts after each fault are printed, for `pytest -s`."""
    lines = log.read_text().splitlines()[:700]
    groups = [lines[start : start + 100] for start in range(0, 700, 100)]
    stored = pipeline.elastic.documents
    expected = 0

    def check(what):
        print(f"{what:<44} sent {expected:>4}, indexed {len(stored):>4}")
        assert len(stored) == expected, what

    (key,) = pipeline.elastic.keys.values()
    assert key["role_descriptors"]["forwarder"]["indices"] == [
        {"names": ["logs-cola.predictions-default"], "privileges": ["create_doc", "auto_configure"]}
    ]
    pipeline.send(groups[0] + ["START RequestId: 1", "REPORT RequestId: 1 Duration: 2 ms"])
    expected += 100
    check("no fault, and lines that are no predictions")
    pipeline.elastic.faults = [429, 503]
    pipeline.send(groups[1])
    expected += 100
    check("429 and 503 for a whole request")
    pipeline.elastic.faults = ["hang up", "items", "items"]
    pipeline.send(groups[2])
    expected += 100
    check("hangs up; then a third is refused, twice")
    assert not pipeline.failed.exists()

    pipeline.elastic.faults = [503] * 15  # three calls of five attempts
    pipeline.send(groups[3])
    check_before = len(stored)
    assert check_before == expected, "Elasticsearch was dead all the time"
    [event] = pipeline.failed.read_text().splitlines()
    assert pipeline.replay(event) == {"indexed": 100, "refused": 0}
    expected += 100
    check("dead for three calls, then sent again")

    before = dict(stored)
    for _ in range(10):
        assert pipeline.replay(event) == {"indexed": 100, "refused": 0}
    assert stored == before
    check("the same batch ten times more")

    broken = json.loads(groups[4][0])
    broken["cola"]["words"] = "many"
    pipeline.send([json.dumps(broken), *groups[4][1:]])
    expected += 99
    check("one that doesn't fit the mapping")
    s3 = connect("s3", pipeline.aws)
    [letter] = s3.list_objects_v2(Bucket="letters", Prefix="dead-letter/")["Contents"]
    content = json.loads(s3.get_object(Bucket="letters", Key=letter["Key"])["Body"].read())
    assert "failed to parse field [cola.words]" in content["error"]["reason"]
    assert content["document"] == broken

    pipeline.elastic.keys.clear()
    pipeline.send(groups[5])
    check("a key that is no longer valid")
    assert len(pipeline.failed.read_text().splitlines()) == 2, "kept, to be sent again"


def test_cloudwatch_is_set_up_and_removed(pipeline):
    succeed(pipeline.folder, *SETUP, env=os.environ | pipeline.aws)
    logs = pipeline.logs
    [subscription] = logs.describe_subscription_filters(logGroupName="/aws/lambda/cola")[
        "subscriptionFilters"
    ]
    assert subscription["filterPattern"] == '"cola.predictions"'
    groups = logs.describe_log_groups()["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {14}
    metrics = logs.describe_metric_filters()["metricFilters"]
    assert len({metric["filterName"] for metric in metrics}) == 5
    alarms = connect("cloudwatch", pipeline.aws).describe_alarms()["MetricAlarms"]
    assert len(alarms) == 6 and all(alarm["AlarmActions"] for alarm in alarms)
    lambda_ = connect("lambda", pipeline.aws)
    function = lambda_.get_function(FunctionName="cola-forwarder")["Configuration"]
    assert set(function["Environment"]["Variables"]) == {
        "ELASTICSEARCH_URL",
        "ELASTICSEARCH_SECRET",
        "DEAD_LETTER_BUCKET",
    }, "the key itself is not among them"
    role = connect("iam", pipeline.aws).get_role_policy(
        RoleName="cola-forwarder", PolicyName="rights"
    )
    for statement in role["PolicyDocument"]["Statement"]:
        assert statement["Resource"] != "*" and "*" not in statement["Action"]

    for _ in range(2):  # moto has a metric twice that AWS has replaced
        succeed(pipeline.folder, "setup_cloudwatch.py", "--teardown", env=os.environ | pipeline.aws)
    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == [
        "/aws/lambda/cola"
    ]
    assert not logs.describe_metric_filters()["metricFilters"]
    assert not connect("cloudwatch", pipeline.aws).describe_alarms()["MetricAlarms"]
    assert not lambda_.list_functions()["Functions"]
    assert not connect("iam", pipeline.aws).list_roles()["Roles"]
    assert not connect("sns", pipeline.aws).list_topics()["Topics"]


def test_the_log_is_fetched_for_the_drift_check(pipeline, log):
    lines = [x for x in log.read_text().splitlines() if '"2026-03-0' in x][:100]
    pipeline.send([*lines, "END RequestId: 1"])
    fetched = pipeline.folder / "fetched"
    fetched.mkdir()
    for name in ("fetch_log.py", "lambda_resources.py", "prediction_log.py", "predictions.py"):
        shutil.copy(pipeline.folder / name, fetched)
    assert "100 predictions" in succeed(fetched, "fetch_log.py", env=os.environ | pipeline.aws)
    kept = (fetched / "monitoring/predictions.jsonl").read_text().splitlines()
    assert sorted(kept) == sorted(lines)


@needs_docker
def test_the_forwarders_image_answers(monitored):
    name = f"cola-forwarder-test-{uuid.uuid4().hex[:8]}"
    docker("build", "--file=forwarder.Dockerfile", f"--tag={name}", ".", cwd=monitored)
    script = (
        'import base64, gzip, json; data = gzip.compress(b\'{"messageType": "CONTROL_MESSAGE"}\'); '
        "print(json.dumps({'awslogs': {'data': base64.b64encode(data).decode()}}))"
    )
    event = run(monitored, "-c", script).stdout.encode()
    try:
        with started(name, "--memory=256m") as (container, url):
            assert request(url, event) == (200, '{"indexed": 0, "refused": 0}')
            assert docker("exec", container, "id", "-u") == "65532"
            assert docker("exec", container, "ls", "kibana").split() == [
                path.name for path in sorted((STEP / "kibana").iterdir())
            ]
            docker("exec", container, "python3", "-c", "import setup_elasticsearch, setup_kibana")
    finally:
        docker("rmi", "--force", name)
