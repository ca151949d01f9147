"""The role that the workflow takes in AWS: apply makes or updates it, remove removes it.

The workflow proves by a token of GitHub's which repository and branch it runs for, so that no key
is stored anywhere. Run this by an administrator's credentials, from AWS's own variables:

    python iam/github_role.py apply OWNER/REPOSITORY --ids OWNER_ID REPOSITORY_ID --bucket BUCKET
    python iam/github_role.py remove

`gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'` prints the ids.
"""

import argparse
import json
import sys
from pathlib import Path
from string import Template
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

HOST = "token.actions.githubusercontent.com"
ROLE = "cola-pipeline"
MARK = {"Key": "made-by", "Value": ROLE}  # so that remove leaves a provider that others made


def read_policy(name: str, values: dict[str, str]) -> str:
    """A policy from this folder, with the values filled in."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return json.dumps(json.loads(Template(text).substitute(values)))


def apply(iam: Any, values: dict[str, str]) -> None:
    provider = f"arn:aws:iam::{values['ACCOUNT']}:oidc-provider/{HOST}"
    try:
        iam.create_open_id_connect_provider(
            Url=f"https://{HOST}", ClientIDList=["sts.amazonaws.com"], Tags=[MARK]
        )
        print(f"made     {provider}")
    except iam.exceptions.EntityAlreadyExistsException:
        print(f"found    {provider}")
    trust = read_policy("trust_policy.json", values)
    try:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust, MaxSessionDuration=3600)
        print(f"made     role {ROLE}")
    except iam.exceptions.EntityAlreadyExistsException:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trust)
        print(f"updated  role {ROLE}")
    remove_rights(iam)  # of an earlier version of this folder
    for path in sorted(Path(__file__).parent.glob("pipeline_*.json")):
        rights = read_policy(path.name, values)
        iam.put_role_policy(RoleName=ROLE, PolicyName=path.stem, PolicyDocument=rights)
    print(f"AWS_ROLE_ARN=arn:aws:iam::{values['ACCOUNT']}:role/{ROLE}")


def remove_rights(iam: Any) -> None:
    for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)


def remove(iam: Any, account: str) -> None:
    try:
        remove_rights(iam)
        iam.delete_role(RoleName=ROLE)
        print(f"removed  role {ROLE}")
    except iam.exceptions.NoSuchEntityException:
        print(f"no       role {ROLE}")
    provider = f"arn:aws:iam::{account}:oidc-provider/{HOST}"
    try:
        tags = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=provider)["Tags"]
    except iam.exceptions.NoSuchEntityException:
        return
    if MARK in tags:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
        print(f"removed  {provider}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    applying = commands.add_parser("apply")
    applying.add_argument("repository", help="OWNER/REPOSITORY on GitHub")
    applying.add_argument("--ids", nargs=2, required=True, metavar=("OWNER_ID", "REPOSITORY_ID"))
    applying.add_argument("--bucket", required=True, help="where DVC keeps the models")
    commands.add_parser("remove")
    args = parser.parse_args()
    try:
        account = boto3.client("sts").get_caller_identity()["Account"]
        iam = boto3.client("iam")
        if args.command == "remove":
            remove(iam, account)
            return
        owner, _, repository = args.repository.partition("/")
        values = {"OWNER": owner, "REPOSITORY": repository, "BUCKET": args.bucket}
        values |= {"OWNER_ID": args.ids[0], "REPOSITORY_ID": args.ids[1]}
        apply(iam, values | {"ACCOUNT": account, "REGION": boto3.client("ecr").meta.region_name})
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"error: AWS refused: {error}")


if __name__ == "__main__":
    main()
