"""Deploy an image to AWS Lambda, in versions that can be taken back.

    python deploy_lambda.py IMAGE               make what is missing; the version gets all requests
    python deploy_lambda.py IMAGE --canary 10   a new version gets a tenth of them
    python deploy_lambda.py --promote           ... then all
    python deploy_lambda.py --rollback          return to the version before
    python deploy_lambda.py --teardown          remove all that was made

IMAGE is in ECR, as push_to_ecr.py prints it. A new version is asked through the URL, and if it
doesn't answer as it should, the version before has all requests again.
"""

import argparse
import json
import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

import lambda_resources as resources
from errors import InputError, exit_on_input_error
from lambda_resources import ALIAS, NAME
from predictions import LABELS


def find_alias(lambda_: Any) -> dict[str, Any] | None:
    try:
        return lambda_.get_alias(FunctionName=NAME, Name=ALIAS)
    except lambda_.exceptions.ResourceNotFoundException:
        return None


def find_canary(alias: dict[str, Any]) -> str | None:
    """The version that gets a part of the requests, if there is one."""
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return next(iter(weights), None)


def point(lambda_: Any, version: str, before: str, canary: dict[str, float] | None = None) -> None:
    """Let the alias point to a version; it keeps in mind which one was before."""
    lambda_.update_alias(
        FunctionName=NAME,
        Name=ALIAS,
        FunctionVersion=version,
        Description=before,
        RoutingConfig={"AdditionalVersionWeights": canary or {}},
    )


def publish(lambda_: Any, image: str) -> str:
    """Publish a version with this image; the same image again is the same version."""
    if lambda_.get_function(FunctionName=NAME)["Code"]["ImageUri"] != image:
        lambda_.update_function_code(FunctionName=NAME, ImageUri=image)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=NAME)
    version = lambda_.publish_version(FunctionName=NAME)["Version"]
    lambda_.get_waiter("published_version_active").wait(FunctionName=NAME, Qualifier=version)
    return version


def ask(url: str) -> tuple[str | None, str]:
    """Send a signed request to the URL; returns the version that answered, and what is wrong."""
    session = boto3.Session()
    signed = AWSRequest("GET", f"{url.rstrip('/')}/predict?text=They%20not%20yelled%20us")
    SigV4Auth(session.get_credentials(), "lambda", session.region_name).add_auth(signed)
    try:
        with urlopen(Request(signed.url, headers=dict(signed.headers)), timeout=60) as response:
            prediction = json.load(response)
            version = response.headers["x-function-version"]
    except HTTPError as error:
        return error.headers["x-function-version"], f"status {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return None, str(error)
    problem = "" if prediction.get("label") in LABELS else f"this: {prediction}"
    return version, problem


def find_problem(url: str, version: str) -> str:
    """Ask until the version has answered three times; returns its first wrong answer, if any."""
    answers = 0
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        answered, problem = ask(url)
        if problem and answered in (version, None):  # with None, nobody knows whose it was
            return problem
        answers += answered == version
        if answers == 3:
            return ""
        time.sleep(0.05)
    return f"nothing in two minutes: only other versions than {version} did"


def release(lambda_: Any, alias: dict[str, Any], version: str, percent: int) -> None:
    """Give a version its part of the requests, ask it, and take it back if that goes wrong."""
    old = alias["FunctionVersion"]
    if percent < 100 and old == version:
        raise InputError(f"Version {version} has all requests already: this image is deployed.")
    print(f"Version {version} gets {percent}% of the requests, and is asked.")
    if percent == 100:
        point(lambda_, version, old if old != version else alias["Description"])
    else:
        point(lambda_, old, alias["Description"], {version: percent / 100})
    try:
        url = lambda_.get_function_url_config(FunctionName=NAME, Qualifier=ALIAS)["FunctionUrl"]
        problem = find_problem(url, version)
    except BaseException:  # Ctrl-C too: what was not asked to the end gets no requests
        point(lambda_, old, alias["Description"])
        raise
    if problem and old != version:
        point(lambda_, old, alias["Description"])
        raise InputError(
            f"The answer was {problem}. Version {version} was taken back: version {old} has all "
            "requests again."
        )
    if problem:
        raise InputError(f"The answer was {problem}, and there is no version to return to.")
    print(f"Version {version} answers, and has {percent}% of the requests.")


def roll_back(lambda_: Any) -> None:
    """Drop the canary, or return to the version before the current one."""
    alias = find_alias(lambda_)
    if alias is None:
        raise InputError("Nothing is deployed.")
    canary, before = find_canary(alias), alias["Description"]
    if canary:
        print(f"Version {alias['FunctionVersion']} gets all requests again, not {canary}.")
        point(lambda_, alias["FunctionVersion"], before)
    elif before:
        print(f"Version {before} gets all requests again, not {alias['FunctionVersion']}.")
        point(lambda_, before, "")
    else:
        raise InputError("There is no version to return to.")


def promote(lambda_: Any) -> None:
    alias = find_alias(lambda_)
    canary = find_canary(alias) if alias else None
    if alias is None or canary is None:
        raise InputError("There is no canary: deploy one with `--canary 10`.")
    release(lambda_, alias, canary, 100)


def deploy_canary(lambda_: Any, image: str, percent: int) -> None:
    """Give a new version with this image a part of the requests."""
    alias = find_alias(lambda_)
    if alias is None:
        raise InputError("There is nothing to be the canary of: deploy without --canary first.")
    release(lambda_, alias, publish(lambda_, image), percent)


def deploy(lambda_: Any, image: str) -> None:
    """Make what is missing, and give a version with this image all requests."""
    print(resources.PLAN, resources.estimate_month(), sep="\n\n", end="\n\n")
    values = {
        "ACCOUNT": boto3.client("sts").get_caller_identity()["Account"],
        "REGION": lambda_.meta.region_name,
    }
    resources.find_function()  # nothing is made beside one of others
    resources.make_log_group(resources.LOGS)
    role = resources.make_role(resources.ROLE, "lambda_policy.json", values)
    resources.make_function(image, role)
    version = publish(lambda_, image)
    alias = find_alias(lambda_)
    if alias is None:
        alias = lambda_.create_alias(FunctionName=NAME, Name=ALIAS, FunctionVersion=version)
    url, api = resources.make_addresses(alias["AliasArn"])
    release(lambda_, alias, version, 100)
    print(f"URL        {url}\nHTTP API   {api}")


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", nargs="?", help="in ECR, as push_to_ecr.py prints it")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--canary", type=int, metavar="PERCENT", choices=range(1, 100))
    action.add_argument("--promote", action="store_true")
    action.add_argument("--rollback", action="store_true")
    action.add_argument("--teardown", action="store_true")
    args = parser.parse_args()
    if bool(args.image) == (args.promote or args.rollback or args.teardown):
        parser.error("give an image, or one of --promote, --rollback and --teardown")
    try:
        lambda_ = boto3.client("lambda")
        if args.teardown:
            resources.tear_down()
        elif args.promote:
            promote(lambda_)
        elif args.rollback:
            roll_back(lambda_)
        elif args.canary:
            deploy_canary(lambda_, args.image, args.canary)
        else:
            deploy(lambda_, args.image)
    except (BotoCoreError, ClientError, WaiterError) as error:
        raise InputError(f"AWS refused: {error}") from None


if __name__ == "__main__":
    main()
