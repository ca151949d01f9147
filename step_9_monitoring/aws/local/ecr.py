"""ECR on this machine: moto keeps the records of repositories, and a registry keeps the images.

moto alone gives repositories addresses at AWS, and doesn't know which images have been pushed.
"""

import os
from typing import Any

import requests
from moto.ecr import models

REGISTRY = f"127.0.0.1:{os.environ.get('LOCAL_REGISTRY_PORT', '5000')}"
PASSWORD = "123456789012-auth-token"  # noqa: S105 - moto gives it to everybody
MANIFEST_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


def batch_get_image(
    self: models.ECRBackend,
    repository_name: str,
    registry_id: str | None = None,
    image_ids: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Answer ECR's request of this name with what the registry has under the tags."""
    images = []
    for image_id in image_ids or []:
        response = requests.get(
            f"http://{REGISTRY}/v2/{repository_name}/manifests/{image_id['imageTag']}",
            headers={"Accept": ", ".join(MANIFEST_TYPES)},
            auth=("AWS", PASSWORD),
            timeout=30,
        )
        if response.status_code == 404:
            continue
        response.raise_for_status()
        digest = response.headers["Docker-Content-Digest"]
        image = {"imageId": {**image_id, "imageDigest": digest}, "imageManifest": response.text}
        images.append(image)
    return {"images": images, "failures": []}


def install() -> None:
    """Replace these parts of moto's ECR in this process."""
    create_repository = models.Repository.__init__

    def create_local_repository(self: models.Repository, *args: Any, **kwargs: Any) -> None:
        create_repository(self, *args, **kwargs)
        self.uri = f"{REGISTRY}/{self.name}"

    models.Repository.__init__ = create_local_repository
    models.ECRBackend.batch_get_image = batch_get_image
