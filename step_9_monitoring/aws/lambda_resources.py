"""What deploy_lambda.py makes once in AWS, and how it is removed."""

import time
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any

import boto3

from errors import InputError

NAME = "cola"  # of the function, and of all that belongs to it
ALIAS = "live"  # the name under which requests reach a version
ROLE = "cola-lambda"
LOGS = f"/aws/lambda/{NAME}"
MARK = {"made-by": "deploy_lambda.py"}

# Lambda gives processors by memory, and from 1,769 MB on a whole one; the service fits in 512.
MEMORY_MB = 1769
TIMEOUT_S = 29  # API Gateway waits for 30 s
LOG_DAYS = 14
THROTTLE = {"ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 100}  # requests/s, and at once

# Dollars in us-east-1, without the free tier: https://aws.amazon.com/lambda/pricing/ and its like
PRICES = {
    "Lambda, requests": 0.20 / 1_000_000,
    "Lambda, memory by time": 0.0000166667 * MEMORY_MB / 1024 * 0.02,  # 20 ms each
    "HTTP API": 1.00 / 1_000_000,
    "logs": 0.50 / 1_000_000,  # 1 KB each
}

PLAN = f"""\
This makes, where it is missing:
  role        {ROLE}, which may write the function's log and nothing else
  log group   {LOGS}, kept for {LOG_DAYS} days
  function    {NAME}, {MEMORY_MB:,} MB, {TIMEOUT_S} s
  alias       {ALIAS}, which points to a published version
  URL         for callers with AWS credentials
  HTTP API    for everybody, {THROTTLE["ThrottlingRateLimit"]:.0f} requests/s at most"""


def estimate_month(requests: int = 100_000) -> str:
    """A table of what so many requests cost in a month, of 20 ms each."""
    lines = [f"  {name:<26}{price * requests:>6.2f}" for name, price in PRICES.items()]
    total = f"  {'together':<26}{sum(PRICES.values()) * requests:>6.2f}"
    return "\n".join([f"{requests:,} requests cost in a month, in dollars:", *lines, total])


def read_policy(name: str, values: dict[str, str]) -> str:
    text = (Path(__file__).parent / "iam" / name).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def make_role(name: str, policy: str, values: dict[str, str]) -> str:
    """A role for a function, with the rights in a file of iam/; returns its ARN."""
    iam = boto3.client("iam")
    trust = read_policy("lambda_trust_policy.json", values)
    try:
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
    except iam.exceptions.EntityAlreadyExistsException:
        role = iam.get_role(RoleName=name)["Role"]
    rights = read_policy(policy, values)
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
    return role["Arn"]


def make_log_group(name: str) -> None:
    logs = boto3.client("logs")
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=LOG_DAYS)


def create_function(name: str, image: str, **settings: Any) -> None:
    lambda_ = boto3.client("lambda")
    for seconds in (2, 4, 8, 16, 0):  # a new role takes some seconds to be known everywhere
        try:
            lambda_.create_function(
                FunctionName=name,
                PackageType="Image",
                Code={"ImageUri": image},
                Tags=MARK,
                **settings,
            )
            break
        except lambda_.exceptions.InvalidParameterValueException as error:
            if not seconds or "role" not in str(error):
                raise
            time.sleep(seconds)
    lambda_.get_waiter("function_active_v2").wait(FunctionName=name)


def find_function() -> dict[str, Any] | None:
    """The function's configuration, if there is one; raises InputError for one that others made."""
    lambda_ = boto3.client("lambda")
    try:
        found = lambda_.get_function(FunctionName=NAME)
    except lambda_.exceptions.ResourceNotFoundException:
        return None
    if found.get("Tags") != MARK:
        raise InputError(f"The function {NAME} is not of deploy_lambda.py's making: it stays.")
    return found["Configuration"]


def make_function(image: str, role: str) -> None:
    """The function, of this image, if there is none; or else its memory and timeout as above."""
    lambda_ = boto3.client("lambda")
    wanted = {"MemorySize": MEMORY_MB, "Timeout": TIMEOUT_S, "Role": role}
    found = find_function()
    if found is None:
        create_function(NAME, image, **wanted)
    elif any(found[key] != value for key, value in wanted.items()):
        lambda_.update_function_configuration(FunctionName=NAME, **wanted)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=NAME)


def find_api() -> dict[str, Any] | None:
    pages = boto3.client("apigatewayv2").get_paginator("get_apis").paginate()
    apis = (api for page in pages for api in page["Items"])
    return next((api for api in apis if api["Name"] == NAME and api["Tags"] == MARK), None)


def connect_api(api: str, alias: str) -> None:
    """Let the HTTP API with this id send all its requests to the alias, so many and no more."""
    lambda_, gateway = boto3.client("lambda"), boto3.client("apigatewayv2")
    integration = gateway.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=alias,
        PayloadFormatVersion="2.0",
    )
    target = f"integrations/{integration['IntegrationId']}"
    gateway.create_route(ApiId=api, RouteKey="$default", Target=target)
    gateway.create_stage(
        ApiId=api,
        StageName="$default",
        AutoDeploy=True,
        DefaultRouteSettings=THROTTLE,
    )
    region, account = alias.split(":")[3:5]
    lambda_.add_permission(
        FunctionName=NAME,
        Qualifier=ALIAS,
        StatementId=f"http-api-{api}",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{account}:{api}/*/$default",
    )


def make_addresses(alias: str) -> tuple[str, str]:
    """The function's URL and the HTTP API, both before the alias with this ARN; their addresses."""
    lambda_, gateway = boto3.client("lambda"), boto3.client("apigatewayv2")
    try:
        url = lambda_.create_function_url_config(
            FunctionName=NAME, Qualifier=ALIAS, AuthType="AWS_IAM"
        )
    except lambda_.exceptions.ResourceConflictException:
        url = lambda_.get_function_url_config(FunctionName=NAME, Qualifier=ALIAS)
    api = find_api()
    if api is None:
        api = gateway.create_api(Name=NAME, ProtocolType="HTTP", Tags=MARK)
        try:
            connect_api(api["ApiId"], alias)
        except Exception:
            gateway.delete_api(ApiId=api["ApiId"])  # half an API would be taken for a whole one
            raise
    return url["FunctionUrl"], api["ApiEndpoint"]


def tear_down() -> None:
    """Remove all that deploy_lambda.py has made, and say what."""
    print(f"This removes what deploy_lambda.py made under the name {NAME}, if it is there.")
    lambda_, logs, iam = boto3.client("lambda"), boto3.client("logs"), boto3.client("iam")
    made = find_function()
    api = find_api()
    if api:
        boto3.client("apigatewayv2").delete_api(ApiId=api["ApiId"])
        print(f"removed  HTTP API {api['ApiId']}")
    if made:
        with suppress(lambda_.exceptions.ResourceNotFoundException):
            lambda_.delete_function_url_config(FunctionName=NAME, Qualifier=ALIAS)
        lambda_.delete_function(FunctionName=NAME)
        print(f"removed  function {NAME}, its versions, alias and URL")
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=LOGS)
        print(f"removed  log group {LOGS}")
    with suppress(iam.exceptions.NoSuchEntityException):
        with suppress(iam.exceptions.NoSuchEntityException):
            iam.delete_role_policy(RoleName=ROLE, PolicyName="rights")
        iam.delete_role(RoleName=ROLE)
        print(f"removed  role {ROLE}")
