"""Step 5: the image, built by Docker from the step's own Dockerfile, and run as the README does."""

import io
import json
import os
import shutil
import subprocess
import tarfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from conftest import BASE, NEWEST, STEPS, copy_tracked, docker, find_free_ports, missing, request
from test_server import SLOW

SECRET = "test-secret-" + uuid.uuid4().hex


pytestmark = pytest.mark.skipif(missing is not None, reason=str(missing))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, converted_models):
    """The step's folder with models, and with secrets that lie about."""
    folder = tmp_path_factory.mktemp("docker") / STEPS[NEWEST].name
    copy_tracked(STEPS[NEWEST], folder)
    shutil.copytree(converted_models, folder / "models")
    (folder / ".env").write_text(f"AWS_SECRET_ACCESS_KEY={SECRET}")
    (folder / "models/onnx/key.json").write_text(SECRET)
    return folder


@pytest.fixture(scope="module")
def image(folder):
    name = f"cola-test-{uuid.uuid4().hex[:8]}"
    docker("build", "--tag", name, ".", cwd=folder)
    yield name
    docker("rmi", "--force", name)


@contextmanager
def started(image, *options):
    """A container as the compose file has it: read-only, without capabilities."""
    [port] = find_free_ports(1)
    container = docker(
        *("run", "--detach", "--read-only", "--cap-drop=ALL", "--memory=512m"),
        *("--security-opt=no-new-privileges", f"--publish=127.0.0.1:{port}:8000"),
        *options,
        image,
    )
    try:
        yield container, f"http://127.0.0.1:{port}"
    finally:
        docker("rm", "--force", container)


def wait_until_healthy(container):
    for _ in range(60):
        status = docker("inspect", "--format={{.State.Health.Status}}", container)
        if status == "healthy":
            return
        time.sleep(0.5)
    raise AssertionError(f"{status}: {docker('logs', container)}")


@pytest.fixture(scope="module")
def service(image):
    with started(image) as (container, url):
        wait_until_healthy(container)
        yield container, url


def test_it_answers(service):
    _, url = service
    status, text = request(f"{url}/predict?text=The+boy+is+sitting+on+a+bench")
    assert status == 200
    assert json.loads(text)["label"] in ("acceptable", "unacceptable")
    assert "<title>" in request(url)[1]


def test_it_is_nobody_and_can_write_nothing(service):
    container, _ = service
    assert docker("exec", container, "id", "-u") == "65532"
    write = docker("exec", container, "sh", "-c", "touch /app/x /tmp/x; echo $?", check=False)
    assert write.endswith("1")
    capabilities = docker("exec", container, "grep", "CapEff", "/proc/1/status")
    assert capabilities.split()[1] == "0" * 16


def test_nothing_is_logged_of_what_users_send(service):
    container, url = service
    request(f"{url}/predict?text=Something+private")
    command = ["docker", "logs", container]
    logs = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Uvicorn running" in logs.stderr
    assert "private" not in logs.stdout + logs.stderr
    assert "Warn" not in logs.stderr and "W:" not in logs.stderr


def test_the_worst_request_fits_into_memory(service):
    container, url = service
    with ThreadPoolExecutor() as threads:
        slow = [threads.submit(request, f"{url}/predict", SLOW, 120) for _ in range(2)]
        assert [each.result()[0] for each in slow] == [200, 200]
    assert docker("inspect", "--format={{.State.OOMKilled}}", container) == "false"


def test_a_stop_finishes_what_it_began(image):
    with started(image) as (container, url):
        wait_until_healthy(container)
        with ThreadPoolExecutor() as threads:
            slow = threads.submit(request, f"{url}/predict", SLOW, 120)
            time.sleep(0.5)
            docker("stop", "--time=60", container)
            status, text = slow.result()
        assert (status, len(json.loads(text)["predictions"])) == (200, 100)
        assert docker("inspect", "--format={{.State.ExitCode}}", container) == "0"


def test_our_layers_are_small(image):
    size, base = (int(docker("image", "inspect", "-f={{.Size}}", name)) for name in (image, BASE))
    assert 100e6 < size - base <= 220e6


def test_no_layer_holds_a_secret_or_what_serving_does_not_need(image, tmp_path):
    """Looks into every layer above the base image, also at what a later one hides."""
    archive = tmp_path / "image.tar"
    docker("save", "--output", str(archive), image)
    base = set(json.loads(docker("image", "inspect", "-f={{json .RootFS.Layers}}", BASE)))
    layers = json.loads(docker("image", "inspect", "-f={{json .RootFS.Layers}}", image))
    ours = [number for number, layer in enumerate(layers) if layer not in base]
    names: list[str] = []
    with tarfile.open(archive) as files:

        def read(name: str) -> bytes:
            file = files.extractfile(name)
            assert file
            return file.read()

        [manifest] = json.loads(read("manifest.json"))
        assert SECRET.encode() not in read(manifest["Config"])
        for number in ours:
            layer = read(manifest["Layers"][number])
            assert SECRET.encode() not in layer
            with tarfile.open(fileobj=io.BytesIO(layer)) as content:
                names += content.getnames()
    assert "app/models/onnx/model.int8.onnx" in names
    packages = {name.split("site-packages/")[1] for name in names if "site-packages/" in name}
    assert {"onnxruntime", "fastapi"} <= packages
    assert not packages & {"torch", "transformers", "pip", "setuptools", "boto3", "pytest"}
    app = {name for name in names if name.startswith("app/")}
    assert not [name for name in app if name.endswith((".ckpt", ".tsv", ".env", "key.json"))]
    assert not [name for name in names if ".cache/" in name or name.startswith(("build", "root"))]


def test_compose_waits_for_health(folder, image):
    if "v2" not in docker("compose", "version", check=False):
        pytest.skip("needs Docker Compose v2")
    [port] = find_free_ports(1)
    file = folder / "docker-compose.yml"
    text = file.read_text()
    assert "image: cola\n" in text and "127.0.0.1:8000:8000" in text
    file.write_text(
        text.replace("image: cola\n", f"image: {image}\n").replace(":8000:8000", f":{port}:8000")
    )
    environment = os.environ | {"COMPOSE_PROJECT_NAME": image}
    try:
        docker("compose", "up", "--detach", "--wait", "api", cwd=folder, env=environment)
        assert request(f"http://127.0.0.1:{port}/health")[0] == 200
        printed = docker("compose", "run", "--rm", "client", cwd=folder, env=environment)
        assert json.loads(printed)["sentence"] == "They not yelled us!"
    finally:
        docker("compose", "down", cwd=folder, env=environment)
