"""Step 5: the image, built by Docker from the step's own Dockerfile, and run as the README does."""

import io
import json
import os
import re
import socket
import tarfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from support.containers import (
    BASE,
    container,
    docker,
    read_logs,
    wait_until_answering,
    wait_until_healthy,
)
from support.load import SHORT, start_clients
from support.servers import SENTENCE, SLOW, find_free_ports, request
from support.steps import NEWEST, copy_step

SECRET = "test-secret-" + uuid.uuid4().hex
MEMORY = "--memory=512m"

pytestmark = pytest.mark.usefixtures("docker_engine")


@pytest.fixture(scope="module")
def folder(docker_engine, tmp_path_factory, converted_models):
    """The newest step with models, and with secrets in files that no image may contain."""
    folder = copy_step(NEWEST, tmp_path_factory.mktemp("docker"), converted_models)
    (folder / ".env").write_text(f"AWS_SECRET_ACCESS_KEY={SECRET}")
    (folder / "models/onnx/key.json").write_text(SECRET)
    return folder


@pytest.fixture(scope="module")
def image(folder):
    """The name of the image that is built from the folder."""
    name = f"cola-test-{uuid.uuid4().hex[:8]}"
    docker("build", "--tag", name, ".", cwd=folder)
    yield name
    docker("rmi", "--force", name)


@pytest.fixture(scope="module")
def service(image):
    """The id and the address of a healthy container of the image."""
    with container(image, 8000, MEMORY) as (container_id, url):
        wait_until_healthy(container_id)
        yield container_id, url


def test_it_answers(service):
    _, url = service
    status, text = request(f"{url}/predict?text={quote(SENTENCE)}")
    assert status == 200
    assert json.loads(text)["label"] in ("acceptable", "unacceptable")
    assert "<title>" in request(url)[1]


def test_it_runs_without_rights_and_can_write_nothing(service):
    container_id, _ = service
    assert docker("exec", container_id, "id", "-u") == "65532"
    write = docker("exec", container_id, "sh", "-c", "touch /app/x /tmp/x; echo $?", check=False)
    assert write.endswith("1")
    capabilities = docker("exec", container_id, "grep", "CapEff", "/proc/1/status")
    assert capabilities.split()[1] == "0" * 16


def test_the_log_has_no_sentences_of_users(service):
    container_id, url = service
    request(f"{url}/predict?text=Something+private")
    log = read_logs(container_id)
    assert "Uvicorn running" in log
    assert "private" not in log
    assert "Warn" not in log and "W:" not in log


def test_a_stop_finishes_what_runs_and_waits_for_no_slow_client(image):
    running = json.dumps({"sentences": ["! " * 500] * 15}).encode()
    with container(image, 8000, MEMORY) as (container_id, url), ThreadPoolExecutor() as threads:
        wait_until_answering(f"{url}/health", container_id)
        with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))) as slow_client:
            slow_client.sendall(b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
            answer = threads.submit(request, f"{url}/predict", running)
            time.sleep(0.5)
            assert not answer.done(), "too fast to show anything"
            docker("stop", container_id)  # kills the container after 10 seconds
        assert answer.result()[0] == 200
        state = json.loads(docker("inspect", "--format={{json .State}}", container_id))
        assert (state["OOMKilled"], state["ExitCode"]) == (False, 0)


def test_under_load_memory_and_waiting_are_bounded_and_short_requests_pass_long_ones(image):
    """The clients share the machine's processors with the server."""
    with container(image, 8000, MEMORY) as (container_id, url):
        wait_until_answering(f"{url}/health", container_id)
        groups = [
            start_clients(f"{url}/predict", 64, 8, SLOW),
            start_clients(f"{url}/predict", 16, 8, SHORT),
            start_clients(f"{url}/health", 1, 8, None, pause=0.1),
        ]
        for threads, _ in groups:
            for thread in threads:
                thread.join()
        long, short, health = (answers for _, answers in groups)
        assert set(long.statuses) == {200, 503}
        assert set(short.statuses) == set(health.statuses) == {200}
        assert short.p99() < 2 and health.p99() < 1
        status = docker("exec", container_id, "cat", "/proc/1/status")
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", status)
    assert int(peak) / 1000 < 400, "MB"


def test_our_layers_are_small(image):
    size, base = (int(docker("image", "inspect", "-f={{.Size}}", name)) for name in (image, BASE))
    assert 100e6 < size - base <= 220e6


@pytest.fixture(scope="module")
def layers(image, tmp_path_factory):
    """The bytes of the image's configuration, and of each of its layers above the base image.

    The layers also contain the files that a later layer hides.
    """
    archive = tmp_path_factory.mktemp("image") / "image.tar"
    docker("save", "--output", str(archive), image)
    inherited = set(json.loads(docker("image", "inspect", "-f={{json .RootFS.Layers}}", BASE)))
    all_layers = json.loads(docker("image", "inspect", "-f={{json .RootFS.Layers}}", image))
    with tarfile.open(archive) as files:

        def read(name: str) -> bytes:
            file = files.extractfile(name)
            assert file
            return file.read()

        [manifest] = json.loads(read("manifest.json"))
        own = [number for number, layer in enumerate(all_layers) if layer not in inherited]
        yield read(manifest["Config"]), [read(manifest["Layers"][number]) for number in own]
    archive.unlink()


def test_no_layer_holds_a_secret(layers):
    configuration, contents = layers
    assert contents
    for content in (configuration, *contents):
        assert SECRET.encode() not in content


def test_no_layer_holds_what_serving_does_not_need(layers):
    names: list[str] = []
    for content in layers[1]:
        with tarfile.open(fileobj=io.BytesIO(content)) as files:
            names += files.getnames()
    assert "app/models/onnx/model.int8.onnx" in names
    packages = {name.split("site-packages/")[1] for name in names if "site-packages/" in name}
    assert {"onnxruntime", "fastapi"} <= packages
    assert not packages & {"torch", "transformers", "pip", "setuptools", "boto3", "pytest"}
    app = {name for name in names if name.startswith("app/")}
    assert not [name for name in app if name.endswith((".ckpt", ".tsv", ".env", "key.json"))]
    assert not [name for name in names if ".cache/" in name or name.startswith(("build", "root"))]


def test_compose_starts_the_client_once_the_service_is_healthy(compose, folder, image):
    [port] = find_free_ports(1)
    file = folder / "docker-compose.yml"
    text = file.read_text()
    assert "image: cola\n" in text and "127.0.0.1:8000:8000" in text
    text = text.replace("image: cola\n", f"image: {image}\n")
    file.write_text(text.replace(":8000:8000", f":{port}:8000"))
    environment = os.environ | {"COMPOSE_PROJECT_NAME": image}
    try:
        docker("compose", "up", "--detach", "--wait", "api", cwd=folder, env=environment)
        assert request(f"http://127.0.0.1:{port}/health")[0] == 200
        printed = docker("compose", "run", "--rm", "client", cwd=folder, env=environment)
        assert json.loads(printed)["sentence"] == "They not yelled us!"
    finally:
        docker("compose", "down", cwd=folder, env=environment)
