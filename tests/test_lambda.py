"""Step 8: the handler under AWS's own runtime emulator, and deployment against AWS's records."""

import functools
import json
import os
import re
import secrets
import uuid

import pytest

from support.aws import connect, make_environment, serving_aws, serving_registry
from support.containers import docker, read_logs
from support.lambdas import call, lambda_container
from support.scripts import assert_clear_error, run, run_program, succeed
from support.servers import SENTENCE, SLOW, request
from support.steps import NEWEST, STEPS

STEP = STEPS[NEWEST]
EVENTS = STEP / "events"


def make_event(method, path, **context):
    """The event of a Function URL for a request, with more in its context."""
    http = {"method": method, "path": path, "sourceIp": "127.0.0.1"}
    return {
        "version": "2.0",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": http, **context},
    }


POST = make_event("POST", "/predict") | {"body": json.dumps({"sentences": [SENTENCE]})}


def read_answers(printed):
    """The answers by the names of their events, from what local_invoke.py prints."""
    return dict(re.findall(r"^(\S+) +[\d.]+ ms  (.*)$", printed, re.M))


@pytest.fixture(scope="module")
def answers(folder):
    """The answers to the sample events, from the emulator on this machine."""
    printed = succeed(folder, "local_invoke.py")
    assert printed.count("REPORT RequestId") == len(list(EVENTS.iterdir()))
    return read_answers(printed)


def predict(folder, *sentences):
    printed = succeed(folder, "inference_onnx.py", *sentences)
    return [json.loads(line) for line in printed.splitlines()]


def test_every_sample_event_is_answered_as_the_app_does(folder, answers):
    correct, wrong = "The boy is sitting on a bench", "They not yelled us!"
    [of_correct], [of_wrong] = predict(folder, correct), predict(folder, wrong)
    of_both = {"predictions": predict(folder, correct, wrong)}
    expected = {
        "direct": of_correct,
        "http_api": of_wrong,
        "http_api_stage": of_wrong,
        "rest_api_get": of_wrong,
        "http_api_base64": of_both,
        "function_url": of_both,
        "rest_api": of_both,
        "malformed": {"detail": "body.sentence: Input should be a valid string"},
        "too_long": {"detail": "body.sentences.0: String should have at most 1000 characters"},
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
    POST | {"body": "not base64!", "isBase64Encoded": True},
    POST | {"body": "\ud800"},
    POST | {"body": 5},
    POST | {"headers": POST["headers"] | {"host": "a:b:c"}},
    POST | {"headers": {"host": "a:b:c"}},
    POST | {"body": '{"sentences": []}'},
    POST | {"body": "{"},
]


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
    events = [
        POST,
        make_event("GET", "/nowhere"),
        make_event("DELETE", "/predict"),
        POST | {"body": "a" * 1_000_001},
    ]
    statuses = [answer["statusCode"] for answer in call(folder, events)]
    assert statuses == [200, 404, 405, 413]


def test_the_app_works_in_a_stage_of_api_gateway(folder):
    paths = ("/prod/docs", "/prod/health")
    docs, health = call(folder, [make_event("GET", path, stage="prod") for path in paths])
    assert "/prod/openapi.json" in docs["body"], "the page finds its description in the stage"
    assert json.loads(health["body"]) == {"status": "ok"}
    assert health["headers"]["x-function-version"] == "3"


def test_a_timeout_is_reported_and_the_next_event_answered(folder, tmp_path):
    (tmp_path / "slow.json").write_text(json.dumps(POST | {"body": SLOW.decode()}))
    # The limit is also that of the next event, which starts the handler anew in this time.
    environment = os.environ | {"AWS_LAMBDA_FUNCTION_TIMEOUT": "5"}
    events = [str(tmp_path / "slow.json"), "events/direct.json"]
    answers = read_answers(succeed(folder, "local_invoke.py", *events, env=environment))
    assert answers["slow"] == "Task timed out after 5.00 seconds"
    assert answers["direct"].startswith("200 ")


