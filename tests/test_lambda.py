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
from support.steps import NEWEST, ROOT, STEPS

STEP = STEPS[NEWEST]
SAMPLES = STEP / "aws/events"
# The four samples of the step, and more that the tests alone need
EVENTS = [*sorted(SAMPLES.iterdir()), *sorted((ROOT / "tests/events").iterdir())]
INVOKE = ("-m", "aws.local.invoke")


def make_event(method, path, **context):
    """The event of a Function URL for a request, with more in its context."""
    http = {"method": method, "path": path, "sourceIp": "127.0.0.1"}
    return {
        "version": "2.0",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": http, **context},
    }


POST = make_event("POST", "/predict") | {"body": json.dumps({"sentences": [SENTENCE]})}
STATUSES = {"malformed": "422", "too_long": "422", "vpc_lattice": "400", "websocket": "400"}
ACCEPTED = (
    "This is not a request that the function understands. It answers HTTP requests of API Gateway "
    "(HTTP API or REST API), of a Function URL and of an Application Load Balancer, and direct "
    'events such as {"sentence": "The boy is sitting on a bench"}.'
)


def read_answers(printed):
    """The answers by the names of their events, from what aws.local.invoke prints."""
    return dict(re.findall(r"^(\S+) +[\d.]+ ms  (.*)$", printed, re.M))


@pytest.fixture(scope="module")
def answers(folder):
    """The answers to all events, from the emulator on this machine."""
    printed = succeed(folder, *INVOKE, *map(str, EVENTS))
    assert printed.count("REPORT RequestId") == len(EVENTS)
    return read_answers(printed)


def test_without_arguments_the_samples_are_sent_and_their_statuses_written(folder, tmp_path):
    output = tmp_path / "production/events.json"
    answers = read_answers(succeed(folder, *INVOKE, f"--output={output}"))
    results = json.loads(output.read_text())
    assert list(results) == list(answers) == ["direct", "function_url", "http_api", "malformed"]
    assert [result["status"] for result in results.values()] == [200, 200, 200, 422]
    assert all(result["milliseconds"] > 0 for result in results.values())


def predict(folder, *sentences):
    printed = succeed(folder, "inference_onnx.py", *sentences)
    return [json.loads(line) for line in printed.splitlines()]


def test_every_event_is_answered_as_the_app_does(folder, answers):
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
        "load_balancer": of_wrong,
        "load_balancer_multi_value": of_both,
        "rest_api": of_both,
        "malformed": {"detail": "body.sentence: Input should be a valid string"},
        "too_long": {"detail": "body.sentences.0: String should have at most 1000 characters"},
        "vpc_lattice": {"detail": ACCEPTED},
        "websocket": {"detail": ACCEPTED},
    }
    assert answers["function_url_page"].startswith("200 <!doctype html>")
    data = {name: answer for name, answer in answers.items() if name != "function_url_page"}
    assert {name: json.loads(answer[4:]) for name, answer in data.items()} == expected
    for name, answer in data.items():
        assert answer[:3] == STATUSES.get(name, "200"), name


REFUSED: list[object] = [
    *(None, [], "text", 5, {}, {"sentence": None}, {"sentence": ""}, {"sentence": " "}),
    *({"sentence": "a" * 1001}, {"sentence": "\ud800"}, {"sentence": ["a"]}),
    {"Records": [{"eventSource": "aws:sqs", "body": "text"}]},
    POST | {"body": '{"sentences": []}'},
    POST | {"body": "{"},
]
NOT_UNDERSTOOD: list[object] = [
    *({"requestContext": None}, {"requestContext": {}}, {"version": "2.0", "requestContext": {}}),
    {"version": "2.0", "requestContext": {"http": None}, "headers": None},
    POST | {"body": "\ud800"},
    POST | {"body": 5},
    POST | {"headers": POST["headers"] | {"host": "a:b:c"}},
    POST | {"headers": {"host": "a:b:c"}},
]


