"""Step 7: S3 on a real server, images in a real registry, AWS's records by moto."""

import base64
import json
import os
import re
import secrets
import shutil
import subprocess

import pytest
import requests

from steps import list_files
from support.aws import connect, forget_records, make_environment, serving_aws, serving_registry
from support.containers import docker
from support.scripts import assert_clear_error, run, run_program, succeed
from support.servers import request
from support.steps import NEWEST, STEPS

STEP = STEPS[NEWEST]
IAM = STEP / "aws/iam"


def test_aws_errors_are_caught_in_one_file():
    names = [name for name in sorted(list_files(STEP)) if name.endswith(".py")]
    catching = [name for name in names if "BotoCoreError" in (STEP / name).read_text()]
    assert catching == ["aws/errors.py"]


def test_s3_from_making_a_bucket_to_removing_it(s3_server):
    environment = os.environ | s3_server.environment
    printed = succeed(STEP, "-m", "aws.s3_basics", "cola-notes", env=environment)
    words = [line.split()[0] for line in printed.splitlines()]
    assert words == [
        "bucket",
        "put",
        "list",
        "get",
        "presign",
        "fetch",
        "version",
        "delete",
        "removed",
    ]
    assert "14 bytes" in printed
    assert "fetch      Hello, bucket!" in printed
    assert "2 are kept; the first says: Hello, bucket!" in printed
    assert "0 objects are left" in printed
    again = succeed(STEP, "-m", "aws.s3_basics", "cola-notes", env=environment)
    assert again == printed, "nothing is left of the first time"


def test_s3_a_presigned_address_needs_no_key_and_an_edited_one_is_refused(s3_server):
    s3 = connect("s3", s3_server.environment)
    s3.put_object(Bucket=s3_server.bucket, Key="shared.txt", Body=b"read me")
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": s3_server.bucket, "Key": "shared.txt"}, ExpiresIn=60
    )
    assert request(url) == (200, "read me")
    for bad in (url.split("?")[0], url.replace("shared.txt", "other.txt"), url[:-4] + "0000"):
        assert request(bad)[0] == 403


@pytest.mark.parametrize(
    ("bucket", "environment", "message"),
    [
        ("cola", {}, "There is a bucket cola already"),
        ("new-bucket", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "somebody else has taken"),
        ("new-bucket", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "Could not connect"),
    ],
)
def test_s3_a_refusal_is_one_clear_line(s3_server, bucket, environment, message):
    environment = os.environ | s3_server.environment | {"AWS_MAX_ATTEMPTS": "1"} | environment
    assert_clear_error(run(STEP, "-m", "aws.s3_basics", bucket, env=environment), message)