def test_without_an_event_or_an_emulator_it_says_so(folder):
    assert_clear_error(run(folder, "local_invoke.py", "events/none.json"), "events/none.json")
    hidden = "import sys; sys.modules['samcli'] = None; import local_invoke; local_invoke.main()"
    assert_clear_error(run(folder, "-c", hidden), "requirements/emulator.txt")


def test_a_new_version_is_not_blamed_for_what_the_old_one_answers(folder):
    only_the_old_one = [("1", "status 500"), *3 * [("2", "")]]
    both = [("1", "status 500"), ("2", "status 502")]
    found = run_program(folder, "find_problems", input=json.dumps([only_the_old_one, both]))
    assert found.stdout == '""\n"status 502"\n', found.stderr


@pytest.fixture(scope="module")
def image(lambda_base, folder):
    name = f"cola-lambda-test-{uuid.uuid4().hex[:8]}"
    label = f"REVISION={'a' * 40}"
    docker("build", "--target=lambda", f"--build-arg={label}", f"--tag={name}", ".", cwd=folder)
    yield name
    docker("rmi", "--force", name)


def test_the_image_answers_every_sample_event_as_this_machine_does(image, answers):
    with lambda_container(image, "--memory=512m") as (identifier, url):
        for path in EVENTS.iterdir():
            status, text = request(url, path.read_bytes())
            answer = json.loads(text)
            assert (status, str(answer["statusCode"])) == (200, answers[path.stem][:3])
            if path.stem != "function_url_page":
                # Another Python and another C library, but the same words and figures.
                assert json.loads(answer["body"]) == json.loads(answers[path.stem][4:])
        assert read_logs(identifier).count("REPORT RequestId") == len(list(EVENTS.iterdir()))


def test_the_image_has_no_rights_and_no_packages_that_it_does_not_need(image):
    with lambda_container(image) as (identifier, _):
        assert docker("exec", identifier, "id", "-u") == "65532"
        packages = docker("exec", identifier, "ls", "/var/task")
    assert "onnxruntime" in packages
    assert not re.search("^(torch|transformers|uvicorn|boto3|pytest)$", packages, re.M)


def test_a_function_out_of_memory_is_reported(image):
    with lambda_container(image, "--memory=48m", "--memory-swap=48m") as (identifier, url):
        _, text = request(url, (EVENTS / "direct.json").read_bytes(), 60)
        assert "label" not in text
        assert re.search("signal: killed|Runtime.ExitError", text + read_logs(identifier))


def try_deploy(aws, *arguments):
    return run(STEP, "deploy_lambda.py", *arguments, env=os.environ | aws)


def deploy(aws, *arguments):
    """Run deploy_lambda.py, which must succeed; what it prints."""
    return succeed(STEP, "deploy_lambda.py", *arguments, env=os.environ | aws)


@pytest.fixture(scope="module")
def aws(docker_engine, moto_python, tmp_path_factory):
    """What AWS's tools need to talk to moto; one moto, and one registry, for all tests here."""
    folder = tmp_path_factory.mktemp("aws")
    with serving_aws(moto_python, folder) as (url, port), serving_registry(port, folder):
        yield make_environment(url)
        deploy(make_environment(url), "--teardown")


@pytest.fixture(scope="module")
def push(aws, image, tmp_path_factory):
    """Pushes the image with another last line in its handler, once; returns its name in ECR."""
    context = tmp_path_factory.mktemp("context")
    handler = (STEP / "lambda_handler.py").read_text()
    built: list[str] = []

    @functools.cache
    def push(line):
        (context / "lambda_handler.py").write_text(f"{handler}\n{line}\n")
        (context / "Dockerfile").write_text(
            f"FROM {image}\nCOPY --chmod=644 lambda_handler.py .\n"
            f"LABEL org.opencontainers.image.revision={secrets.token_hex(20)}\n"
        )
        built.append(f"{image}:variant{len(built)}")
        docker("build", f"--tag={built[-1]}", str(context))
        command = ("push_to_ecr.py", built[-1], "--repository=cola-lambda")
        return succeed(STEP, *command, env=os.environ | aws).splitlines()[-1]

    yield push
    for name in built:
        docker("rmi", "--force", name, check=False)