@pytest.mark.parametrize(("events", "status"), [(REFUSED, 422), (NOT_UNDERSTOOD, 400)])
def test_malformed_events_get_a_reason(folder, events, status):
    answers = call(folder, events)
    assert len(answers) == len(events)
    for event, answer in zip(events, answers, strict=True):
        assert answer["statusCode"] == status, event
        assert answer["headers"]["content-type"] == "application/json"
        detail = json.loads(answer["body"])["detail"]
        assert isinstance(detail, str) and len(detail) < 300
        assert "Traceback" not in detail and (status == 422 or detail == ACCEPTED)


def test_a_body_that_is_not_base64_is_refused_in_plain_words(folder):
    [answer] = call(folder, [POST | {"body": "not base64!", "isBase64Encoded": True}])
    assert (answer["statusCode"], "base64" in answer["body"]) == (400, True)


def test_a_load_balancer_gets_headers_in_the_form_in_which_it_sends_them(folder):
    single, multiple = [
        json.loads((ROOT / f"tests/events/{name}.json").read_text())
        for name in ("load_balancer", "load_balancer_multi_value")
    ]
    answers = call(folder, [single, multiple])
    assert answers[0]["headers"]["x-function-version"] == "3"
    assert answers[1]["multiValueHeaders"]["x-function-version"] == ["3"]
    assert "headers" not in answers[1]


def test_other_requests_get_the_apps_status(folder):
    events = [
        POST,
        make_event("GET", "/nowhere"),
        make_event("DELETE", "/predict"),
        make_event(["GET"], "/predict"),
        POST | {"body": "a" * 1_000_001},
    ]
    statuses = [answer["statusCode"] for answer in call(folder, events)]
    assert statuses == [200, 404, 405, 405, 413]


def test_the_app_works_in_a_stage_of_api_gateway(folder):
    paths = ("/prod/docs", "/prod/health")
    docs, health = call(folder, [make_event("GET", path, stage="prod") for path in paths])
    assert "/prod/openapi.json" in docs["body"], "the page finds its description in the stage"
    assert json.loads(health["body"]) == {"status": "ok"}
    assert health["headers"]["x-function-version"] == "3"


@pytest.mark.parametrize(
    ("full_path", "target"), [("/prod/predict/", "/prod/predict"), ("/predict/", "/predict")]
)
def test_a_redirect_of_a_rest_api_stays_in_its_stage(folder, full_path, target):
    """With a domain of one's own, the stage is not in the path."""
    event = json.loads((ROOT / "tests/events/rest_api_get.json").read_text())
    event["path"] = "/predict/"
    event["requestContext"]["path"] = full_path
    [answer] = call(folder, [event])
    assert answer["statusCode"] == 307
    assert answer["headers"]["location"].split("?")[0].endswith(f".com{target}")


def test_a_timeout_is_reported_and_the_next_event_answered(folder, tmp_path):
    (tmp_path / "slow.json").write_text(json.dumps(POST | {"body": SLOW.decode()}))
    # The limit is also that of the next event, which starts the handler anew in this time.
    environment = os.environ | {"AWS_LAMBDA_FUNCTION_TIMEOUT": "5"}
    events = [str(tmp_path / "slow.json"), "aws/events/direct.json", f"--output={tmp_path / 'out'}"]
    answers = read_answers(succeed(folder, *INVOKE, *events, env=environment))
    assert answers["slow"] == "Task timed out after 5.00 seconds"
    results = json.loads((tmp_path / "out").read_text())
    assert [result["status"] for result in results.values()] == [None, 200]
    assert answers["direct"].startswith("200 ")


def test_without_an_event_or_an_emulator_it_says_so(folder):
    assert_clear_error(run(folder, *INVOKE, "events/none.json"), "events/none.json")
    hidden = "import sys; sys.modules['samcli'] = None; from aws.local.invoke import main; main()"
    assert_clear_error(run(folder, "-c", hidden), "requirements/emulator.txt")


