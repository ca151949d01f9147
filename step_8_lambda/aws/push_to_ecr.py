"""Push an image to Amazon ECR, tagged by the commit that it was built from.

Run `python push_to_ecr.py` after `docker build`. Region, credentials and, for another service than
AWS, the endpoint come from AWS's own environment variables.
"""

import argparse
import base64
import json
import subprocess
import tempfile
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from errors import InputError, exit_on_input_error

REVISION = "org.opencontainers.image.revision"
# Images cost money as long as they are kept.
LIFECYCLE = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "Keep the ten newest images",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
            "action": {"type": "expire"},
        }
    ]
}


def docker(*arguments: str, stdin: str | None = None) -> str:
    """Run docker; returns what it prints, raises InputError with the last line when it fails."""
    result = subprocess.run(
        ["docker", *arguments], input=stdin, capture_output=True, text=True, check=False
    )
    if result.returncode:
        reason = (result.stderr.strip() or "no message").splitlines()[-1]
        raise InputError(f"`docker {arguments[0]}` failed: {reason}")
    return result.stdout.strip()


def read_image(image: str) -> tuple[str, str]:
    """The id of a local image, and the commit that it was built from."""
    content = json.loads(docker("image", "inspect", image))[0]
    revision = (content["Config"].get("Labels") or {}).get(REVISION, "unknown")
    if revision == "unknown":
        raise InputError(
            f"{image} doesn't say which commit it was built from: build it with "
            '`docker build --build-arg REVISION="$(git rev-parse HEAD)" --tag cola .`'
        )
    return content["Id"], revision


def find_or_make_repository(ecr: Any, name: str) -> str:
    """The address of a repository, which is made where there is none."""
    try:
        found = ecr.describe_repositories(repositoryNames=[name])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        print(f"Making the repository {name}: tags immutable, scanned on push, ten images kept")
        found = ecr.create_repository(
            repositoryName=name,
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
        )["repository"]
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps(LIFECYCLE))
    return found["repositoryUri"]


def find_pushed(ecr: Any, name: str, tag: str) -> tuple[str, set[str]] | None:
    """The digest of the image with this tag, and the ids it can have on a machine; None if none."""
    found = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": tag}])["images"]
    if not found:
        return None
    digest = found[0]["imageId"]["imageDigest"]
    # Docker's classic store names an image by its configuration, containerd's by its manifest.
    manifest = json.loads(found[0]["imageManifest"])
    return digest, {digest, manifest.get("config", {}).get("digest", digest)}


def push(ecr: Any, image: str, target: str) -> None:
    """Log in, in a folder that is removed afterwards, and push."""
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, password = base64.b64decode(token).decode().split(":", 1)
    with tempfile.TemporaryDirectory() as folder:
        registry = target.split("/", maxsplit=1)[0]
        login = ("login", "--username", user, "--password-stdin", registry)
        docker("--config", folder, *login, stdin=password)
        docker("tag", image, target)
        # Not captured, so that its progress is seen.
        if subprocess.run(["docker", "--config", folder, "push", target], check=False).returncode:
            raise InputError("`docker push` failed; its last lines say why.")


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description="Push an image to Amazon ECR.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("image", nargs="?", default="cola", help="built by docker on this machine")
    parser.add_argument("--repository", default="cola", help="its name in ECR")
    args = parser.parse_args()
    image_id, revision = read_image(args.image)
    tag = revision[:12]
    try:
        ecr = boto3.client("ecr")
        address = find_or_make_repository(ecr, args.repository)
        pushed = find_pushed(ecr, args.repository, tag)
        if pushed is None:
            push(ecr, args.image, f"{address}:{tag}")
            pushed = find_pushed(ecr, args.repository, tag)
            if pushed is None:
                raise InputError(f"{address}:{tag} is not there after the push.")
        elif image_id in pushed[1]:
            print("This image is there already.")
        else:
            raise InputError(
                f"{address}:{tag} is another image, and a tag stays: commit, and build again."
            )
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"ECR refused: {error}") from None
    print(f"{address}:{tag}")
    print(f"{address}@{pushed[0]}")


if __name__ == "__main__":
    main()
