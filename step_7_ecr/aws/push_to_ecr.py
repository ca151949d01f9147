"""Push an image to Amazon ECR, with the commit that it was built from as its tag.

Run it after `docker build`. The region, the credentials and, for a stand-in of AWS, the endpoint
come from AWS's own environment variables. The last two lines printed are the names of the image in
ECR: by its tag, and by its digest.
"""

import argparse
import base64
import json
import subprocess
import tempfile
from typing import Any

import boto3

from aws.docker import run_docker
from aws.errors import exit_on_aws_error
from errors import InputError

REVISION_LABEL = "org.opencontainers.image.revision"
# Images cost money as long as they are kept.
LIFECYCLE_POLICY = {
    "rules": [
        {
            "rulePriority": 1,
            "description": "Keep the ten newest images",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
            "action": {"type": "expire"},
        }
    ]
}


def read_image(image: str) -> tuple[str, str]:
    """Return the id of a local image, and the commit in its label.

    Raises InputError if there is no such image, or if it has no label with a commit.
    """
    content = json.loads(run_docker("image", "inspect", image))[0]
    revision = (content["Config"].get("Labels") or {}).get(REVISION_LABEL, "unknown")
    if revision == "unknown":
        raise InputError(
            f"{image} doesn't say which commit it was built from: build it with "
            '`docker build --build-arg REVISION="$(git rev-parse HEAD)" --tag cola .`'
        )
    return content["Id"], revision


def ensure_repository(ecr: Any, name: str) -> str:
    """Return the address of a repository in ECR; create the repository if there is none."""
    try:
        repository = ecr.describe_repositories(repositoryNames=[name])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        print(f"Making the repository {name}: tags immutable, scanned on push, ten images kept")
        repository = ecr.create_repository(
            repositoryName=name,
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
        )["repository"]
        policy = json.dumps(LIFECYCLE_POLICY)
        ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=policy)
    return repository["repositoryUri"]


def find_pushed(ecr: Any, name: str, tag: str) -> tuple[str, set[str]] | None:
    """Look for the image with a tag in a repository of ECR.

    Return its digest and the ids that this image can have on a machine, or None if there is no
    image with this tag.
    """
    images = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": tag}])["images"]
    if not images:
        return None
    digest = images[0]["imageId"]["imageDigest"]
    # Docker's classic image store uses the digest of the image's configuration as its id, and
    # containerd's image store uses the digest of its manifest.
    manifest = json.loads(images[0]["imageManifest"])
    return digest, {digest, manifest.get("config", {}).get("digest", digest)}


def push(ecr: Any, image: str, target: str) -> None:
    """Log in to ECR and push a local image to its target, `ADDRESS:TAG`.

    Docker keeps the login in a temporary folder, which is removed afterwards. Raises InputError
    when Docker fails.
    """
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, password = base64.b64decode(token).decode().split(":", 1)
    with tempfile.TemporaryDirectory() as folder:
        registry = target.split("/", maxsplit=1)[0]
        login = ("login", "--username", user, "--password-stdin", registry)
        run_docker("--config", folder, *login, stdin=password)
        run_docker("tag", image, target)
        # Its output is not captured, so that its progress is shown.
        if subprocess.run(["docker", "--config", folder, "push", target], check=False).returncode:
            raise InputError("`docker push` failed; its last lines say why.")


@exit_on_aws_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m aws.push_to_ecr",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("image", nargs="?", default="cola", help="an image on this machine")
    parser.add_argument("--repository", default="cola", help="the name of the repository in ECR")
    args = parser.parse_args()
    image_id, revision = read_image(args.image)
    tag = revision[:12]
    ecr = boto3.client("ecr")
    address = ensure_repository(ecr, args.repository)
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
            f"{address}:{tag} is another image, and a tag can't be moved: commit, and build again."
        )
    print(f"{address}:{tag}")
    print(f"{address}@{pushed[0]}")


if __name__ == "__main__":
    main()