def test_a_new_version_is_not_blamed_for_what_the_old_one_answers(folder):
    only_the_old_one = [("1", "status 500"), *3 * [("2", "")]]
    both = [("1", "status 500"), ("2", "status 502")]
    found = run_program(folder, "check_versions", input=json.dumps([only_the_old_one, both]))
    assert found.stdout == '""\n"status 502"\n', found.stderr


def test_an_error_without_a_version_is_tried_again_before_it_counts(folder):
    busy = [*5 * [(None, "status 429")], ("1", ""), *4 * [(None, "status 403")], *3 * [("2", "")]]
    dead = [*5 * [(None, "status 502")], ("1", ""), *5 * [(None, "status 502")]]
    found = run_program(folder, "check_versions", input=json.dumps([busy, dead]))
    assert found.stdout == '""\n"status 502"\n', found.stderr


@pytest.fixture(scope="module")
def image(lambda_base, folder):
    name = f"cola-lambda-test-{uuid.uuid4().hex[:8]}"
    label = f"REVISION={'a' * 40}"
    command = ("build", "--file=aws/Dockerfile", f"--build-arg={label}", f"--tag={name}", ".")
    docker(*command, cwd=folder)
    yield name
    docker("rmi", "--force", name)


def test_the_image_answers_every_event_as_this_machine_does(image, answers):
    with lambda_container(image, "--memory=512m") as (identifier, url):
        for path in EVENTS:
            status, text = request(url, path.read_bytes())
            answer = json.loads(text)
            assert (status, str(answer["statusCode"])) == (200, answers[path.stem][:3])
            if path.stem != "function_url_page":
                # Another Python and another C library, but the same words and figures.
                assert json.loads(answer["body"]) == json.loads(answers[path.stem][4:])
        assert read_logs(identifier).count("REPORT RequestId") == len(EVENTS)


def test_the_image_has_no_rights_and_no_packages_that_it_does_not_need(image):
    with lambda_container(image) as (identifier, _):
        assert docker("exec", identifier, "id", "-u") == "65532"
        packages = docker("exec", identifier, "ls", "/var/task")
    assert "onnxruntime" in packages
    assert not re.search("^(torch|transformers|uvicorn|boto3|pytest)$", packages, re.M)


def test_a_function_out_of_memory_is_reported(image):
    with lambda_container(image, "--memory=48m", "--memory-swap=48m") as (identifier, url):
        _, text = request(url, (SAMPLES / "direct.json").read_bytes(), 60)
        assert "label" not in text
        assert re.search("signal: killed|Runtime.ExitError", text + read_logs(identifier))


def try_command(aws, *arguments):
    """Run aws.deploy_lambda, which may fail; what came of it."""
    return run(STEP, "-m", "aws.deploy_lambda", *arguments, env=os.environ | aws)


def run_command(aws, *arguments):
    """Run aws.deploy_lambda, which must succeed; what it prints."""
    return succeed(STEP, "-m", "aws.deploy_lambda", *arguments, env=os.environ | aws)


def deploy(aws, *arguments):
    """Deploy an image, which must succeed; what is printed."""
    return run_command(aws, "deploy", *arguments)


@pytest.fixture(scope="module")
def aws(docker_engine, moto_python, tmp_path_factory):
    """What AWS's tools need to talk to moto; one moto, and one registry, for all tests here."""
    folder = tmp_path_factory.mktemp("aws")
    with serving_aws(moto_python, folder) as (url, port), serving_registry(port, folder):
        yield make_environment(url)
        run_command(make_environment(url), "teardown")


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
        command = ("-m", "aws.push_to_ecr", built[-1], "--repository=cola-lambda")
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


def reset_alias(aws, version, history=""):
    """Give a version all requests, with these versions in the function's history."""
    functions = connect("lambda", aws)
    alias = functions.update_alias(
        FunctionName="cola",
        Name="live",
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": {}},
    )
    function_arn = alias["AliasArn"].removesuffix(":live")
    functions.tag_resource(Resource=function_arn, Tags={"version-history": history})


