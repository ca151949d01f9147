"""Step 7: S3 on a real server, images in a real registry, AWS's records by moto."""

import json
import os
import re
import subprocess

import boto3
import pytest

from conftest import NEWEST, STEPS, assert_clear_error, docker, request, run
from steps import list_files

STEP = STEPS[NEWEST]
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests"}


def test_s3_from_making_a_bucket_to_removing_it(s3_server):
    environment = os.environ | s3_server.environment
    result = run(STEP, "s3_basics.py", "cola-notes", env=environment)
    assert result.returncode == 0, result.stderr
    words = [line.split()[0] for line in result.stdout.splitlines()]
    assert words == ["bucket", "put", "list", "get", "presign", "version", "delete", "removed"]
    assert "14 bytes" in result.stdout
    assert "2 are kept; the first says: Hello, bucket!" in result.stdout
    assert "0 objects are left" in result.stdout
    again = run(STEP, "s3_basics.py", "cola-notes", env=environment)
    assert again.stdout == result.stdout, "nothing is left of the first time"


def test_s3_a_presigned_address_needs_no_key_and_an_edited_one_is_refused(s3_server):
    options = {
        "aws_access_key_id": s3_server.environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": s3_server.environment["AWS_SECRET_ACCESS_KEY"],
        "endpoint_url": s3_server.environment["AWS_ENDPOINT_URL"],
        "region_name": "us-east-1",
    }
    s3 = boto3.client("s3", **options)
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
        ("new-bucket", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "403"),
        ("new-bucket", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "Could not connect"),
    ],
)
def test_s3_a_refusal_is_one_clear_line(s3_server, bucket, environment, message):
    environment = os.environ | s3_server.environment | {"AWS_MAX_ATTEMPTS": "1"} | environment
    assert_clear_error(run(STEP, "s3_basics.py", bucket, env=environment), message)


def test_without_credentials_it_says_so(tmp_path):
    hidden = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment = hidden | {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    result = run(STEP, "s3_basics.py", "some-bucket", env=environment)
    assert_clear_error(result, "credentials")


@pytest.fixture
def aws(moto_server):
    """What AWS's tools need to talk to moto; S3 goes elsewhere."""
    return KEYS | {"AWS_ENDPOINT_URL": moto_server[0], "AWS_DEFAULT_REGION": "eu-central-1"}


def connect(service, aws):
    return boto3.client(
        service,
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        region_name=aws["AWS_DEFAULT_REGION"],
        aws_access_key_id="tests",
        aws_secret_access_key="tests",  # noqa: S106 - moto takes any
    )


@pytest.fixture
def build(tmp_path):
    """Builds a small image of two layers, labelled as the step's; removes them afterwards."""
    built: list[str] = []

    def build(revision, content):
        folder = tmp_path / "context"
        folder.mkdir(exist_ok=True)
        (folder / "big").write_text("the same in each version")
        (folder / "small").write_text(content)
        label = f"LABEL org.opencontainers.image.revision={revision}\n" if revision else ""
        (folder / "Dockerfile").write_text(f"FROM scratch\nCOPY big /\nCOPY small /\n{label}")
        name = f"cola-push-test:{len(built)}"
        docker("build", "--tag", name, str(folder))
        built.append(name)
        return name

    yield build
    for name in built:
        docker("rmi", "--force", name, check=False)


def push(aws, image):
    return run(STEP, "push_to_ecr.py", image, env=os.environ | aws)


def test_an_image_is_pushed_once_and_only_what_changed(aws, registry, build):
    first = push(aws, build("a" * 40, "one"))
    assert first.returncode == 0, first.stderr + first.stdout
    assert "Making the repository cola" in first.stdout
    assert first.stdout.count("Pushed") == 2
    tag, digest = first.stdout.splitlines()[-2:]
    assert tag == f"{registry}/cola:{'a' * 12}"
    assert re.fullmatch(rf"{registry}/cola@sha256:[0-9a-f]{{64}}", digest)

    again = push(aws, "cola-push-test:0")
    assert again.returncode == 0
    assert "This image is there already." in again.stdout
    assert "Pushed" not in again.stdout
    assert again.stdout.splitlines()[-2:] == [tag, digest]

    second = push(aws, build("b" * 40, "two"))
    assert second.stdout.count("Layer already exists") == 1
    assert second.stdout.count("Pushed") == 1

    other = push(aws, build("a" * 40, "three"))
    assert_clear_error(other, "is another image", "commit, and build again")

    # The login was not kept; with it, what was pushed is pulled by its digest.
    denied = subprocess.run(["docker", "pull", digest], capture_output=True, text=True, check=False)
    assert denied.returncode != 0
    assert "no basic auth credentials" in denied.stderr
    token = connect("ecr", aws).get_authorization_token()["authorizationData"][0]
    assert token["authorizationToken"]


def test_the_pushed_image_is_the_built_one(aws, registry, build, tmp_path):
    image = build("c" * 40, "one")
    built = docker("image", "inspect", "--format={{.Id}}", image)
    digest = push(aws, image).stdout.splitlines()[-1]
    docker("rmi", "--force", built)
    config = ["docker", "--config", str(tmp_path / "login")]
    subprocess.run(
        [*config, "login", "--username=AWS", "--password-stdin", registry],
        input="123456789012-auth-token",
        text=True,
        check=True,
        capture_output=True,
    )
    subprocess.run([*config, "pull", "--quiet", digest], check=True, capture_output=True)
    assert docker("image", "inspect", "--format={{.Id}}", digest) == built
    docker("rmi", "--force", built)


def test_the_repository_is_made_as_it_should_be(aws, registry, build):
    assert push(aws, build("d" * 40, "one")).returncode == 0
    ecr = connect("ecr", aws)
    [repository] = ecr.describe_repositories()["repositories"]
    assert repository["repositoryName"] == "cola"
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    policy = ecr.get_lifecycle_policy(repositoryName="cola")["lifecyclePolicyText"]
    assert json.loads(policy)["rules"][0]["selection"]["countNumber"] == 10


def test_what_cannot_be_pushed_is_refused(aws, registry, build):
    assert_clear_error(push(aws, build("", "one")), "--build-arg REVISION")
    assert_clear_error(push(aws, "no-such-image"), "docker image", "no-such-image")
    image = build("e" * 40, "one")
    refused = push(aws | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}, image)
    assert_clear_error(refused, "Could not connect")


