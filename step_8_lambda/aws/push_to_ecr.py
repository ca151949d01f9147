"""Push an image to Amazon ECR, with the commit that it was built from as its tag.

Run it after `docker build`. The region, the credentials and, for a stand-in of AWS, the endpoint
come from AWS's own environment variables. The last two lines printed are the names of the image in
ECR: by its tag, and by its digest.
"""

import argparse
import base64
import json
import os
import subprocess
import tempfile
from typing import Any

import boto3

from aws.docker import run_docker
from aws.errors import exit_on_aws_error
from errors import InputError

REVISION_LABEL = "org.opencontainers.image.revision"


def make_index_error(image: str, first: str = "") -> InputError:
    """Return the error for an image that is an index, and what is to be done first about it."""
    return InputError(
        f"{image} is an index, a list of images, which AWS Lambda doesn't take: {first}build it "
        "with `BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build ...`."
    )


def read_image(image: str) -> tuple[str, str]:
    """Return the id of a local image, and the commit in its label.

    Raises InputError if there is no such image, if it is an index, or if it has no label with a
    commit.
    """
    content = json.loads(run_docker("image", "inspect", image))[0]
    # Docker says this of images in containerd's image store; its classic store has no indexes.
    media_type = (content.get("Descriptor") or {}).get("mediaType", "")
    if media_type.endswith((".index.v1+json", ".manifest.list.v2+json")):
        raise make_index_error(image)
    revision = (content["Config"].get("Labels") or {}).get(REVISION_LABEL, "unknown")
    if revision == "unknown":
        raise InputError(
            f"{image} doesn't say which commit it was built from: give `docker build` the option "
            '`--build-arg REVISION="$(git rev-parse HEAD)"`.'
        )
    return content["Id"], revision


def ensure_repository(ecr: Any, name: str) -> str:
    """Return the address of a repository in ECR; create the repository if there is none."""
    try:
        repository = ecr.describe_repositories(repositoryNames=[name])["repositories"][0]
    except ecr.exceptions.RepositoryNotFoundException:
        print(f"Making the repository {name}: tags immutable, scanned on push")
        repository = ecr.create_repository(
            repositoryName=name,
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
        )["repository"]
    return repository["repositoryUri"]


def find_pushed(ecr: Any, name: str, tag: str) -> tuple[str, set[str]] | None:
    """Look for the image with a tag in a repository of ECR.

    Return its digest and the ids that this image can have on a machine, or None if there is no
    image with this tag. Raises InputError if it is an index.
    """
    images = ecr.batch_get_image(repositoryName=name, imageIds=[{"imageTag": tag}])["images"]
    if not images:
        return None
    digest = images[0]["imageId"]["imageDigest"]
    manifest = json.loads(images[0]["imageManifest"])
    if "manifests" in manifest:
        delete = f"aws ecr batch-delete-image --repository-name {name} --image-ids imageTag={tag}"
        raise make_index_error(f"{name}:{tag}, in ECR,", f"delete it by `{delete}`, and ")
    # Docker's classic image store uses the digest of the image's configuration as its id, and
    # containerd's image store uses the digest of its manifest.
    return digest, {digest, manifest.get("config", {}).get("digest", digest)}


def push(ecr: Any, image: str, target: str) -> None:
    """Log in to ECR and push a local image to its target, `ADDRESS:TAG`.

    Docker keeps the login in a temporary folder, which is removed afterwards. Raises InputError
    when Docker fails.
    """
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, password = base64.b64decode(token).decode().split(":", 1)
    # Docker's context, which says where its engine is, belongs to the folder that isn't used.
    host = run_docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DOCKER_CONFIG": folder, "DOCKER_HOST": host}
        registry = target.split("/", maxsplit=1)[0]
        login = ("login", "--username", user, "--password-stdin", registry)
        run_docker(*login, stdin=password, env=environment)
        run_docker("tag", image, target)
        # Its output is not captured, so that its progress is shown.
        command = ["docker", "push", target]
        if subprocess.run(command, env=environment, check=False).returncode:
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
    parser.add_argument(
        "--create-repository", action="store_true", help="only create the repository, push nothing"
    )
    parser.add_argument(
        "--accept-existing",
        action="store_true",
        help="if the repository has another image of the same commit, take that one; for CI, "
        "which builds every commit from a clean checkout",
    )
    args = parser.parse_args()
    ecr = boto3.client("ecr")
    if args.create_repository:
        print(ensure_repository(ecr, args.repository))
        return
    image_id, revision = read_image(args.image)
    tag = revision[:12]
    address = ensure_repository(ecr, args.repository)
    pushed = find_pushed(ecr, args.repository, tag)
    if pushed is None:
        push(ecr, args.image, f"{address}:{tag}")
        pushed = find_pushed(ecr, args.repository, tag)
        if pushed is None:
            raise InputError(f"{address}:{tag} is not there after the push.")
    elif image_id in pushed[1]:
        print("This image is there already.")
    elif args.accept_existing:
        print("An image of this commit is there already, and stays.")
    else:
        raise InputError(
            f"{address}:{tag} is another image, and a tag can't be moved: commit, and build again."
        )
    print(f"{address}:{tag}")
    print(f"{address}@{pushed[0]}")


if __name__ == "__main__":
    main()