def read_weights(aws):
    """The version that the alias points to, and the weights of others."""
    alias = connect("lambda", aws).get_alias(FunctionName="cola", Name="live")
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return alias["FunctionVersion"], weights


@pytest.fixture
def nothing_deployed(aws):
    if list_versions(aws):
        run_command(aws, "teardown")


@pytest.fixture
def live(aws, images):
    """As `aws`, with the first image deployed: version 1 has all requests, and none came before."""
    if list_versions(aws):
        reset_alias(aws, "1")
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
    assert "this image is deployed" in deploy(live, images[0], "--canary=10")
    assert "There is no canary: version 1 has all" in run_command(live, "promote")
    assert read_weights(live) == ("1", {})


def test_a_canary_gets_a_part_of_the_requests_until_it_is_rolled_back(live, images):
    printed = deploy(live, images[1], "--canary", "10")
    canary = list_versions(live)[-1]
    assert canary != "1"
    assert f"Version {canary} answers, and has 10%" in printed
    assert read_weights(live) == ("1", {canary: 0.1})
    printed = run_command(live, "rollback")
    assert f"Version 1 gets all requests again, not {canary}." in printed
    assert read_weights(live) == ("1", {})


def test_a_canary_is_promoted(live, images):
    deploy(live, images[1], "--canary", "10")
    canary = list_versions(live)[-1]
    assert f"Version {canary} answers, and has 100%" in run_command(live, "promote")
    assert read_weights(live) == (canary, {})


def test_a_rollback_returns_to_the_version_before_and_no_further(live, images):
    deploy(live, images[1])
    before = list_versions(live)[-1]
    printed = deploy(live, images[2])
    newest = list_versions(live)[-1]
    assert len({"1", before, newest}) == 3
    assert f"Version {newest} answers" in printed
    assert read_weights(live) == (newest, {})
    printed = run_command(live, "rollback")
    assert f"Version {before} gets all requests again, not {newest}." in printed
    assert read_weights(live) == (before, {})
    assert_clear_error(try_command(live, "rollback"), "no version to return to")


def test_the_history_of_versions_is_in_a_tag_of_the_function(live, images):
    deploy(live, images[1])
    newest = list_versions(live)[-1]
    function = connect("lambda", live).get_function(FunctionName="cola")
    assert function["Tags"]["version-history"] == f"{newest} 1"
    assert function["Tags"]["made-by"] == "deploy_lambda.py"


@pytest.fixture
def three_versions(moto_server):
    """What AWS's tools need to talk to moto, which has versions 1 to 3; the alias is at 2."""
    aws = make_environment(moto_server[0])
    functions = connect("lambda", aws)
    role = connect("iam", aws).create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/cola"
    settings = {"PackageType": "Image", "Code": {"ImageUri": f"{image}:0"}, "Role": role["Arn"]}
    functions.create_function(FunctionName="cola", **settings)
    for version in (1, 2, 3):
        functions.update_function_code(FunctionName="cola", ImageUri=f"{image}:{version}")
        functions.publish_version(FunctionName="cola")
    functions.create_alias(FunctionName="cola", Name="live", FunctionVersion="2")
    functions.create_function_url_config(FunctionName="cola", AuthType="AWS_IAM")
    reset_alias(aws, "2", "2 1")
    return aws


@pytest.mark.parametrize(
    ("command", "function", "expected"),
    [
        (["shift", "3"], "route_traffic", ["2", "1"]),  # before the alias is moved
        (["shift", "3"], "check_version", ["3", "2"]),  # after it
        (["rollback"], "write_history", ["2", "1"]),
        (["rollback"], "route_traffic", ["2", "1"]),
    ],
)
def test_a_rollback_after_a_killed_process_returns_to_the_version_before(
    three_versions, command, function, expected
):
    environment = os.environ | three_versions
    killed = run_program(STEP, "die_while_deploying", function, *command, env=environment)
    assert killed.returncode == 9, killed.stderr
    current, before = expected
    assert read_weights(three_versions) == (current, {})
    printed = run_command(three_versions, "rollback")
    assert printed == f"Version {before} gets all requests again, not {current}.\n"
    assert read_weights(three_versions) == (before, {})
    assert_clear_error(try_command(three_versions, "rollback"), "no version to return to")


