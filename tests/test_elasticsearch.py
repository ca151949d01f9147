"""Step 9: the way of a prediction from Lambda's log to Elasticsearch and Kibana.

CloudWatch Logs is moto's, with its own subscription events; the forwarder runs under AWS's
emulator. Elasticsearch and Kibana are a stand-in; Vega-Lite itself draws the dashboard's charts.
"""

import base64
import gzip
import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import vl_convert

from support.aws import connect
from support.aws import make_environment as make_aws_environment
from support.containers import docker
from support.elastic_stand_in import PASSWORD, Elastic, aggregate, serving_elastic
from support.lambdas import lambda_container
from support.log_pipeline import BUCKET, LOG_GROUP, SECRET, SETUP, LogPipeline, running_pipeline
from support.scripts import assert_clear_error, run, run_program, succeed
from support.servers import find_free_ports, request, running
from support.steps import NEWEST, STEPS, copy_step

STEP = STEPS[NEWEST]
ELASTIC = STEP / "monitoring/elastic"
CHARTS = sorted((ELASTIC / "charts").glob("*.json"))
SHIP_LOG = ("-m", "monitoring.elastic.ship_log")
ELASTICSEARCH_SCRIPT = ("-m", "monitoring.elastic.setup_elasticsearch")
SETUP_ELASTICSEARCH = (*ELASTICSEARCH_SCRIPT, "apply")
SETUP_KIBANA = ("-m", "monitoring.elastic.setup_kibana", "apply")
REMOVE_KIBANA = ("-m", "monitoring.elastic.setup_kibana", "remove")
CHECK_DASHBOARD = ("-m", "monitoring.elastic.setup_kibana", "check")
AMAZON = "https://search-cola-abc123.eu-central-1.es.amazonaws.com:443"
MALFORMED = json.dumps(
    {
        "@timestamp": "2026-03-02T00:00:00.000Z",
        "event": {"dataset": "cola.predictions"},
        "cola": {"words": "many"},
    }
)
PASSWORDS = {"ELASTIC_PASSWORD": PASSWORD, "KIBANA_PASSWORD": "k"}


def make_environment(elastic: Elastic) -> dict[str, str]:
    """What the scripts read, for people who set Elasticsearch and Kibana up."""
    addresses = {"ELASTICSEARCH_URL": elastic.url, "KIBANA_URL": elastic.url}
    return os.environ | addresses | PASSWORDS


@pytest.fixture
def elastic() -> Iterator[Elastic]:
    with serving_elastic() as server:
        yield server


@pytest.fixture
def environment(elastic) -> dict[str, str]:
    return make_environment(elastic)


def test_elasticsearch_can_be_set_up_again(monitored, elastic, environment):
    for _ in range(2):
        succeed(monitored, *SETUP_ELASTICSEARCH, env=environment)
    template = elastic.templates["cola-predictions"]
    assert template["data_stream"] == {}
    assert template["template"]["lifecycle"] == {"data_retention": "30d"}
    assert template["priority"] > 100


def test_kibanas_password_is_set_only_when_that_is_asked_for(monitored, elastic, environment):
    succeed(monitored, *SETUP_ELASTICSEARCH, env=environment)
    assert "kibana_system" not in elastic.passwords, "KIBANA_PASSWORD is in the environment"
    printed = succeed(monitored, *SETUP_ELASTICSEARCH, "--set-kibana-password", env=environment)
    assert elastic.passwords["kibana_system"] == "k" and " k\n" not in printed


