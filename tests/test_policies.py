"""The policies of aws/iam, enforced: who gets a role, and what the roles may do.

ministack enforces them by AWS's rules, with these exceptions, for which the tests ask it to
evaluate the policies instead of sending the request. It wants rights on all resources for
ecr:DescribeRepositories, and on a log group without ":*" for logs:FilterLogEvents. It takes
lambda:GetAlias and lambda:UpdateAlias for lambda:ListAliases, and an alias for its function.
Of GitHub's token it checks no signature and no date, which AWS does.
"""

import base64
import json
import os
import shutil

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from support.aws import REGION, connect
from support.scripts import run, run_program, succeed
from support.steps import NEWEST, STEPS

STEP = STEPS[NEWEST]
ACCOUNT = "000000000000"  # ministack's
ISSUER = "https://token.actions.githubusercontent.com"
MAIN = "repo:octo@12/cola-service@345:ref:refs/heads/main"
PUSHING = [
    "BatchCheckLayerAvailability",
    "BatchGetImage",
    "CompleteLayerUpload",
    "DescribeRepositories",
    "InitiateLayerUpload",
    "PutImage",
    "UploadLayerPart",
]
DEPLOYING = [
    "GetAlias",
    "GetFunction",
    "GetFunctionConfiguration",
    "GetFunctionUrlConfig",
    "ListTags",
    "PublishVersion",
    "TagResource",
    "UpdateAlias",
    "UpdateFunctionCode",
]


def ecr(name):
    return f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}"


def function(name):
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def log_group(name):
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"


def secret(name):
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"


