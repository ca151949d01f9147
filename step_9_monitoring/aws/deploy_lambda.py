"""Deploy an image to AWS Lambda, in versions that can be taken back.

    python -m aws.deploy_lambda deploy IMAGE               a version that gets all requests
    python -m aws.deploy_lambda deploy IMAGE --canary 10   a version that gets a tenth of them
    python -m aws.deploy_lambda promote                    the canary gets all requests
    python -m aws.deploy_lambda rollback                   return to the version before
    python -m aws.deploy_lambda teardown                   remove all that was made

A new version gets test requests through the function's URL. If it doesn't answer as it should, the
version before gets all requests again.
"""

import argparse
import time
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

import aws.lambda_resources as resources
from aws.errors import exit_on_aws_error
from aws.lambda_resources import ALIAS, NAME
from errors import InputError
from predictions import LABELS

# A tag of the function. Its value is the versions that have had all requests, the newest first. It
# is written before the alias is changed, so it may name a version that the alias has not reached.
# In any case the version before the current one follows the current one in the list.
HISTORY_TAG = "version-history"
# An error without a version can have another cause than the new version, for example a URL that
# doesn't work yet, or too many requests. After this number of them, one second apart, the new
# version is taken for the cause, because it may fail to start.
UNKNOWN_ERRORS = 10


def find_alias(lambda_: Any) -> dict[str, Any] | None:
    """Return the alias, or None if nothing is deployed."""
    try:
        return lambda_.get_alias(FunctionName=NAME, Name=ALIAS)
    except lambda_.exceptions.ResourceNotFoundException:
        return None


def find_canary(alias: dict[str, Any]) -> str | None:
    """Return the version that gets a part of the alias's requests, or None."""
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return next(iter(weights), None)


def read_history(lambda_: Any, alias: dict[str, Any]) -> list[str]:
    """Return the alias's version, and after it the one before, if rollback may return to it."""
    function_arn = alias["AliasArn"].removesuffix(f":{ALIAS}")
    tags = lambda_.list_tags(Resource=function_arn)["Tags"]
    versions, current = tags.get(HISTORY_TAG, "").split(), alias["FunctionVersion"]
    return versions[versions.index(current) :] if current in versions else [current]


def write_history(lambda_: Any, alias: dict[str, Any], versions: list[str]) -> None:
    """Keep the newest three of these versions in the function's tag."""
    function_arn = alias["AliasArn"].removesuffix(f":{ALIAS}")
    lambda_.tag_resource(Resource=function_arn, Tags={HISTORY_TAG: " ".join(versions[:3])})


def route_traffic(lambda_: Any, version: str, canary: dict[str, float] | None = None) -> None:
    """Let the alias point to a version, and give a canary its weight of the requests, if any."""
    lambda_.update_alias(
        FunctionName=NAME,
        Name=ALIAS,
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": canary or {}},
    )


def publish_version(lambda_: Any, image: str) -> str:
    """Publish a version with this image and return its number.

    If the newest version has the same image, return that version's number.
    """
    if lambda_.get_function(FunctionName=NAME)["Code"]["ImageUri"] != image:
        lambda_.update_function_code(FunctionName=NAME, ImageUri=image)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=NAME)
    version = lambda_.publish_version(FunctionName=NAME)["Version"]
    lambda_.get_waiter("published_version_active").wait(FunctionName=NAME, Qualifier=version)
    return version


def probe(url: str) -> tuple[str | None, str]:
    """Send a signed test request to the function's URL.

    Return the version that answered, or None if that is unknown, and what is wrong with the
    answer, or an empty string.
    """
    session = boto3.Session()
    signed = AWSRequest("GET", f"{url.rstrip('/')}/predict?text=They%20not%20yelled%20us")
    SigV4Auth(session.get_credentials(), "lambda", session.region_name).add_auth(signed)
    try:
        response = requests.get(signed.url, headers=dict(signed.headers), timeout=60)
        version = response.headers.get("x-function-version")
        if not response.ok:
            return version, f"status {response.status_code}"
    except requests.RequestException as error:
        return None, str(error)
    try:
        is_right = response.json()["label"] in LABELS
    except (KeyError, TypeError, ValueError):
        is_right = False
    return version, "" if is_right else response.text


def check_version(url: str, version: str) -> str:
    """Send test requests until a version has answered three of them.

    Return its first wrong answer, or an empty string if all three are right. The answers of other
    versions, which the alias may have as well, don't count.
    """
    answers = unknown_errors = 0
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        answered_by, problem = probe(url)
        if answered_by == version and problem:
            return problem
        if answered_by is None:
            unknown_errors += 1
            if unknown_errors == UNKNOWN_ERRORS:
                return problem or "of an unknown version"
            time.sleep(1)
        answers += answered_by == version
        if answers == 3:
            return ""
        time.sleep(0.05)
    return f"missing: in two minutes, only other versions than {version} answered"