def test_a_key_of_elasticsearch_logs_in_instead_of_the_superuser(monitored, elastic, environment):
    elastic.keys["a-key"] = {"name": "of a person"}
    with_key = environment | {"ELASTIC_API_KEY": "a-key", "ELASTIC_PASSWORD": ""}
    succeed(monitored, *SETUP_ELASTICSEARCH, env=with_key)
    succeed(monitored, *SETUP_KIBANA, env=with_key)
    create_key = (*ELASTICSEARCH_SCRIPT, "create-key", "a-secret")
    assert_clear_error(run(monitored, *create_key, env=with_key), "A key can't make a key")


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"version": "8.19.0"}, "is Elasticsearch 8 or older"),
        ({"version": "10.0.0"}, "is Elasticsearch 10.0.0"),
        ({"is_elasticsearch": False}, "is another product, such as OpenSearch"),
        ({"build_flavor": "serverless"}, "is Elastic Cloud Serverless"),
    ],
    ids=["8", "10", "OpenSearch", "Serverless"],
)
def test_another_version_or_product_is_named_before_anything_changes(
    monitored, elastic, environment, attributes, message
):
    for name, value in attributes.items():
        setattr(elastic, name, value)
    result = run(monitored, *SETUP_ELASTICSEARCH, env=environment)
    assert_clear_error(result, message, "needs Elasticsearch 9")
    assert elastic.requests == ["GET /"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ELASTIC_PASSWORD": "wrong"}, "401"),
        ({"ELASTIC_PASSWORD": None}, "Set ELASTIC_API_KEY or ELASTIC_PASSWORD"),
        ({"ELASTICSEARCH_URL": "localhost:9200"}, "ELASTICSEARCH_URL is 'localhost:9200'"),
        ({"ELASTICSEARCH_URL": "http://127.0.0.1:9"}, "Can't reach Elasticsearch"),
        ({"ELASTICSEARCH_URL": AMAZON}, "is Amazon OpenSearch Service"),
    ],
    ids=["wrong password", "no password", "no URL", "no server", "AWS's other product"],
)
def test_elasticsearch_is_only_for_those_who_log_in(monitored, environment, variables, message):
    changed = {k: v for k, v in (environment | variables).items() if v is not None}
    assert_clear_error(run(monitored, *SETUP_ELASTICSEARCH, env=changed), message)


def test_kibana_is_only_for_those_who_log_in(monitored, environment):
    wrong = environment | {"ELASTIC_PASSWORD": "wrong"}
    assert_clear_error(run(monitored, *SETUP_KIBANA, env=wrong), "Kibana refused: 401")
    nowhere = environment | {"KIBANA_URL": "http://127.0.0.1:9"}
    assert_clear_error(run(monitored, *SETUP_KIBANA, env=nowhere), "Can't reach Kibana")


def test_a_log_that_is_not_there_is_named(monitored, environment):
    result = run(monitored, *SHIP_LOG, "none.jsonl", env=environment)
    assert_clear_error(result, "none.jsonl")


@dataclass
class Dashboard:
    """The stand-in with a dashboard and data, and what the scripts said on the way."""

    elastic: Elastic
    check_without_data: CompletedProcess[str]
    shipped: str
    check: str


@pytest.fixture(scope="module")
def dashboard(monitored, log) -> Iterator[Dashboard]:
    """Kibana is set up twice, and the log is sent twice, as neither should do any harm."""
    with serving_elastic() as elastic:
        environment = make_environment(elastic)
        succeed(monitored, *SETUP_ELASTICSEARCH, env=environment)
        for _ in range(2):
            succeed(monitored, *SETUP_KIBANA, env=environment)
        check_without_data = run(monitored, *CHECK_DASHBOARD, env=environment)
        for _ in range(2):
            shipped = succeed(monitored, *SHIP_LOG, env=environment)
        check = succeed(monitored, *CHECK_DASHBOARD, env=environment)
        yield Dashboard(elastic, check_without_data, shipped, check)


def test_kibana_gets_a_data_view_the_charts_and_a_dashboard_once(dashboard):
    types = [object_type for object_type, _ in dashboard.elastic.objects]
    assert {object_type: types.count(object_type) for object_type in types} == {
        "index-pattern": 1,
        "visualization": 5,
        "dashboard": 1,
    }