def test_without_credentials_it_says_so(tmp_path):
    environment = os.environ | {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    result = run(STEP, "-m", "aws.s3_basics", "some-bucket", env=environment)
    assert_clear_error(result, "credentials")


@pytest.fixture(scope="module")
def moto_server(moto_python, tmp_path_factory):
    """As in conftest.py, but one for all tests here; `aws` lets it forget what a test has made."""
    with serving_aws(moto_python, tmp_path_factory.mktemp("moto")) as server:
        yield server


@pytest.fixture
def aws(moto_server):
    url, _ = moto_server
    yield make_environment(url)
    forget_records(url)


@pytest.fixture(scope="module")
def registry(docker_engine, moto_server, tmp_path_factory):
    """As in conftest.py, but one for all tests here, whose images have nothing in common."""
    with serving_registry(moto_server[1], tmp_path_factory.mktemp("registry")) as address:
        yield address


@pytest.fixture
def build(tmp_path):
    """Builds a small image of two layers, labelled as the step's; removes them afterwards."""
    built: list[str] = []
    test = secrets.token_hex(4)

    def build(revision, content):
        (tmp_path / "big").write_text(f"the same in each version of the test {test}")
        (tmp_path / "small").write_text(f"{content} of the test {test}")
        label = f"LABEL org.opencontainers.image.revision={revision}\n" if revision else ""
        (tmp_path / "Dockerfile").write_text(f"FROM scratch\nCOPY big /\nCOPY small /\n{label}")
        name = f"cola-push-test-{test}:{len(built)}"
        docker("build", "--tag", name, str(tmp_path))
        built.append(name)
        return name

    yield build
    for name in built:
        docker("rmi", "--force", name, check=False)


def make_revision():
    """A commit that no other image is from."""
    return secrets.token_hex(20)


def try_push(aws, image):
    """Push an image, which may fail; what came of it."""
    return run(STEP, "-m", "aws.push_to_ecr", image, env=os.environ | aws)


def push(aws, *arguments):
    """Push an image, which must succeed; what is printed, and at its end the tag and the digest."""
    printed = succeed(STEP, "-m", "aws.push_to_ecr", *arguments, env=os.environ | aws)
    return printed, *printed.splitlines()[-2:]


def test_the_first_push_makes_the_repository_and_names_the_image(aws, registry, build):
    revision = make_revision()
    printed, tag, digest = push(aws, build(revision, "first version"))
    assert "Making the repository cola" in printed
    assert printed.count("Pushed") == 2
    assert tag == f"{registry}/cola:{revision[:12]}"
    assert re.fullmatch(rf"{registry}/cola@sha256:[0-9a-f]{{64}}", digest)


def test_an_image_is_pushed_once(aws, registry, build):
    image = build(make_revision(), "first version")
    _, *names = push(aws, image)
    printed, *names_again = push(aws, image)
    assert "This image is there already." in printed
    assert "Pushed" not in printed
    assert names_again == names


def test_only_the_layers_that_changed_are_pushed(aws, registry, build):
    push(aws, build(make_revision(), "first version"))
    printed, *_ = push(aws, build(make_revision(), "second version"))
    assert printed.count("Layer already exists") == 1
    assert printed.count("Pushed") == 1


def test_another_image_of_the_same_commit_is_refused(aws, registry, build):
    revision = make_revision()
    push(aws, build(revision, "first version"))
    refused = try_push(aws, build(revision, "second version"))
    assert_clear_error(refused, "is another image", "commit, and build again")


def test_in_ci_the_image_that_another_machine_built_from_the_commit_stays(aws, registry, build):
    revision = make_revision()
    _, *names = push(aws, build(revision, "built on this machine"))
    image = build(revision, "built on that machine")
    printed, *names_again = push(aws, image, "--accept-existing")
    assert "An image of this commit is there already, and stays." in printed
    assert names_again == names


def put_index(registry, revision, digest):
    """Put an index, which lists an image of the repository, under the tag of a commit."""
    url = f"http://{registry}/v2/cola/manifests"
    login = ("AWS", "123456789012-auth-token")
    docker_type = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = requests.get(
        f"{url}/{digest}", auth=login, headers={"Accept": docker_type}, timeout=30
    )
    listed = {"mediaType": docker_type, "digest": digest, "size": len(manifest.content)}
    index_type = "application/vnd.oci.image.index.v1+json"
    index = {"schemaVersion": 2, "mediaType": index_type, "manifests": [listed]}
    headers = {"Content-Type": index_type}
    put = requests.put(
        f"{url}/{revision[:12]}", json.dumps(index), auth=login, headers=headers, timeout=30
    )
    put.raise_for_status()


def test_an_index_in_ecr_is_refused(aws, registry, build):
    revision = make_revision()
    *_, name = push(aws, build(make_revision(), "first version"))
    put_index(registry, revision, name.split("@")[1])
    refused = try_push(aws, build(revision, "second version"))
    assert_clear_error(refused, f"cola:{revision[:12]}, in ECR, is an index", "batch-delete-image")


def write_docker(folder, script):
    """Write a program `docker`; return the PATH that begins with it."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_an_index_is_refused_before_the_push(aws, tmp_path):
    """`docker` prints what Docker 29 says of an image in containerd's image store."""
    descriptor = {"mediaType": "application/vnd.oci.image.index.v1+json"}
    answer = json.dumps([{"Id": "sha256:1", "Config": {}, "Descriptor": descriptor}])
    path = write_docker(tmp_path, f"echo '{answer}'")
    refused = try_push(aws | {"PATH": path}, "cola")
    assert_clear_error(refused, "cola is an index", "BUILDX_NO_DEFAULT_ATTESTATIONS=1")


def test_the_push_goes_to_the_engine_of_dockers_context(aws, registry, build, tmp_path):
    default = docker("context", "inspect", "--format={{.Endpoints.docker.Host}}")
    socket = tmp_path / "elsewhere.sock"
    socket.symlink_to(default.removeprefix("unix://"))
    settings = os.environ | {"DOCKER_CONFIG": str(tmp_path / "docker-settings")}
    for command in (["create", f"--docker=host=unix://{socket}"], ["use"]):
        docker("context", *command, "elsewhere", env=settings)
    calls = tmp_path / "calls"
    script = f'echo "$1 $DOCKER_HOST" >> {calls}; exec {shutil.which("docker")} "$@"'
    path = write_docker(tmp_path, script)
    environment = aws | {"PATH": path, "DOCKER_CONFIG": settings["DOCKER_CONFIG"]}
    push(environment, build(make_revision(), "first version"))
    for command in ("login", "push"):
        assert f"{command} unix://{socket}\n" in calls.read_text()


def test_the_login_is_not_kept(aws, registry, build):
    *_, digest = push(aws, build(make_revision(), "first version"))
    pull = ["docker", "pull", digest]
    denied = subprocess.run(pull, capture_output=True, text=True, check=False)
    assert denied.returncode != 0
    assert "no basic auth credentials" in denied.stderr


def test_the_pushed_image_is_the_built_one(aws, registry, build, tmp_path):
    image = build(make_revision(), "first version")
    built = docker("image", "inspect", "--format={{.Id}}", image)
    *_, digest = push(aws, image)
    docker("rmi", "--force", built)
    [authorization] = connect("ecr", aws).get_authorization_token()["authorizationData"]
    _, password = base64.b64decode(authorization["authorizationToken"]).decode().split(":")
    with_login = f"--config={tmp_path / 'login'}"
    login = ("login", "--username=AWS", "--password-stdin", registry)
    docker(with_login, *login, input=password)
    docker(with_login, "pull", "--quiet", digest)
    assert docker("image", "inspect", "--format={{.Id}}", digest) == built
    docker("rmi", "--force", built)


def test_the_repository_is_made_without_a_push(aws, registry):
    printed = succeed(STEP, "-m", "aws.push_to_ecr", "--create-repository", env=os.environ | aws)
    assert printed.splitlines()[-1] == f"{registry}/cola"
    ecr = connect("ecr", aws)
    [repository] = ecr.describe_repositories()["repositories"]
    assert repository["repositoryName"] == "cola"
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    # A policy would delete old images, and so the one that runs, if nothing newer is as good.
    with pytest.raises(ecr.exceptions.LifecyclePolicyNotFoundException):
        ecr.get_lifecycle_policy(repositoryName="cola")


def test_what_cannot_be_pushed_is_refused(aws, registry, build):
    assert_clear_error(try_push(aws, build("", "no revision")), "--build-arg REVISION")
    assert_clear_error(try_push(aws, "no-such-image"), "docker image", "no-such-image")
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    refused = try_push(aws | nowhere, build(make_revision(), "first version"))
    assert_clear_error(refused, "Could not connect")


APPLY = ("apply", "octo/cola-service", "--ids", "12", "345", "--bucket", "my-models")


def change_role(aws, *arguments):
    """Run aws.github_role, which must succeed; what it prints."""
    return succeed(STEP, "-m", "aws.github_role", *arguments, env=os.environ | aws)


def test_the_role_is_applied_twice(aws):
    for word in ("made", "updated"):
        printed = change_role(aws, *APPLY)
        assert f"{word:<8} role cola-pipeline" in printed
        assert "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/cola-pipeline" in printed


def test_the_role_is_for_the_main_branch_of_the_repository(aws):
    change_role(aws, *APPLY)
    iam = connect("iam", aws)
    role = iam.get_role(RoleName="cola-pipeline")["Role"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    claims = statement["Condition"]["StringEquals"]
    assert claims["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    subject = claims["token.actions.githubusercontent.com:sub"]
    assert subject == "repo:octo@12/cola-service@345:ref:refs/heads/main"
    policy = iam.get_role_policy(RoleName="cola-pipeline", PolicyName="pipeline_policy")
    resources = [statement["Resource"] for statement in policy["PolicyDocument"]["Statement"]]
    assert "arn:aws:s3:::my-models/models/*" in resources


@pytest.mark.parametrize("arguments", [("octo", "12"), ("octo/*", "12"), ("octo/cola", "x")])
def test_a_repository_or_number_that_github_does_not_have_is_refused(arguments):
    repository, owner_id = arguments
    command = (
        "-m",
        "aws.github_role",
        "apply",
        repository,
        "--ids",
        owner_id,
        "345",
        "--bucket=models",
    )
    refused = run(STEP, *command)
    assert refused.returncode == 2
    assert "is not OWNER/REPOSITORY" in refused.stderr or "invalid int" in refused.stderr


def test_s3_presigned_urls_name_the_region_and_have_the_current_signature(tmp_path):
    found = run_program(STEP, "presign_in_regions").stdout.splitlines()
    assert found == [
        f"https://my-bucket.s3{host}.amazonaws.com/notes/hello.txt AWS4-HMAC-SHA256"
        for host in ("", ".eu-west-1", ".ap-southeast-4")
    ]


def test_the_role_is_removed(aws):
    change_role(aws, *APPLY)
    change_role(aws, *APPLY)
    assert change_role(aws, "remove").count("removed") == 2
    iam = connect("iam", aws)
    assert not iam.list_roles()["Roles"]
    assert not iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    change_role(aws, "remove")  # removing nothing is no error


def test_the_role_has_the_rights_of_this_folder_and_no_older_ones(aws):
    iam = connect("iam", aws)
    change_role(aws, *APPLY)
    text = (IAM / "pipeline_policy.json").read_text()
    iam.put_role_policy(RoleName="cola-pipeline", PolicyName="older", PolicyDocument=text)
    change_role(aws, *APPLY)
    names = iam.list_role_policies(RoleName="cola-pipeline")["PolicyNames"]
    assert names == [path.stem for path in sorted(IAM.glob("pipeline_*.json"))]
    assert len(names) == 3


@pytest.mark.parametrize("bucket", ["*", "s3://my-models"])
def test_a_text_that_names_no_bucket_gives_no_rights(aws, bucket):
    refused = run(STEP, "-m", "aws.github_role", *APPLY[:-1], bucket, env=os.environ | aws)
    assert "is not the name of a bucket" in refused.stderr
    assert not connect("iam", aws).list_roles()["Roles"]


IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/cola:1"


@pytest.mark.parametrize(
    ("role", "commands"),
    [
        ("cola-pipeline", ["aws.github_role remove", " ".join(["aws.github_role", *APPLY])]),
        ("cola-lambda", ["aws.deploy_lambda teardown", f"aws.deploy_lambda deploy {IMAGE}"]),
        (
            "cola-forwarder",
            [
                "aws.setup_cloudwatch teardown",
                f"aws.setup_cloudwatch apply {IMAGE} --elasticsearch https://e.example:9200 "
                "--bucket models",
            ],
        ),
    ],
)
def test_a_role_of_others_stays_and_nothing_is_made(aws, role, commands):
    iam = connect("iam", aws)
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    for command in commands:
        refused = run(STEP, "-m", *command.split(), env=os.environ | aws)
        assert_clear_error(refused, f"There is a role {role} that")
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == [role]
    assert not iam.list_role_policies(RoleName=role)["PolicyNames"]
    assert not connect("logs", aws).describe_log_groups()["logGroups"]


def test_a_forwarder_of_others_stays(aws):
    role = connect("iam", aws).create_role(RoleName="other", AssumeRolePolicyDocument="{}")["Role"]
    functions = connect("lambda", aws)
    functions.create_function(
        FunctionName="cola-forwarder",
        PackageType="Image",
        Code={"ImageUri": IMAGE},
        Role=role["Arn"],
    )
    refused = run(STEP, "-m", "aws.setup_cloudwatch", "teardown", env=os.environ | aws)
    assert_clear_error(refused, "There is a function cola-forwarder that")
    assert len(functions.list_functions()["Functions"]) == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("ExpiredToken", "aws sso login"),
        ("ExpiredTokenException", "aws sso login"),
        ("InvalidClientTokenId", "AWS_ACCESS_KEY_ID"),
        ("RequestTimeTooSkewed", "clock"),
        ("NoRegionError", "export AWS_DEFAULT_REGION"),
        ("NoCredentialsError", "aws sso login"),
    ],
)
def test_a_newcomers_error_says_what_to_do(code, advice):
    assert_clear_error(run_program(STEP, "raise_aws_error", code), advice)


def test_a_provider_of_others_stays(aws):
    iam = connect("iam", aws)
    url = "https://token.actions.githubusercontent.com"
    iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])
    assert "found    arn:aws:iam" in change_role(aws, *APPLY)
    change_role(aws, "remove")
    assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1