def test_the_pipeline_may_call_what_its_deployment_calls(live, images, tmp_path):
    policy = json.loads((STEP / "aws/iam/pipeline_lambda_policy.json").read_text())
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    calls = tmp_path / "calls"
    environment = os.environ | live | {"CALLS": str(calls)}
    for command in (["deploy", images[1], "--canary=10"], ["promote"]):
        result = run_program(STEP, "list_api_calls", "aws.deploy_lambda", *command, env=environment)
        assert result.returncode == 0, result.stderr
    called = set(calls.read_text().split())
    assert {"lambda:UpdateAlias", "lambda:ListTags", "lambda:TagResource"} <= called <= allowed


FAILING = 'handler = lambda event, context: {"statusCode": 500, "headers": {}, "body": ""}'


@pytest.mark.parametrize(
    ("broken", "options"),
    [
        ('raise RuntimeError("at the start")', ["--canary=10"]),
        ("handler = lambda event, context: 1 / 0", []),
        (FAILING, ["--canary=10"]),
    ],
)
def test_a_broken_version_is_taken_back(live, push, broken, options):
    refused = try_command(live, "deploy", push(broken), *options)
    version = list_versions(live)[-1]
    assert version != "1"
    assert_clear_error(refused, f"Version {version} was taken back: version 1 has")
    assert read_weights(live) == ("1", {})
    address = connect("lambda", live).get_function_url_config(FunctionName="cola")["FunctionUrl"]
    assert request(f"{address}predict?text=They+not+yelled+us!")[0] == 200


def test_a_teardown_removes_everything(live):
    printed = run_command(live, "teardown")
    for part in ("function cola", "HTTP API", "log group", "role cola-lambda"):
        assert part in printed
    assert not connect("lambda", live).list_functions()["Functions"]
    assert not connect("apigatewayv2", live).get_apis()["Items"]
    assert not connect("iam", live).list_roles()["Roles"]
    assert not connect("logs", live).describe_log_groups()["logGroups"]


def test_where_nothing_is_deployed_it_says_so(aws, nothing_deployed, images):
    run_command(aws, "teardown")
    for command in ("rollback", "promote"):
        assert_clear_error(try_command(aws, command), "Nothing is deployed")
    refused = try_command(aws, "deploy", images[0], "--canary=10")
    assert_clear_error(refused, "without --canary first")


def test_a_function_of_others_stays(moto_server):
    aws = make_environment(moto_server[0])
    role = connect("iam", aws).create_role(RoleName="other", AssumeRolePolicyDocument="{}")["Role"]
    connect("lambda", aws).create_function(
        FunctionName="cola",
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/other:1"},
        Role=role["Arn"],
    )
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/cola:1"
    for arguments in (["teardown"], ["deploy", image]):
        assert_clear_error(try_command(aws, *arguments), "aws.deploy_lambda has not made")
    assert [role["RoleName"] for role in connect("iam", aws).list_roles()["Roles"]] == ["other"]
    assert len(connect("lambda", aws).list_functions()["Functions"]) == 1


def test_no_connection_is_a_clear_error():
    environment = make_environment("http://127.0.0.1:9") | {"AWS_MAX_ATTEMPTS": "1"}
    assert_clear_error(try_command(environment, "teardown"), "Could not connect")


@pytest.mark.parametrize(
    "arguments", [[], ["deploy"], ["promote", "image"], ["deploy", "image", "--canary=100"]]
)
def test_wrong_arguments_are_a_clear_error(arguments):
    result = try_command(make_environment("http://127.0.0.1:9"), *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