def test_a_dashboard_without_data_is_an_error(dashboard):
    assert_clear_error(dashboard.check_without_data, "No data for cola-1")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("1_predictions", '"cola.label"', '"wrong.field"'),
        ("4_low_confidence", '"cola.score"', '"wrong.field"'),
        (
            "4_low_confidence",
            '"range": {',
            '"bool": {"filter": [{"term": {"wrong.field": "x"}}]}, "range": {',
        ),
    ],
    ids=["aggregation", "query", "query in a list"],
)
def test_a_chart_that_asks_for_an_unknown_field_is_an_error(tmp_path, name, old, new):
    folder = copy_step(NEWEST, tmp_path)
    chart = folder / f"monitoring/elastic/charts/{name}.json"
    text = chart.read_text()
    assert old in text
    chart.write_text(text.replace(old, new))
    with serving_elastic() as elastic:
        environment = make_environment(elastic)
        succeed(folder, *SETUP_KIBANA, env=environment)
        result = run(folder, *CHECK_DASHBOARD, env=environment)
    assert_clear_error(result, f"cola-{name} asks for wrong.field, not in the index template.")


def test_a_log_that_is_sent_twice_is_indexed_once(dashboard, log):
    lines = len(log.read_text().splitlines())
    assert len(dashboard.elastic.documents) == lines
    assert f"{lines:,} predictions are in Elasticsearch, 0 were refused." in dashboard.shipped


def test_every_chart_of_the_dashboard_gets_data(dashboard):
    points = re.findall(r"(\d+) points", dashboard.check)
    assert len(points) == len(CHARTS) == 5 and all(int(count) > 0 for count in points)


def read_chart(elastic: Elastic, name: str) -> dict[str, Any]:
    """A chart's specification for Vega-Lite as Kibana has it, with the data of its query."""
    state = json.loads(elastic.objects["visualization", name]["attributes"]["visState"])
    chart = json.loads(state["params"]["spec"])
    query = json.dumps(chart["data"].pop("url")["body"]["aggs"])
    # As Kibana replaces it, which chooses an interval
    query = query.replace('"interval": {"%autointerval%": true}', '"fixed_interval": "1d"')
    answer = aggregate(list(elastic.documents.values()), json.loads(query))
    chart["data"]["values"] = {"aggregations": answer}
    return chart


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.stem)
def test_a_chart_draws_its_data(dashboard, path):
    """SCREENSHOTS, a folder in the environment, keeps the charts as pictures."""
    name = f"cola-{path.stem}"
    chart = json.dumps(read_chart(dashboard.elastic, name))
    svg = vl_convert.vegalite_to_svg(chart, vl_version="5.20")
    marks = re.findall(r'aria-roledescription="(?:bar|point|line mark)"', svg)
    assert len(marks) >= 2
    assert "NaN" not in svg and "undefined" not in svg
    if "SCREENSHOTS" in os.environ:
        png = vl_convert.vegalite_to_png(chart, vl_version="5.20")
        Path(os.environ["SCREENSHOTS"], f"{name}.png").write_bytes(png)


def test_on_this_machine_what_is_refused_is_kept_in_files(
    monitored, elastic, environment, tmp_path
):
    succeed(monitored, *SETUP_ELASTICSEARCH, env=environment)
    (tmp_path / "log").write_text(MALFORMED + "\n")
    printed = succeed(monitored, *SHIP_LOG, str(tmp_path / "log"), env=environment)
    assert "0 predictions are in Elasticsearch, 1 were refused." in printed
    assert "[ERROR] 1 predictions were refused, the first because: failed to parse" in printed
    assert not elastic.documents and not elastic.failures
    [file] = (monitored / "production/dead-letter").iterdir()
    [line] = file.read_text().splitlines()
    assert json.loads(line)["document"].strip() == MALFORMED


def test_equal_lines_are_all_indexed_and_once_if_the_log_is_sent_again(
    monitored, log, elastic, environment, tmp_path
):
    """The lines of a request with the same sentence several times are equal."""
    succeed(monitored, *SETUP_ELASTICSEARCH, env=environment)
    line, other = log.read_text().splitlines(True)[:2]
    (tmp_path / "log").write_text(line * 3 + other)
    for _ in range(2):
        succeed(monitored, *SHIP_LOG, str(tmp_path / "log"), env=environment)
    assert len(elastic.documents) == 4