@pytest.fixture(scope="module")
def images(push):
    """Three images in ECR that answer well; the first is what `live` deploys."""
    return push("# first"), push("# second"), push("# third")


def list_versions(aws):
    """The versions of the function that were published, from the first on; none without one."""
    function = connect("lambda", aws)
    if not function.list_functions()["Functions"]:
        return []
    versions = function.list_versions_by_function(FunctionName="cola")["Versions"]
    return [version["Version"] for version in versions if version["Version"] != "$LATEST"]


def read_weights(aws):
    """The version that the alias points to, and the weights of others."""
    alias = connect("lambda", aws).get_alias(FunctionName="cola", Name="live")
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return alias["FunctionVersion"], weights


@pytest.fixture
def nothing_deployed(aws):
    if list_versions(aws):
        deploy(aws, "--teardown")


@pytest.fixture
def live(aws, images):
    """As `aws`, with the first image deployed: version 1 has all requests, and none came before."""
    if list_versions(aws):
        connect("lambda", aws).update_alias(
            FunctionName="cola",
            Name="live",
            FunctionVersion="1",
            Description="",
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
    else:
        deploy(aws, images[0])
    return aws


def test_the_first_deployment_says_what_it_makes_and_costs(aws, nothing_deployed, images):
    printed = deploy(aws, images[0])
    assert "This makes, where it is missing" in printed
    assert "100,000 requests cost in a month" in printed
    assert "Version 1 answers, and has 100% of the requests." in printed


def test_the_function_has_limits_and_its_log_is_kept_for_two_weeks(live):
    function = connect("lambda", live).get_function(FunctionName="cola")["Configuration"]
    assert (function["MemorySize"], function["PackageType"]) == (1769, "Image")
    assert function["Timeout"] < 30
    [group] = connect("logs", live).describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == ("/aws/lambda/cola", 14)


def test_the_addresses_are_throttled_or_need_credentials(live):
    gateway, functions = connect("apigatewayv2", live), connect("lambda", live)
    [api] = gateway.get_apis()["Items"]
    [stage] = gateway.get_stages(ApiId=api["ApiId"])["Items"]
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 50
    [permission] = json.loads(functions.get_policy(FunctionName="cola")["Policy"])["Statement"]
    assert permission["Resource"].endswith(":function:cola:live")
    assert functions.get_function_url_config(FunctionName="cola")["AuthType"] == "AWS_IAM"


def test_the_role_may_only_write_the_log(live):
    role = connect("iam", live).get_role_policy(RoleName="cola-lambda", PolicyName="rights")
    [statement] = role["PolicyDocument"]["Statement"]
    assert statement["Resource"].endswith(":log-group:/aws/lambda/cola:*")


def test_the_http_api_answers(live):
    [api] = connect("apigatewayv2", live).get_apis()["Items"]
    status, text = request(api["ApiEndpoint"] + "/predict?text=They+not+yelled+us!")
    assert (status, json.loads(text)["sentence"]) == (200, "They not yelled us!")


def test_the_same_image_again_makes_nothing_twice(live, images):
    assert "Version 1 answers" in deploy(live, images[0])
    assert len(connect("apigatewayv2", live).get_apis()["Items"]) == 1
    assert_clear_error(try_deploy(live, images[0], "--canary=10"), "this image is deployed")


def test_a_canary_gets_a_part_of_the_requests_until_it_is_rolled_back(live, images):
    printed = deploy(live, images[1], "--canary", "10")
    canary = list_versions(live)[-1]
    assert canary != "1"
    assert f"Version {canary} answers, and has 10%" in printed
    assert read_weights(live) == ("1", {canary: 0.1})
    printed = deploy(live, "--rollback")
    assert f"Version 1 gets all requests again, not {canary}." in printed
    assert read_weights(live) == ("1", {})


def test_a_canary_is_promoted(live, images):
    deploy(live, images[1], "--canary", "10")
    canary = list_versions(live)[-1]
    assert f"Version {canary} answers, and has 100%" in deploy(live, "--promote")
    assert read_weights(live) == (canary, {})


def test_a_rollback_returns_to_the_version_before_and_no_further(live, images):
    deploy(live, images[1])
    before = list_versions(live)[-1]
    printed = deploy(live, images[2])
    newest = list_versions(live)[-1]
    assert len({"1", before, newest}) == 3
    assert f"Version {newest} answers" in printed
    assert read_weights(live) == (newest, {})
    printed = deploy(live, "--rollback")
    assert f"Version {before} gets all requests again, not {newest}." in printed
    assert read_weights(live) == (before, {})
    assert_clear_error(try_deploy(live, "--rollback"), "no version to return to")
    assert_clear_error(try_deploy(live, "--promote"), "no canary")


@pytest.mark.parametrize(
    "broken",
    [
        'raise RuntimeError("at the start")',
        "handler = lambda event, context: 1 / 0",
        'handler = lambda event, context: {"statusCode": 500, "headers": {}, "body": ""}',
    ],
)
def test_a_broken_version_is_taken_back(live, push, broken):
    image = push(broken)
    for options in (["--canary=10"], []):
        refused = try_deploy(live, image, *options)
        version = list_versions(live)[-1]
        assert version != "1"
        assert_clear_error(refused, f"Version {version} was taken back: version 1 has")
        assert read_weights(live) == ("1", {})
    address = connect("lambda", live).get_function_url_config(FunctionName="cola")["FunctionUrl"]
    assert request(f"{address}predict?text=They+not+yelled+us!")[0] == 200


def test_a_teardown_removes_everything(live):
    printed = deploy(live, "--teardown")
    for part in ("function cola", "HTTP API", "log group", "role cola-lambda"):
        assert part in printed
    assert not connect("lambda", live).list_functions()["Functions"]
    assert not connect("apigatewayv2", live).get_apis()["Items"]
    assert not connect("iam", live).list_roles()["Roles"]
    assert not connect("logs", live).describe_log_groups()["logGroups"]


def test_where_nothing_is_deployed_it_says_so(aws, nothing_deployed, images):
    deploy(aws, "--teardown")
    assert_clear_error(try_deploy(aws, "--rollback"), "Nothing is deployed")
    assert_clear_error(try_deploy(aws, images[0], "--canary=10"), "without --canary first")


def test_a_function_of_others_stays(moto_server):
    aws = make_environment(moto_server[0])
    role = connect("iam", aws).create_role(RoleName="other", AssumeRolePolicyDocument="{}")["Role"]
    connect("lambda", aws).create_function(
        FunctionName="cola",
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/other:1"},
        Role=role["Arn"],
    )
    for arguments in (["--teardown"], ["123456789012.dkr.ecr.eu-central-1.amazonaws.com/cola:1"]):
        assert_clear_error(try_deploy(aws, *arguments), "not of deploy_lambda.py's making")
    assert [role["RoleName"] for role in connect("iam", aws).list_roles()["Roles"]] == ["other"]
    assert len(connect("lambda", aws).list_functions()["Functions"]) == 1


def test_no_connection_is_a_clear_error():
    environment = make_environment("http://127.0.0.1:9") | {"AWS_MAX_ATTEMPTS": "1"}
    assert_clear_error(try_deploy(environment, "--teardown"), "Could not connect")


@pytest.mark.parametrize("arguments", [[], ["image", "--promote"], ["image", "--canary=100"]])
def test_wrong_arguments_are_a_clear_error(arguments):
    result = try_deploy(make_environment("http://127.0.0.1:9"), *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