def apply(aws, *arguments):
    return run(STEP, "iam/github_role.py", *arguments, env=os.environ | aws)


APPLY = ("apply", "octo/cola-service", "--ids", "12", "345", "--bucket", "my-models")


def test_the_role_is_applied_twice_and_removed(aws):
    iam = connect("iam", aws)
    for word in ("made", "updated"):
        result = apply(aws, *APPLY)
        assert result.returncode == 0, result.stderr
        assert f"{word:<8} role cola-pipeline" in result.stdout
        assert "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/cola-pipeline" in result.stdout
    role = iam.get_role(RoleName="cola-pipeline")["Role"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    claims = statement["Condition"]["StringEquals"]
    assert claims["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    assert claims["token.actions.githubusercontent.com:sub"] == [
        "repo:octo/cola-service:ref:refs/heads/main",
        "repo:octo@12/cola-service@345:ref:refs/heads/main",
    ]
    policy = iam.get_role_policy(RoleName="cola-pipeline", PolicyName="pipeline_policy")
    statements = policy["PolicyDocument"]["Statement"]
    assert "arn:aws:s3:::my-models/models/*" in [one["Resource"] for one in statements]
    assert apply(aws, "remove").stdout.count("removed") == 2
    assert not iam.list_roles()["Roles"]
    assert not iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert apply(aws, "remove").returncode == 0, "removing nothing is no error"


def test_the_role_has_the_rights_of_this_folder_and_no_older_ones(aws):
    iam = connect("iam", aws)
    apply(aws, *APPLY)
    text = (STEP / "iam/pipeline_policy.json").read_text()
    iam.put_role_policy(RoleName="cola-pipeline", PolicyName="older", PolicyDocument=text)
    apply(aws, *APPLY)
    names = iam.list_role_policies(RoleName="cola-pipeline")["PolicyNames"]
    assert names == [path.stem for path in sorted((STEP / "iam").glob("pipeline_*.json"))]
    assert len(names) == 3
    apply(aws, "remove")


def test_a_provider_of_others_stays(aws):
    iam = connect("iam", aws)
    url = "https://token.actions.githubusercontent.com"
    iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])
    assert "found    arn:aws:iam" in apply(aws, *APPLY).stdout
    assert apply(aws, "remove").returncode == 0
    assert len(iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1


# What has no name yet: files in folders of a bucket, a function's versions, a log's streams
UNNAMED = (
    *("/models/*", "/dead-letter/*", "/async/cola-forwarder/*"),
    *(":function:cola:*", "/aws/lambda/cola:*", "/aws/lambda/cola-forwarder:*"),
)


@pytest.mark.parametrize("path", sorted((STEP / "iam").glob("*.json")), ids=lambda path: path.name)
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
