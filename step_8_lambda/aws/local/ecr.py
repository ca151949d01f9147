"""A stand-in for ECR on this machine: moto keeps its records, a registry on loopback the images.

    docker run --detach --publish 127.0.0.1:5000:5000 registry:2
    python local_ecr.py --host 127.0.0.1 --port 5005
    export AWS_ENDPOINT_URL_ECR=http://127.0.0.1:5005

It has an environment of its own, requirements/local.txt. moto alone names repositories at AWS, and
doesn't know what was pushed; both are changed here.
"""

import os
from base64 import b64encode
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import moto.server
from moto.ecr import models

REGISTRY = os.environ.get("LOCAL_REGISTRY", "127.0.0.1:5000")
PASSWORD = "123456789012-auth-token"  # noqa: S105 - what moto gives to everybody
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


make_repository = models.Repository.__init__


def make_local_repository(self, *args, **kwargs):
    make_repository(self, *args, **kwargs)
    self.uri = f"{REGISTRY}/{self.name}"


def batch_get_image(self, repository_name, registry_id=None, image_ids=()):
    """What the registry has under these tags."""
    images = []
    for image in image_ids:
        url = f"http://{REGISTRY}/v2/{repository_name}/manifests/{image['imageTag']}"
        login = b64encode(f"AWS:{PASSWORD}".encode()).decode()
        headers = {"Accept": ", ".join(MANIFESTS), "Authorization": f"Basic {login}"}
        try:
            with urlopen(Request(url, headers=headers)) as response:
                digest = response.headers["Docker-Content-Digest"]
                manifest = response.read().decode()
        except HTTPError as error:
            if error.code != 404:
                raise
        else:
            images.append({"imageId": {**image, "imageDigest": digest}, "imageManifest": manifest})
    return {"images": images, "failures": []}


models.Repository.__init__ = make_local_repository
models.ECRBackend.batch_get_image = batch_get_image

if __name__ == "__main__":
    moto.server.main()