# No policy can name these in advance: objects in a bucket, a function's versions, a log's streams
UNNAMED = (
    *("/models/*", "/dead-letter/*", "/async/cola-forwarder/*"),
    *(":function:cola:*", "/aws/lambda/cola:*", "/aws/lambda/cola-forwarder:*"),
)


@pytest.mark.parametrize("path", sorted(IAM.glob("*.json")), ids=lambda path: path.name)
def test_policies_name_what_they_allow(path):
    """No wildcard where a resource can be named; only ECR's login names none at all."""
    for statement in json.loads(path.read_text())["Statement"]:
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        assert not [action for action in actions if "*" in action]
        resources = statement.get("Resource", [])
        for resource in [resources] if isinstance(resources, str) else resources:
            if resource == "*":
                assert actions == ["ecr:GetAuthorizationToken"]
            elif "*" in resource:
                assert resource.endswith(UNNAMED)
        assert statement["Effect"] == "Allow"
        assert "StringLike" not in json.dumps(statement)


def test_no_key_is_in_the_step():
    key = re.compile(r"(AKIA|ASIA)[0-9A-Z]{16}|aws_secret_access_key\s*=|AWS_SECRET_ACCESS_KEY:")
    for name in list_files(STEP):
        assert not key.search((STEP / name).read_text(errors="replace")), name
    assert "secrets.AWS" not in (STEP / ".github/workflows/pipeline.yaml").read_text()