def shift_traffic(lambda_: Any, alias: dict[str, Any], version: str, percent: int) -> None:
    """Give a version its percentage of the requests, check it, and take it back if it fails.

    A version that has all requests already doesn't become a canary. Raises InputError if the
    version was taken back.
    """
    old = alias["FunctionVersion"]
    if percent < 100 and old == version:
        print(f"Version {version} has all requests already: this image is deployed.")
        return
    print(f"Version {version} gets {percent}% of the requests, and is checked.")
    if percent < 100:
        route_traffic(lambda_, old, {version: percent / 100})
    else:
        if old != version:
            write_history(lambda_, alias, [version, *read_history(lambda_, alias)])
        route_traffic(lambda_, version)
    try:
        url = lambda_.get_function_url_config(FunctionName=NAME, Qualifier=ALIAS)["FunctionUrl"]
        problem = check_version(url, version)
    except BaseException:  # also Ctrl-C: a version that was not checked gets no requests
        route_traffic(lambda_, old)
        raise
    if problem and old != version:
        route_traffic(lambda_, old)
        raise InputError(
            f"The answer was {problem}. Version {version} was taken back: version {old} has all "
            "requests again."
        )
    if problem:
        raise InputError(f"The answer was {problem}, and there is no version to return to.")
    print(f"Version {version} answers, and has {percent}% of the requests.")


def deploy(lambda_: Any, image: str) -> None:
    """Create what is missing in AWS, and give a version with this image all requests."""
    print(resources.PLAN, resources.format_costs(), sep="\n\n", end="\n\n")
    values = {
        "ACCOUNT": boto3.client("sts").get_caller_identity()["Account"],
        "REGION": lambda_.meta.region_name,
    }
    resources.find_function()  # stops here if the function or its role was made by others
    resources.find_role(resources.ROLE)
    resources.ensure_log_group(resources.LOGS)
    role = resources.ensure_role(resources.ROLE, "lambda_policy.json", values)
    resources.ensure_function(image, role)
    version = publish_version(lambda_, image)
    alias = find_alias(lambda_)
    if alias is None:
        alias = lambda_.create_alias(FunctionName=NAME, Name=ALIAS, FunctionVersion=version)
    url, api = resources.ensure_addresses(alias["AliasArn"])
    shift_traffic(lambda_, alias, version, 100)
    print(f"URL        {url}\nHTTP API   {api}")


def deploy_canary(lambda_: Any, image: str, percent: int) -> None:
    """Give a new version with this image a percentage of the requests.

    Raises InputError if nothing is deployed yet.
    """
    alias = find_alias(lambda_)
    if alias is None:
        raise InputError("There is nothing to be the canary of: deploy without --canary first.")
    shift_traffic(lambda_, alias, publish_version(lambda_, image), percent)


def promote(lambda_: Any) -> None:
    """Give the canary, if there is one, all requests. Raises InputError if nothing is deployed."""
    alias = find_alias(lambda_)
    if alias is None:
        raise InputError("Nothing is deployed.")
    canary = find_canary(alias)
    if canary is None:
        print(f"There is no canary: version {alias['FunctionVersion']} has all requests.")
    else:
        shift_traffic(lambda_, alias, canary, 100)


def roll_back(lambda_: Any) -> None:
    """Take the canary's requests away, or return to the version before the current one.

    Raises InputError if there is neither a canary nor a version before.
    """
    alias = find_alias(lambda_)
    if alias is None:
        raise InputError("Nothing is deployed.")
    current, *before = read_history(lambda_, alias)
    canary = find_canary(alias)
    if canary:
        print(f"Version {current} gets all requests again, not {canary}.")
        route_traffic(lambda_, current)
    elif before:
        print(f"Version {before[0]} gets all requests again, not {current}.")
        write_history(lambda_, alias, [current, before[0]])  # no rollback goes further back
        route_traffic(lambda_, before[0])
    else:
        raise InputError("There is no version to return to.")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m aws.deploy_lambda",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    deploy = commands.add_parser("deploy", help="publish a version and give it requests")
    deploy.add_argument("image", help="an image in ECR, as aws.push_to_ecr prints it")
    deploy.add_argument(
        "--canary",
        type=int,
        choices=range(1, 100),
        metavar="PERCENT",
        help="give the new version only this percentage of the requests, from 1 to 99",
    )
    commands.add_parser("promote", help="give the canary all requests")
    commands.add_parser("rollback", help="return to the version before")
    commands.add_parser("teardown", help="remove all that was made")
    return parser.parse_args()


@exit_on_aws_error()
def main() -> None:
    args = read_arguments()
    lambda_ = boto3.client("lambda")
    if args.command == "teardown":
        resources.tear_down()
    elif args.command == "promote":
        promote(lambda_)
    elif args.command == "rollback":
        roll_back(lambda_)
    elif args.canary:
        deploy_canary(lambda_, args.image, args.canary)
    else:
        deploy(lambda_, args.image)


if __name__ == "__main__":
    main()