# Who, what they do, and to what
ALLOWED = [
    ("cola-pipeline", "s3:ListBucket", "arn:aws:s3:::models"),
    ("cola-pipeline", "s3:GetObject", "arn:aws:s3:::models/models/files/md5/ab"),
    ("cola-pipeline", "s3:PutObject", "arn:aws:s3:::models/models/files/md5/ab"),
    ("cola-pipeline", "ecr:GetAuthorizationToken", "*"),
    *(("cola-pipeline", f"ecr:{action}", ecr("cola")) for action in PUSHING),
    *(("cola-pipeline", f"ecr:{action}", ecr("cola-lambda")) for action in PUSHING),
    # Lambda pulls the image with the rights of whoever gives it the image.
    ("cola-pipeline", "ecr:GetDownloadUrlForLayer", ecr("cola-lambda")),
    *(("cola-pipeline", f"lambda:{action}", function("cola")) for action in DEPLOYING),
    ("cola-pipeline", "lambda:UpdateAlias", function("cola:live")),
    # A Function URL wants both of these rights.
    ("cola-pipeline", "lambda:InvokeFunctionUrl", function("cola:live")),
    ("cola-pipeline", "lambda:InvokeFunction", function("cola:live")),
    ("cola-pipeline", "logs:FilterLogEvents", log_group("/aws/lambda/cola")),
    ("cola-lambda", "logs:CreateLogStream", log_group("/aws/lambda/cola")),
    ("cola-lambda", "logs:PutLogEvents", log_group("/aws/lambda/cola")),
    ("cola-forwarder", "logs:CreateLogStream", log_group("/aws/lambda/cola-forwarder")),
    ("cola-forwarder", "logs:PutLogEvents", log_group("/aws/lambda/cola-forwarder")),
    ("cola-forwarder", "secretsmanager:GetSecretValue", secret("cola-forwarder-a1B2c3")),
    ("cola-forwarder", "s3:PutObject", "arn:aws:s3:::models/dead-letter/2026/a.json"),
    # What Lambda keeps there of events that have failed three times
    ("cola-forwarder", "s3:PutObject", "arn:aws:s3:::models/aws/lambda/async/cola-forwarder/a"),
    ("cola-forwarder", "s3:ListBucket", "arn:aws:s3:::models"),
]
REFUSED = [
    ("cola-pipeline", "s3:ListBucket", "arn:aws:s3:::other"),
    ("cola-pipeline", "s3:GetObject", "arn:aws:s3:::other/models/a"),
    ("cola-pipeline", "s3:GetObject", "arn:aws:s3:::models/dead-letter/a"),
    ("cola-pipeline", "s3:PutObject", "arn:aws:s3:::models/dead-letter/a"),
    ("cola-pipeline", "s3:DeleteObject", "arn:aws:s3:::models/models/a"),
    ("cola-pipeline", "s3:DeleteBucket", "arn:aws:s3:::models"),
    ("cola-pipeline", "ecr:PutImage", ecr("other")),
    ("cola-pipeline", "ecr:CreateRepository", ecr("new")),
    ("cola-pipeline", "ecr:BatchDeleteImage", ecr("cola-lambda")),
    ("cola-pipeline", "lambda:UpdateFunctionCode", function("cola-forwarder")),
    ("cola-pipeline", "lambda:InvokeFunction", function("cola")),
    ("cola-pipeline", "lambda:UpdateFunctionConfiguration", function("cola")),
    ("cola-pipeline", "lambda:CreateFunction", function("cola")),
    ("cola-pipeline", "lambda:DeleteFunction", function("cola")),
    ("cola-pipeline", "logs:FilterLogEvents", log_group("/aws/lambda/other")),
    ("cola-pipeline", "logs:DeleteLogGroup", log_group("/aws/lambda/cola")),
    ("cola-pipeline", "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/new"),
    ("cola-pipeline", "iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/cola-pipeline"),
    ("cola-pipeline", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/cola-lambda"),
    ("cola-pipeline", "secretsmanager:GetSecretValue", secret("cola-forwarder-a1B2c3")),
    ("cola-lambda", "logs:PutLogEvents", log_group("/aws/lambda/other")),
    ("cola-lambda", "logs:CreateLogGroup", log_group("/aws/lambda/cola")),
    ("cola-lambda", "s3:GetObject", "arn:aws:s3:::models/models/a"),
    ("cola-forwarder", "secretsmanager:GetSecretValue", secret("another-a1B2c3")),
    ("cola-forwarder", "s3:GetObject", "arn:aws:s3:::models/dead-letter/2026/a.json"),
    ("cola-forwarder", "s3:PutObject", "arn:aws:s3:::models/models/a"),
]


@pytest.fixture(scope="module")
def aws(enforcing_aws):
    """An administrator's environment, with the roles, two buckets and three repositories."""
    apply = ("apply", "octo/cola-service", "--ids", "12", "345", "--bucket", "models")
    environment = os.environ | enforcing_aws
    succeed(STEP, "-m", "aws.github_role", *apply, env=environment)
    assert run_program(STEP, "make_function_roles", env=environment).returncode == 0
    s3, registry = connect("s3", enforcing_aws), connect("ecr", enforcing_aws)
    for name in ("models", "other"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=name, Key="models/a", Body=b"a model")
    for name in ("cola", "cola-lambda", "other"):
        registry.create_repository(repositoryName=name)
    return enforcing_aws


def take_role(aws, **claims):
    """Ask for the pipeline's role with a token of these claims; return the keys of the role."""
    claims = {"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": MAIN} | claims
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "RS256"}, claims)
    ]
    sts = boto3.client(
        "sts",
        endpoint_url=aws["AWS_ENDPOINT_URL"],
        region_name=REGION,
        config=Config(signature_version=UNSIGNED),
    )
    return sts.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/cola-pipeline",
        RoleSessionName="test",
        WebIdentityToken=".".join([*parts, "signature"]),
    )["Credentials"]