def test_what_stays_undelivered_is_a_clear_error(monitored, log, elastic, environment):
    succeed(monitored, *SETUP_ELASTICSEARCH, env=environment)
    elastic.faults = ["items"] * 5  # an attempt and four retries
    result = run(monitored, *SHIP_LOG, env=environment)
    assert_clear_error(result, "predictions are undelivered: queue is full")
    assert "0 predictions are in Elasticsearch" in result.stdout


def read_compose_file(environment: dict[str, str]) -> CompletedProcess[str]:
    """What Compose makes of the file of the step."""
    files = [f"--file={ELASTIC / 'docker-compose.yml'}", "--env-file=/dev/null"]
    command = ["docker", "compose", *files, "config", "--format=json"]
    return subprocess.run(
        command, cwd=STEP, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", PASSWORDS)
def test_the_compose_file_needs_each_password(compose, name):
    others = {other: value for other, value in PASSWORDS.items() if other != name}
    result = read_compose_file(os.environ | others)
    assert f"required variable {name} is missing" in result.stderr


def test_the_compose_file_has_services_for_this_machine_only(compose):
    result = read_compose_file(os.environ | PASSWORDS)
    assert result.returncode == 0, result.stderr
    services = json.loads(result.stdout)["services"]
    assert set(services) == {"elasticsearch", "setup-elasticsearch", "kibana", "setup-kibana"}
    for service in services.values():
        assert all(port["host_ip"] == "127.0.0.1" for port in service.get("ports", []))


@pytest.fixture(scope="module")
def shared_pipeline(monitored, moto_python, tmp_path_factory) -> Iterator[LogPipeline]:
    folder = tmp_path_factory.mktemp("pipeline")
    with (
        serving_elastic() as elastic,
        running_pipeline(monitored, elastic, moto_python, folder) as pipeline,
    ):
        pipeline.set_up(make_environment(elastic))
        yield pipeline


@pytest.fixture
def pipeline(shared_pipeline) -> LogPipeline:
    """From CloudWatch Logs to Elasticsearch, set up once, and without predictions so far."""
    shared_pipeline.clear()
    return shared_pipeline


@pytest.fixture(scope="module")
def lines(log) -> list[str]:
    """A hundred lines of the prediction log."""
    return log.read_text().splitlines()[:100]


def is_stored(lines: list[str], elastic: Elastic) -> bool:
    """Whether the predictions of these lines, and no others, are indexed, each of them once."""
    documents = [json.dumps(document, sort_keys=True) for document in elastic.documents.values()]
    return sorted(documents) == sorted(json.dumps(json.loads(x), sort_keys=True) for x in lines)


def test_the_forwarder_may_add_predictions_and_nothing_else(pipeline):
    [key] = pipeline.elastic.keys.values()
    assert key["role_descriptors"]["forwarder"]["indices"] == [
        {"names": ["logs-cola.predictions-default"], "privileges": ["create_doc", "auto_configure"]}
    ]


@pytest.mark.parametrize(
    "faults",
    [
        [],
        [429, 503],
        ["hang up", "items", "items"],
        ["hang up"] * 4,
        ["page", "other ids"],
        ["forbid"],
    ],
    ids=[
        "none",
        "whole requests are refused",
        "hangs up, then refuses a third twice",
        "hangs up four times",
        "answers something else",
        "forbids it",
    ],
)
def test_every_prediction_is_indexed_once_whatever_happens(pipeline, lines, faults):
    pipeline.elastic.faults = list(faults)
    pipeline.put_lines([*lines, "START RequestId: 1", "REPORT RequestId: 1 Duration: 2 ms"])
    assert is_stored(lines, pipeline.elastic)
    assert not pipeline.elastic.faults, "all of them have happened"
    assert not pipeline.failed_events.exists()


def test_what_failed_three_times_can_be_sent_again_and_is_indexed_once(pipeline, lines):
    pipeline.elastic.faults = [503] * 15  # three calls of five attempts
    pipeline.put_lines(lines)
    assert not pipeline.elastic.documents, "Elasticsearch was dead all the time"
    [event] = pipeline.failed_events.read_text().splitlines()
    for _ in range(11):
        assert pipeline.invoke(event) == {"indexed": 100, "refused": 0}
        assert is_stored(lines, pipeline.elastic)


def test_what_is_too_large_for_one_request_is_sent_in_smaller_ones(pipeline, lines):
    pipeline.elastic.max_bytes = 20_000
    too_large = json.dumps(json.loads(lines[0]) | {"message": "x" * 20_000})
    pipeline.put_lines([*lines, too_large])
    assert is_stored(lines, pipeline.elastic)
    [refused] = pipeline.read_refused()
    assert refused["document"] == too_large and "too large" in refused["reason"]


def test_odd_lines_are_indexed_or_kept(pipeline, lines):
    brackets = '"cola.predictions"' + "[" * 100_000
    cut_off = lines[0][:-40]
    without_score = json.loads(lines[0])
    without_score["cola"]["score"] = None
    good = [*lines, lines[0], json.dumps(without_score, indent=1)]
    pipeline.put_lines([*good, brackets, cut_off])
    assert is_stored(good, pipeline.elastic)
    assert {refused["document"] for refused in pipeline.read_refused()} == {brackets, cut_off}


def test_what_does_not_fit_the_mapping_is_kept_with_the_reason(pipeline, lines):
    pipeline.put_lines([*lines, *[MALFORMED] * 600])
    assert is_stored(lines, pipeline.elastic)
    refused = pipeline.read_refused()
    assert len(refused) == 600
    assert "failed to parse field [cola.words]" in refused[0]["reason"]
    assert refused[0]["document"] == MALFORMED
    files = connect("s3", pipeline.aws).list_objects_v2(Bucket=BUCKET)["Contents"]
    assert len(files) == 2, "there is one for each part of the batch"


def test_without_a_valid_key_predictions_are_kept_to_be_sent_again(pipeline, lines):
    keys = dict(pipeline.elastic.keys)
    pipeline.elastic.keys.clear()
    pipeline.put_lines(lines)
    assert not pipeline.elastic.documents
    [event] = pipeline.failed_events.read_text().splitlines()
    pipeline.elastic.keys.update(keys)
    assert pipeline.invoke(event) == {"indexed": 100, "refused": 0}


def test_the_key_is_fetched_once_and_again_when_it_is_no_longer_valid(pipeline, lines):
    secrets, keys = connect("secretsmanager", pipeline.aws), pipeline.elastic.keys
    pipeline.put_lines(lines[:50])
    [(old, asked)] = keys.items()
    secrets.put_secret_value(SecretId=SECRET, SecretString="new")
    pipeline.put_lines(lines[50:60])
    assert is_stored(lines[:60], pipeline.elastic), "the old key is still used"
    keys["new"] = asked
    del keys[old]
    pipeline.put_lines(lines[60:])
    assert is_stored(lines, pipeline.elastic) and not pipeline.failed_events.exists()


def call_forwarder(monitored: Path, elastic: Elastic, lines: int, seconds: int) -> str:
    """What the program call_forwarder prints."""
    succeed(monitored, *SETUP_ELASTICSEARCH, env=make_environment(elastic))
    arguments = ("call_forwarder", str(lines), str(seconds))
    result = run_program(monitored, *arguments, env=make_environment(elastic), new_interpreter=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_large_batch_takes_little_memory(monitored, elastic):
    printed = call_forwarder(monitored, elastic, lines=2_000, seconds=120)
    assert "{'indexed': 2000, 'refused': 0}" in printed
    [megabytes] = re.findall(r"(\d+) MB", printed)
    assert int(megabytes) < 25, "the lines have 40 MB"


def test_an_answer_that_does_not_end_is_given_up_in_time(monitored, elastic):
    elastic.faults = ["drip"]
    printed = call_forwarder(monitored, elastic, lines=1, seconds=6)
    assert "DeadlineError: The time is nearly over: predictions are undelivered." in printed
    [seconds] = re.findall(r"([\d.]+) s", printed)
    assert float(seconds) < 3


def test_the_log_is_fetched_for_the_drift_check(pipeline, lines, tmp_path):
    pipeline.put_lines([*lines, "END RequestId: 1"])
    folder = copy_step(NEWEST, tmp_path)
    printed = succeed(folder, "-m", "monitoring.fetch_log", env=os.environ | pipeline.aws)
    assert "100 predictions" in printed
    fetched = (folder / "production/predictions.jsonl").read_text().splitlines()
    assert sorted(fetched) == sorted(lines)


def test_what_elasticsearch_and_kibana_got_can_be_removed(monitored, log, elastic, environment):
    templates = set(elastic.templates)
    elastic.objects["dashboard", "of-somebody-else"] = {}
    for arguments in (SETUP_ELASTICSEARCH, SETUP_KIBANA, SHIP_LOG):
        succeed(monitored, *arguments, env=environment)
    assert elastic.documents
    removed = succeed(monitored, *REMOVE_KIBANA, env=environment)
    assert removed.count("removed") == 7
    assert list(elastic.objects) == [("dashboard", "of-somebody-else")]
    succeed(monitored, *ELASTICSEARCH_SCRIPT, "remove", env=environment)
    assert not elastic.documents and set(elastic.templates) == templates
    for script in (REMOVE_KIBANA, (*ELASTICSEARCH_SCRIPT, "remove")):  # nothing is left
        succeed(monitored, *script, env=environment)


def test_the_keys_of_the_forwarder_can_be_removed(monitored, moto_python, elastic, environment):
    [port] = find_free_ports(1)
    url = f"http://127.0.0.1:{port}"
    aws = make_aws_environment(url)
    elastic.keys["of somebody else"] = {"name": "another"}
    with running([moto_python, "-m", "moto.server", f"--port={port}"], f"{url}/moto-api/"):
        for command in ("create-key", "create-key", "remove-keys"):
            arguments = (*ELASTICSEARCH_SCRIPT, command, SECRET)
            printed = succeed(monitored, *arguments, env=environment | aws)
        assert not connect("secretsmanager", aws).list_secrets()["SecretList"]
    assert "2 keys of the forwarder" in printed
    assert list(elastic.keys) == ["of somebody else"]


def describe_resources(aws: dict[str, str]) -> dict[str, list]:
    """All that aws.setup_cloudwatch makes, as AWS tells it."""
    logs, iam = connect("logs", aws), connect("iam", aws)
    groups = logs.describe_log_groups()["logGroups"]
    subscriptions = logs.describe_subscription_filters(logGroupName=LOG_GROUP)
    roles = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    return {
        "log groups": [group["logGroupName"] for group in groups],
        "days of the logs": [group["retentionInDays"] for group in groups],
        "filter patterns": [
            subscription["filterPattern"] for subscription in subscriptions["subscriptionFilters"]
        ],
        "metrics": logs.describe_metric_filters()["metricFilters"],
        "alarms": connect("cloudwatch", aws).describe_alarms()["MetricAlarms"],
        "functions": connect("lambda", aws).list_functions()["Functions"],
        "statements": [
            statement
            for role in roles
            for statement in iam.get_role_policy(RoleName=role, PolicyName="rights")[
                "PolicyDocument"
            ]["Statement"]
        ],
        "roles": roles,
        "topics": connect("sns", aws).list_topics()["Topics"],
    }


@dataclass
class Resources:
    """What AWS has after the set-up, and after the removal; of each kind a list."""

    made: dict[str, list]
    left: dict[str, list]


@pytest.fixture(scope="module")
def resources(monitored, moto_python) -> Resources:
    """What AWS has after aws.setup_cloudwatch has made all of it, twice, and then removed it."""
    [port] = find_free_ports(1)
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | make_aws_environment(url)
    with running([moto_python, "-m", "moto.server", f"--port={port}"], f"{url}/moto-api/"):
        for _ in range(2):
            succeed(monitored, *SETUP, env=environment)
        made = describe_resources(environment)
        for _ in range(2):  # moto has a metric twice that AWS has replaced
            succeed(monitored, "-m", "aws.setup_cloudwatch", "teardown", env=environment)
        return Resources(made, describe_resources(environment))


def test_the_log_has_one_subscription_which_takes_predictions_only(resources):
    assert resources.made["filter patterns"] == ['"cola.predictions"']


def test_the_logs_of_both_functions_are_kept_for_two_weeks(resources):
    assert resources.made["log groups"] == ["/aws/lambda/cola", "/aws/lambda/cola-forwarder"]
    assert resources.made["days of the logs"] == [14, 14]


def test_there_are_metrics_and_alarms_that_tell_somebody(resources):
    assert len({metric["filterName"] for metric in resources.made["metrics"]}) == 5
    assert len(resources.made["alarms"]) == 6
    assert all(alarm["AlarmActions"] for alarm in resources.made["alarms"])


def test_the_forwarder_knows_the_name_of_its_key_only(resources):
    [function] = resources.made["functions"]
    assert function["FunctionName"] == "cola-forwarder"
    assert set(function["Environment"]["Variables"]) == {
        "ELASTICSEARCH_URL",
        "ELASTICSEARCH_SECRET",
        "DEAD_LETTER_BUCKET",
    }, "the key itself is not among them"


def test_the_forwarders_role_has_few_rights(resources):
    assert resources.made["roles"] == ["cola-forwarder"]
    assert resources.made["statements"]
    for statement in resources.made["statements"]:
        assert statement["Resource"] != "*" and "*" not in statement["Action"]


def test_all_is_removed_but_the_log_of_the_function(resources):
    left = {name: content for name, content in resources.left.items() if content}
    assert left == {"log groups": ["/aws/lambda/cola"], "days of the logs": [14]}


@pytest.mark.parametrize(
    "address",
    ["http://e:9200", "https://e", "https://:9200", "https://user:word@e:9200", "e:9200"],
)
def test_the_forwarder_gets_the_address_of_an_https_server(monitored, address):
    """There is no AWS here: the address is refused before anything is created."""
    arguments = ("apply", "an-image", f"--elasticsearch={address}", "--bucket=b")
    result = run(monitored, "-m", "aws.setup_cloudwatch", *arguments)
    assert_clear_error(result, "is not an address such as https://")


def test_a_subscription_waits_until_the_new_permission_is_known(monitored):
    result = run_program(monitored, "subscribe_too_early")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["2", "4", "subscribed"]


@pytest.fixture(scope="module")
def forwarder_image(lambda_base, tmp_path_factory) -> Iterator[str]:
    name = f"cola-forwarder-test-{uuid.uuid4().hex[:8]}"
    folder = copy_step(NEWEST, tmp_path_factory.mktemp("image"))
    docker("build", "--file=monitoring/elastic/Dockerfile", f"--tag={name}", ".", cwd=folder)
    yield name
    docker("rmi", "--force", name)


def test_the_forwarders_image_answers_and_can_set_up(forwarder_image):
    data = base64.b64encode(gzip.compress(b'{"messageType": "CONTROL_MESSAGE"}')).decode()
    event = json.dumps({"awslogs": {"data": data}}).encode()
    with lambda_container(forwarder_image, "--memory=256m") as (container, url):
        assert request(url, event) == (200, '{"indexed": 0, "refused": 0}')
        assert docker("exec", container, "id", "-u") == "65532"
        charts = docker("exec", container, "ls", "monitoring/elastic/charts").split()
        assert charts == [path.name for path in CHARTS]
        for name in ("setup_elasticsearch", "setup_kibana"):
            docker("exec", container, "python3", "-m", f"monitoring.elastic.{name}", "--help")
