"""What aws.deploy_lambda creates once in AWS, and how it is removed."""

import time
from contextlib import suppress
from typing import Any

import boto3

from aws.policies import read_policy
from errors import InputError

NAME = "cola"  # of the function and of the HTTP API
ALIAS = "live"  # the name under which requests reach a version
ROLE = "cola-lambda"
LOGS = f"/aws/lambda/{NAME}"
# On functions, roles and the HTTP API: those without it were made by others, and are left alone.
OWNER_TAG = {"made-by": "deploy_lambda.py"}
OWNER_TAGS = [{"Key": key, "Value": value} for key, value in OWNER_TAG.items()]  # as IAM has them

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


def format_costs(requests: int = 100_000) -> str:
    """Return a table of what this many requests of 20 ms each cost in a month, in dollars."""
    lines = [f"  {name:<26}{price * requests:>6.2f}" for name, price in PRICES.items()]
    total = f"  {'together':<26}{sum(PRICES.values()) * requests:>6.2f}"
    return "\n".join([f"{requests:,} requests cost in a month, in dollars:", *lines, total])


def find_role(name: str) -> dict[str, Any] | None:
    """Return a role, or None if there is none. Raises InputError if it has no OWNER_TAG."""
    iam = boto3.client("iam")
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    if OWNER_TAGS[0] not in role.get("Tags", []):
        raise InputError(f"There is a role {name} that this course has not made: it is left alone.")
    return role


def ensure_role(name: str, policy: str, values: dict[str, str]) -> str:
    """Create a role for a function if it is missing, and set its rights; return the role's ARN.

    The rights are those of a policy in aws/iam, with the values filled in. Raises InputError if the
    role was made by others.
    """
    iam = boto3.client("iam")
    role = find_role(name)
    if role is None:
        trust = read_policy("lambda_trust_policy.json", values)
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=OWNER_TAGS)
        role = created["Role"]
    rights = read_policy(policy, values)
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
    return role["Arn"]


def delete_role(name: str) -> bool:
    """Delete a role that ensure_role has created; return whether there was one.

    Raises InputError if the role was made by others.
    """
    iam = boto3.client("iam")
    if find_role(name) is None:
        return False
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_role_policy(RoleName=name, PolicyName="rights")
    iam.delete_role(RoleName=name)
    return True


def ensure_log_group(name: str) -> None:
    """Create a log group if it is missing, and have its lines kept for LOG_DAYS."""
    logs = boto3.client("logs")
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=LOG_DAYS)


def create_function(name: str, image: str, **settings: Any) -> None:
    """Create a function with an image in ECR, and wait until it can be invoked.

    The settings are those of boto3's create_function.
    """
    lambda_ = boto3.client("lambda")
    for seconds in (2, 4, 8, 16, 0):  # a new role takes some seconds to be known everywhere
        try:
            lambda_.create_function(
                FunctionName=name,
                PackageType="Image",
                Code={"ImageUri": image},
                Tags=OWNER_TAG,
                **settings,
            )
            break
        except lambda_.exceptions.InvalidParameterValueException as error:
            if not seconds or "role" not in str(error):
                raise
            time.sleep(seconds)
    lambda_.get_waiter("function_active_v2").wait(FunctionName=name)


def find_function(name: str = NAME) -> dict[str, Any] | None:
    """Return a function's configuration, or None if there is no function of this name.

    Raises InputError if the function has no OWNER_TAG, because then others have made it.
    """
    lambda_ = boto3.client("lambda")
    try:
        found = lambda_.get_function(FunctionName=name)
    except lambda_.exceptions.ResourceNotFoundException:
        return None
    if not OWNER_TAG.items() <= found.get("Tags", {}).items():
        raise InputError(
            f"There is a function {name} that aws.deploy_lambda has not made: it is left alone."
        )
    return found["Configuration"]


def ensure_function(image: str, role: str) -> None:
    """Create the function with this image if it is missing; else update its settings only."""
    lambda_ = boto3.client("lambda")
    settings = {"MemorySize": MEMORY_MB, "Timeout": TIMEOUT_S, "Role": role}
    found = find_function()
    if found is None:
        create_function(NAME, image, **settings)
    elif any(found[key] != value for key, value in settings.items()):
        lambda_.update_function_configuration(FunctionName=NAME, **settings)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=NAME)


def find_api() -> dict[str, Any] | None:
    """Return the HTTP API that this script has created, or None."""
    pages = boto3.client("apigatewayv2").get_paginator("get_apis").paginate()
    apis = (api for page in pages for api in page["Items"])
    return next((api for api in apis if api["Name"] == NAME and api["Tags"] == OWNER_TAG), None)


def connect_api(api_id: str, alias_arn: str) -> None:
    """Let an HTTP API send all its requests to the alias, at most as many as THROTTLE says."""
    lambda_, gateway = boto3.client("lambda"), boto3.client("apigatewayv2")
    integration = gateway.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=alias_arn,
        PayloadFormatVersion="2.0",
    )
    target = f"integrations/{integration['IntegrationId']}"
    gateway.create_route(ApiId=api_id, RouteKey="$default", Target=target)
    gateway.create_stage(
        ApiId=api_id,
        StageName="$default",
        AutoDeploy=True,
        DefaultRouteSettings=THROTTLE,
    )
    region, account = alias_arn.split(":")[3:5]
    lambda_.add_permission(
        FunctionName=NAME,
        Qualifier=ALIAS,
        StatementId=f"http-api-{api_id}",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{account}:{api_id}/*/$default",
    )


def ensure_addresses(alias_arn: str) -> tuple[str, str]:
    """Create the Function URL and the HTTP API of the alias if they are missing.

    Return their addresses.
    """
    lambda_, gateway = boto3.client("lambda"), boto3.client("apigatewayv2")
    try:
        url = lambda_.create_function_url_config(
            FunctionName=NAME, Qualifier=ALIAS, AuthType="AWS_IAM"
        )
    except lambda_.exceptions.ResourceConflictException:
        url = lambda_.get_function_url_config(FunctionName=NAME, Qualifier=ALIAS)
    api = find_api()
    if api is None:
        api = gateway.create_api(Name=NAME, ProtocolType="HTTP", Tags=OWNER_TAG)
        try:
            connect_api(api["ApiId"], alias_arn)
        except Exception:
            # The next run would take an API without its route for a complete one.
            gateway.delete_api(ApiId=api["ApiId"])
            raise
    return url["FunctionUrl"], api["ApiEndpoint"]


def tear_down() -> None:
    """Remove all that aws.deploy_lambda has created, and print what was removed.

    Raises InputError if the function or its role was made by others; then nothing is removed.
    """
    print(f"This removes what aws.deploy_lambda made under the name {NAME}, if it is there.")
    lambda_, logs = boto3.client("lambda"), boto3.client("logs")
    function = find_function()
    find_role(ROLE)  # stops here if others have made it
    api = find_api()
    if api:
        boto3.client("apigatewayv2").delete_api(ApiId=api["ApiId"])
        print(f"removed  HTTP API {api['ApiId']}")
    if function:
        with suppress(lambda_.exceptions.ResourceNotFoundException):
            lambda_.delete_function_url_config(FunctionName=NAME, Qualifier=ALIAS)
        lambda_.delete_function(FunctionName=NAME)
        print(f"removed  function {NAME}, its versions, alias and URL")
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=LOGS)
        print(f"removed  log group {LOGS}")
    if delete_role(ROLE):
        print(f"removed  role {ROLE}")