@pytest.fixture(scope="module")
def pipeline(aws):
    """The environment of the pipeline on the main branch, with the keys of its role."""
    keys = take_role(aws)
    return aws | {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": MAIN.replace("main", "other")},
        {"sub": MAIN + "2"},
        {"sub": "repo:octo@12/cola-service@345:pull_request"},
        {"sub": "repo:octo@12/other@9:ref:refs/heads/main"},
        {"sub": "repo:octo/cola-service:ref:refs/heads/main"},  # a name that others can take
        {"sub": "repo:octo@99/cola-service@345:ref:refs/heads/main"},
        {"aud": "another.service"},
        {"iss": "https://token.example.com"},
    ],
    ids=lambda claims: ", ".join(claims.values()),
)
def test_only_the_main_branch_of_the_repository_gets_the_role(aws, pipeline, claims):
    with pytest.raises(ClientError, match="Not authorized"):
        take_role(aws, **claims)


@pytest.mark.parametrize(
    ("rights", "decision"),
    [(ALLOWED, "allowed"), (REFUSED, "implicitDeny")],
    ids=["allowed", "refused"],
)
def test_a_role_may_do_what_its_scripts_do_and_nothing_else(aws, rights, decision):
    iam = connect("iam", aws)
    decisions = {}
    for role, action, resource in rights:
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        answer = iam.simulate_principal_policy(
            PolicySourceArn=arn, ActionNames=[action], ResourceArns=[resource]
        )
        decisions[role, action, resource] = answer["EvaluationResults"][0]["EvalDecision"]
    assert decisions == dict.fromkeys(decisions, decision)


def test_the_pipeline_pulls_and_pushes_models_and_reads_no_other_bucket(pipeline):
    s3 = connect_as_role("s3", pipeline)
    assert s3.get_object(Bucket="models", Key="models/a")["Body"].read() == b"a model"
    s3.put_object(Bucket="models", Key="models/b", Body=b"a new model")
    assert s3.list_objects_v2(Bucket="models")["KeyCount"] == 2
    for refused in (
        lambda: s3.get_object(Bucket="other", Key="models/a"),
        lambda: s3.list_objects_v2(Bucket="other"),
        lambda: s3.put_object(Bucket="models", Key="elsewhere/b", Body=b""),
        lambda: s3.delete_object(Bucket="models", Key="models/a"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()


def test_dvc_pushes_and_pulls_with_the_rights_of_the_pipeline(pipeline, tmp_path):
    def dvc(*command, bucket="models"):
        remote = f"['remote \"s3\"']\nurl = s3://{bucket}/models\n"
        (tmp_path / ".dvc/config").write_text(f"[core]\nno_scm = true\nremote = s3\n{remote}")
        return run(tmp_path, "-m", "dvc", *command, env=os.environ | pipeline)

    (tmp_path / ".dvc").mkdir()
    (tmp_path / "model.onnx").write_text("the model of a test")
    assert dvc("add", "model.onnx").returncode == 0
    assert "Forbidden" in dvc("push", bucket="other").stderr
    assert dvc("push").returncode == 0
    (tmp_path / "model.onnx").unlink()
    shutil.rmtree(tmp_path / ".dvc/cache")
    assert dvc("pull").returncode == 0
    assert (tmp_path / "model.onnx").read_text() == "the model of a test"


def test_the_pipeline_pushes_to_its_repositories_alone(pipeline):
    registry = connect_as_role("ecr", pipeline)
    registry.get_authorization_token()
    for name in ("cola", "cola-lambda"):
        registry.initiate_layer_upload(repositoryName=name)
    for refused in (
        lambda: registry.initiate_layer_upload(repositoryName="other"),
        lambda: registry.put_image(repositoryName="other", imageManifest="{}"),
        lambda: registry.create_repository(repositoryName="new"),
        lambda: registry.batch_delete_image(
            repositoryName="cola", imageIds=[{"imageTag": "latest"}]
        ),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()


def test_the_pipeline_makes_no_roles(pipeline):
    iam = connect_as_role("iam", pipeline)
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.create_role(RoleName="new", AssumeRolePolicyDocument="{}")


def connect_as_role(service, environment):
    """Return a boto3 client with the keys of a role, which have a session token."""
    return boto3.client(
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=REGION,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=environment["AWS_SESSION_TOKEN"],
    )
