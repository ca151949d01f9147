"""Create the role that the workflow takes in AWS, or remove it.

The workflow proves by a token, which GitHub signs, for which repository and branch it runs, so no
key has to be stored. Run this script with the credentials of an administrator, from AWS's own
environment variables:

    python -m aws.github_role apply OWNER/REPOSITORY --ids OWNER_ID REPOSITORY_ID --bucket BUCKET
    python -m aws.github_role remove

`gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'` prints the two ids.
"""

import argparse
import re
from collections.abc import Sequence
from typing import Any

import boto3

from aws.errors import exit_on_aws_error
from aws.policies import IAM, read_policy
from errors import InputError

HOST = "token.actions.githubusercontent.com"
ROLE = "cola-pipeline"
# On the role and the identity provider: those without it were made by others, and are left alone.
OWNER_TAG = {"Key": "made-by", "Value": ROLE}


def apply_role(iam: Any, values: dict[str, str]) -> None:
    """Create GitHub's identity provider and the role, or bring the role up to date.

    `values` are filled into the policies: ACCOUNT, REGION, BUCKET, and OWNER and REPOSITORY with
    their ids. Raises InputError if the role was made by others.
    """
    has_role = find_role(iam)
    provider = f"arn:aws:iam::{values['ACCOUNT']}:oidc-provider/{HOST}"
    try:
        iam.create_open_id_connect_provider(
            Url=f"https://{HOST}", ClientIDList=["sts.amazonaws.com"], Tags=[OWNER_TAG]
        )
        print(f"made     {provider}")
    except iam.exceptions.EntityAlreadyExistsException:
        print(f"found    {provider}")
    trust = read_policy("trust_policy.json", values)
    if has_role:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust)
        print(f"updated  role {ROLE}")
    else:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust, Tags=[OWNER_TAG])
        print(f"made     role {ROLE}")
    paths = sorted(IAM.glob("pipeline_*.json"))
    for path in paths:
        rights = read_policy(path.name, values)
        iam.put_role_policy(RoleName=ROLE, PolicyName=path.stem, PolicyDocument=rights)
    # Rights that an earlier version of this folder has given
    delete_role_policies(iam, keep=[path.stem for path in paths])
    print(f"AWS_ROLE_ARN=arn:aws:iam::{values['ACCOUNT']}:role/{ROLE}")


def find_role(iam: Any) -> bool:
    """Return whether the role is there. Raises InputError if it has no OWNER_TAG."""
    try:
        tags = iam.list_role_tags(RoleName=ROLE)["Tags"]
    except iam.exceptions.NoSuchEntityException:
        return False
    if OWNER_TAG not in tags:
        raise InputError(f"There is a role {ROLE} that aws.github_role has not made: it stays.")
    return True


def delete_role_policies(iam: Any, keep: Sequence[str] = ()) -> None:
    """Delete all policies of the role but those with the names to keep."""
    for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        if name not in keep:
            iam.delete_role_policy(RoleName=ROLE, PolicyName=name)


def remove_role(iam: Any, account: str) -> None:
    """Delete the role, and the identity provider if this script has created it.

    Raises InputError if the role was made by others.
    """
    if find_role(iam):
        delete_role_policies(iam)
        iam.delete_role(RoleName=ROLE)
        print(f"removed  role {ROLE}")
    else:
        print(f"no       role {ROLE}")
    provider = f"arn:aws:iam::{account}:oidc-provider/{HOST}"
    try:
        tags = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=provider)["Tags"]
    except iam.exceptions.NoSuchEntityException:
        return
    if OWNER_TAG in tags:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
        print(f"removed  {provider}")


def parse_repository(text: str) -> tuple[str, str]:
    """Return the owner and the name of a repository; raises ArgumentTypeError for another text."""
    match = re.fullmatch(r"([\w.-]+)/([\w.-]+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not OWNER/REPOSITORY")
    return match[1], match[2]


def parse_bucket(text: str) -> str:
    """Return the name of a bucket; raises ArgumentTypeError for another text, such as an s3:// URL.

    A `*` would give rights on all buckets.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a bucket")
    return text


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m aws.github_role",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    apply = commands.add_parser("apply", help="create the role, or bring it up to date")
    apply.add_argument("repository", type=parse_repository, help="OWNER/REPOSITORY on GitHub")
    apply.add_argument(
        "--ids",
        nargs=2,
        type=int,
        required=True,
        metavar=("OWNER_ID", "REPOSITORY_ID"),
        help="the numbers that GitHub has given to the owner and the repository",
    )
    apply.add_argument(
        "--bucket", type=parse_bucket, required=True, help="the bucket where DVC keeps the models"
    )
    commands.add_parser("remove", help="delete the role")
    return parser.parse_args()


@exit_on_aws_error()
def main() -> None:
    args = read_arguments()
    account = boto3.client("sts").get_caller_identity()["Account"]
    iam = boto3.client("iam")
    if args.command == "remove":
        remove_role(iam, account)
        return
    owner, repository = args.repository
    owner_id, repository_id = map(str, args.ids)
    values = {
        "ACCOUNT": account,
        "REGION": boto3.client("ecr").meta.region_name,
        "OWNER": owner,
        "OWNER_ID": owner_id,
        "REPOSITORY": repository,
        "REPOSITORY_ID": repository_id,
        "BUCKET": args.bucket,
    }
    apply_role(iam, values)


if __name__ == "__main__":
    main()
