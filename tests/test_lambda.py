"""Step 8: the handler under AWS's own runtime emulator, and deployment against AWS's records."""

import json
import os
import re
import shutil
import subprocess
import time
import uuid
from contextlib import contextmanager

import pytest

from conftest import (
    LAMBDA_BASE,
    NEWEST,
    STEPS,
    assert_clear_error,
    copy_tracked,
    docker,
    find_free_ports,
    find_missing_image,
    missing,
    request,
    run,
)
from test_aws import KEYS, connect
from test_server import SLOW

EVENTS = STEPS[NEWEST] / "events"
URL = {"version": "2.0", "headers": {"content-type": "application/json"}}
SLOW_EVENT = json.dumps(
    URL
    | {
        "requestContext": {"http": {"method": "POST", "path": "/predict", "sourceIp": "127.0.0.1"}},
        "body": SLOW.decode(),
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, converted_models):
    folder = tmp_path_factory.mktemp("lambda") / STEPS[NEWEST].name
    copy_tracked(STEPS[NEWEST], folder)
    shutil.copytree(converted_models, folder / "models")
    return folder


def parse(printed):
    """What local_invoke.py prints, by event: the answer."""
    return dict(re.findall(r"^(\S+) +[\d.]+ ms  (.*)$", printed, re.M))


@pytest.fixture(scope="module")
def answers(folder):
    """The answers to the sample events, from the emulator on this machine."""
    result = run(folder, "local_invoke.py")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("REPORT RequestId") == len(list(EVENTS.iterdir()))
    return parse(result.stdout)


def test_every_sample_event_is_answered_as_the_app_does(folder, answers):
    one, two = "The boy is sitting on a bench", "They not yelled us!"
    result = run(folder, "inference_onnx.py", one, two)
    both = [json.loads(line) for line in result.stdout.splitlines()]
    single = [json.loads(run(folder, "inference_onnx.py", s).stdout) for s in (one, two)]
    expected = {
        "direct": single[0],
        "http_api": single[1],
        "http_api_stage": single[1],
        "rest_api_get": single[1],
        "http_api_base64": {"predictions": both},
        "function_url": {"predictions": both},
        "rest_api": {"predictions": both},
        "malformed": {"detail": "body.sentence: Input should be a valid string"},
        "too_long": {
            "detail": "body.sentences.0: String should have at most 1000 characters",
        },
    }
    assert answers["function_url_page"].startswith("200 <!doctype html>")
    data = {name: answer for name, answer in answers.items() if name != "function_url_page"}
    assert {name: json.loads(answer[4:]) for name, answer in data.items()} == expected
    for name, answer in data.items():
        assert answer[:3] == ("422" if name in ("malformed", "too_long") else "200")


MALFORMED: list[object] = [
    *(None, [], "text", 5, {}, {"sentence": None}, {"sentence": ""}, {"sentence": " "}),
    *({"sentence": "a" * 1001}, {"sentence": "\ud800"}, {"sentence": ["a"]}),
    {"Records": [{"eventSource": "aws:sqs", "body": "text"}]},
    *({"requestContext": None}, {"requestContext": {}}, {"version": "2.0", "requestContext": {}}),
    {"version": "2.0", "requestContext": {"http": None}, "headers": None},
    {**json.loads(SLOW_EVENT), "body": "not base64!", "isBase64Encoded": True},
    {**json.loads(SLOW_EVENT), "body": "\ud800"},
    {**json.loads(SLOW_EVENT), "body": 5},
    {**json.loads(SLOW_EVENT), "headers": {"host": "a:b:c"}},
    {**json.loads(SLOW_EVENT), "body": '{"sentences": []}'},
    {**json.loads(SLOW_EVENT), "body": "{"},
]
CALL = """
import json, sys
from types import SimpleNamespace
from lambda_handler import handler
for event in json.load(sys.stdin):
    context = SimpleNamespace(function_version="3", aws_request_id="the-id")
    print(json.dumps({"answer": handler(event, context)}))
"""


def call(folder, events):
    """The handler's answers, without an emulator."""
    result = run(folder, "-c", CALL, input=json.dumps(events))
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [line["answer"] for line in lines if "answer" in line]


def test_malformed_events_get_a_reason(folder):
    answers = call(folder, MALFORMED)
    assert len(answers) == len(MALFORMED)
    for event, answer in zip(MALFORMED, answers, strict=True):
        assert answer["statusCode"] == 422, event
        assert answer["headers"]["content-type"] == "application/json"
        detail = json.loads(answer["body"])["detail"]
        assert isinstance(detail, str) and len(detail) < 300
        assert "Traceback" not in detail


def test_other_requests_get_the_apps_status(folder):
    def make(method, path, **more):
        http = {"method": method, "path": path, "sourceIp": "127.0.0.1"}
        return URL | {"requestContext": {"http": http, **more}}

    missing_page, wrong_method, large, docs, inner = call(
        folder,
        [
            make("GET", "/nowhere"),
            make("DELETE", "/predict"),
            make("POST", "/predict") | {"body": "a" * 1_000_001},
            make("GET", "/prod/docs", stage="prod"),
            make("GET", "/prod/health", stage="prod"),
        ],
    )
    assert missing_page["statusCode"] == 404
    assert wrong_method["statusCode"] == 405
    assert large["statusCode"] == 413
    assert "/prod/openapi.json" in docs["body"], "the page finds its description in the stage"
    assert json.loads(inner["body"]) == {"status": "ok"}
    assert inner["headers"]["x-function-version"] == "3"


def test_a_timeout_is_reported_and_the_next_event_answered(folder, tmp_path):
    (tmp_path / "slow.json").write_text(SLOW_EVENT)
    # The next event has this time too, and starts the handler anew in it.
    environment = os.environ | {"AWS_LAMBDA_FUNCTION_TIMEOUT": "5"}
    events = [str(tmp_path / "slow.json"), "events/direct.json"]
    result = run(folder, "local_invoke.py", *events, env=environment)
    assert result.returncode == 0, result.stderr
    answers = parse(result.stdout)
    assert answers["slow"] == "Task timed out after 5.00 seconds"
    assert answers["direct"].startswith("200 ")


def test_without_an_event_or_an_emulator_it_says_so(folder):
    assert_clear_error(run(folder, "local_invoke.py", "events/none.json"), "events/none.json")
    hidden = "import sys; sys.modules['samcli'] = None; import local_invoke; local_invoke.main()"
    assert_clear_error(run(folder, "-c", hidden), "requirements_emulator.txt")


def test_a_new_version_is_not_blamed_for_what_the_old_one_answers(folder):
    code = """
import deploy_lambda
for answers in [("1", "status 500"), *3 * [("2", "")]], [("1", "status 500"), ("2", "status 502")]:
    answers = iter(answers)
    deploy_lambda.ask = lambda url: next(answers)
    print(repr(deploy_lambda.find_problem("", "2")))
"""
    assert run(folder, "-c", code).stdout == "''\n'status 502'\n"


problem = missing or find_missing_image(LAMBDA_BASE)
needs_docker = pytest.mark.skipif(problem is not None, reason=str(problem))


@pytest.fixture(scope="module")
def image(folder):
    name = f"cola-lambda-test-{uuid.uuid4().hex[:8]}"
    label = f"REVISION={'a' * 40}"
    docker("build", "--target=lambda", f"--build-arg={label}", f"--tag={name}", ".", cwd=folder)
    yield name
    docker("rmi", "--force", name)


@contextmanager
def started(image, *options):
    """A container as Lambda has it: nothing can be written but in /tmp."""
    [port] = find_free_ports(1)
    container = docker(
        *("run", "--detach", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"),
        *("--security-opt=no-new-privileges", f"--publish=127.0.0.1:{port}:8080"),
        *options,
        image,
    )
    time.sleep(1)
    try:
        yield container, f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
    finally:
        docker("rm", "--force", container)


def read_log(container):
    command = ["docker", "logs", container]
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    ).stdout


@needs_docker
def test_the_image_answers_every_sample_event_as_this_machine_does(image, answers):
    with started(image, "--memory=512m") as (container, url):
        assert docker("exec", container, "id", "-u") == "65532"
        for path in EVENTS.iterdir():
            status, text = request(url, path.read_bytes())
            answer = json.loads(text)
            assert (status, str(answer["statusCode"])) == (200, answers[path.stem][:3])
            if path.stem != "function_url_page":
                # Another Python and another C library, but the same words and figures.
                assert json.loads(answer["body"]) == json.loads(answers[path.stem][4:])
        assert read_log(container).count("REPORT RequestId") == len(list(EVENTS.iterdir()))
        packages = docker("exec", container, "ls", "/var/task")
        assert "onnxruntime" in packages
        assert not re.search("^(torch|transformers|uvicorn|boto3|pytest)$", packages, re.M)


@needs_docker
def test_a_function_out_of_memory_is_reported(image):
    with started(image, "--memory=48m", "--memory-swap=48m") as (container, url):
        _, text = request(url, (EVENTS / "direct.json").read_bytes(), 60)
        assert "label" not in text
        assert re.search("signal: killed|Runtime.ExitError", text + read_log(container))


@pytest.fixture
def aws(moto_server, registry):
    return KEYS | {"AWS_ENDPOINT_URL": moto_server[0], "AWS_DEFAULT_REGION": "eu-central-1"}


def deploy(aws, *arguments):
    return run(STEPS[NEWEST], "deploy_lambda.py", *arguments, env=os.environ | aws)


@pytest.fixture
def push(aws, image, tmp_path):
    """Pushes the image with another last line in its handler; returns its name in the registry."""
    made: list[str] = []

    def push(line):
        revision = str(len(made)) * 40
        (tmp_path / "Dockerfile").write_text(
            f"FROM {image}\nUSER root\nRUN echo '{line}' >> lambda_handler.py\nUSER 65532\n"
            f"LABEL org.opencontainers.image.revision={revision}\n"
        )
        made.append(f"{image}:variant{len(made)}")
        docker("build", f"--tag={made[-1]}", str(tmp_path))
        command = ("push_to_ecr.py", made[-1], "--repository=cola-lambda")
        result = run(STEPS[NEWEST], *command, env=os.environ | aws)
        assert result.returncode == 0, result.stderr
        made.append(result.stdout.splitlines()[-1])
        return made[-1]

    yield push
    for name in made:
        docker("rmi", "--force", name, check=False)


def assert_deployed(aws, version, canary=None):
    alias = connect("lambda", aws).get_alias(FunctionName="cola", Name="live")
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    assert (alias["FunctionVersion"], weights) == (version, canary or {})


def succeed(result, *parts):
    assert result.returncode == 0, result.stderr
    for part in parts:
        assert part in result.stdout


@needs_docker
def test_from_the_first_deployment_to_the_last(aws, push):
    """Requests go to containers of each version, by the weights in moto's records."""
    first, second, third = push("# one"), push("# two"), push("# three")
    succeed(
        deploy(aws, first),
        "This makes, where it is missing",
        "100,000 requests cost in a month",
        "Version 1 answers, and has 100% of the requests.",
    )
    lambda_ = connect("lambda", aws)
    function = lambda_.get_function(FunctionName="cola")["Configuration"]
    assert (function["MemorySize"], function["PackageType"]) == (1769, "Image")
    assert function["Timeout"] < 30
    [group] = connect("logs", aws).describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/aws/lambda/cola", 14)
    gateway = connect("apigatewayv2", aws)
    [api] = gateway.get_apis()["Items"]
    [stage] = gateway.get_stages(ApiId=api["ApiId"])["Items"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 50
    [permission] = json.loads(lambda_.get_policy(FunctionName="cola")["Policy"])["Statement"]
    assert permission["Resource"].endswith(":function:cola:live")
    assert lambda_.get_function_url_config(FunctionName="cola")["AuthType"] == "AWS_IAM"
    role = connect("iam", aws).get_role_policy(RoleName="cola-lambda", PolicyName="rights")
    [statement] = role["PolicyDocument"]["Statement"]
    assert statement["Resource"].endswith(":log-group:/aws/lambda/cola:*")
    page = request(api["ApiEndpoint"] + "/predict?text=They+not+yelled+us!")
    assert page[0] == 200 and json.loads(page[1])["sentence"] == "They not yelled us!"

    succeed(deploy(aws, first), "Version 1 answers")
    assert len(gateway.get_apis()["Items"]) == 1, "twice makes nothing twice"
    assert_clear_error(deploy(aws, first, "--canary=10"), "this image is deployed")

    succeed(deploy(aws, second, "--canary", "10"), "Version 2 answers, and has 10%")
    assert_deployed(aws, "1", {"2": 0.1})
    succeed(deploy(aws, "--rollback"), "Version 1 gets all requests again, not 2.")
    assert_deployed(aws, "1")
    succeed(deploy(aws, second, "--canary", "10"))
    succeed(deploy(aws, "--promote"), "Version 2 answers, and has 100%")
    succeed(deploy(aws, third), "Version 3 answers")
    assert_deployed(aws, "3")
    succeed(deploy(aws, "--rollback"), "Version 2 gets all requests again, not 3.")
    assert_deployed(aws, "2")
    assert_clear_error(deploy(aws, "--rollback"), "no version to return to")
    assert_clear_error(deploy(aws, "--promote"), "no canary")

    succeed(deploy(aws, "--teardown"), "function cola", "HTTP API", "log group", "role cola-lambda")
    assert not lambda_.list_functions()["Functions"]
    assert not gateway.get_apis()["Items"]
    assert not connect("iam", aws).list_roles()["Roles"]
    assert not connect("logs", aws).describe_log_groups()["logGroups"]
    succeed(deploy(aws, "--teardown"))
    assert_clear_error(deploy(aws, "--rollback"), "Nothing is deployed")
    assert_clear_error(deploy(aws, first, "--canary=10"), "without --canary first")


@needs_docker
@pytest.mark.parametrize(
    "broken",
    [
        'raise RuntimeError("at the start")',
        "handler = lambda event, context: 1 / 0",
        'handler = lambda event, context: {"statusCode": 500, "headers": {}, "body": ""}',
    ],
)
def test_a_broken_version_is_taken_back(aws, push, broken):
    succeed(deploy(aws, push("# good")))
    image = push(broken)
    for options in (["--canary=10"], []):
        assert_clear_error(deploy(aws, image, *options), "Version 2 was taken back: version 1 has")
        assert_deployed(aws, "1")
    address = connect("lambda", aws).get_function_url_config(FunctionName="cola")["FunctionUrl"]
    assert request(f"{address}predict?text=They+not+yelled+us!")[0] == 200
    assert deploy(aws, "--teardown").returncode == 0


def test_a_function_of_others_stays(moto_server):
    aws = KEYS | {"AWS_ENDPOINT_URL": moto_server[0], "AWS_DEFAULT_REGION": "eu-central-1"}
    role = connect("iam", aws).create_role(RoleName="other", AssumeRolePolicyDocument="{}")["Role"]
    connect("lambda", aws).create_function(
        FunctionName="cola",
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/other:1"},
        Role=role["Arn"],
    )
    assert_clear_error(deploy(aws, "--teardown"), "not of deploy_lambda.py's making")
    assert len(connect("lambda", aws).list_functions()["Functions"]) == 1


def test_wrong_arguments_and_no_connection_are_clear():
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    environment = KEYS | nowhere | {"AWS_DEFAULT_REGION": "eu-central-1"}
    assert_clear_error(deploy(environment, "--teardown"), "Could not connect")
    for arguments in ([], ["image", "--promote"], ["image", "--canary=100"]):
        result = deploy(environment, *arguments)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr
