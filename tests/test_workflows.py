"""Step 6: the steps' workflows, run whole by act on this machine.

Only third-party actions that would be downloaded are replaced, by tests/actions; Docker is real.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import (
    BASE,
    LAMBDA_BASE,
    NEWEST,
    ROOT,
    STEPS,
    copy_tracked,
    docker,
    find_missing_image,
    missing,
    run,
    succeed,
)
from test_aws import connect

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("step_*.yaml"))
PRIVATE = "-----BEGIN PRIVATE KEY-----nothing real-----END PRIVATE KEY-----"
FAKE_KEY = f'{{"type": "service_account",\n"client_email": "a@b.c",\n"private_key": "{PRIVATE}"}}'


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@localhost"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "init", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--message=All")


def find_actions(folder: Path) -> set[str]:
    """What the workflows use, as in `actions/setup-python@HASH`; act has checkout itself."""
    files = (folder / ".github/workflows").glob("*.yaml")
    used = {name for file in files for name in re.findall(r"uses: (\S+)", file.read_text())}
    return {name for name in used if not name.startswith("actions/checkout@")}


def act(folder: Path, workflow: str, *options: str, event: str = "push", **environment: str):
    """Run a workflow on an event, as GitHub would, on this machine."""
    stubs = []
    for action in find_actions(folder):
        stub = ROOT / "tests/actions" / action.split("@")[0].split("/")[1]
        stubs.append(f"--local-repository={action}={stub}")
    variables = {
        "TEST_ENVIRONMENT": str(Path(sys.executable).parent.parent),
        "TEST_ARTIFACTS": str(folder.parent / "artifacts"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **{name: os.environ[name] for name in ("DOCKER_BUILDKIT",) if name in os.environ},
        **environment,
    }
    command = [
        *("act", event, f"--workflows=.github/workflows/{workflow}", *options),
        *("--platform=ubuntu-latest=-self-hosted", *stubs),
        *(f"--env={name}={value}" for name, value in variables.items()),
    ]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=900, check=False
    )
    print(result.stdout[-6000:], result.stderr[-2000:])
    return result


def shrink(step: Path, data: Path, model: Path) -> None:
    """Give a step little data and a tiny model."""
    shutil.copytree(data, step / "data", dirs_exist_ok=True)
    config = step / "configs/model/minilm.yaml"
    text = re.sub(r"(?m)^model_name: .*$", f"model_name: {model}", config.read_text())
    assert str(model) in text
    config.write_text(text)


@pytest.fixture
def repository(tmp_path):
    """The newest step as a repository of its own."""
    folder = tmp_path / "repository"
    copy_tracked(STEPS[NEWEST], folder)
    commit(folder)
    return folder


def test_the_live_copies_are_those_of_the_steps():
    command = [sys.executable, "tools/steps.py", "check"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert WORKFLOWS
    for path in WORKFLOWS:
        step = next(step for step in STEPS.values() if path.name.startswith(step.name))
        text = path.read_text()
        assert f"working-directory: {step.name}/\n" in text
        if "push:" in text:
            assert f'paths: ["{step.name}/**"]' in text
        assert "./" not in text.replace("find . -path ./.git", "")


def test_basic(repository):
    result = act(repository, "basic.yaml")
    assert result.returncode == 0
    assert "A push of" in result.stdout
    files = sum(path.is_file() for path in repository.rglob("*") if ".git/" not in str(path))
    for greeting in ("Hello", "Good day"):
        assert f"{greeting}! The other job counted {files} files." in result.stdout


problem = missing or find_missing_image(LAMBDA_BASE)
needs_docker = pytest.mark.skipif(problem is not None, reason=str(problem))


def assert_image_is_kept(folder: Path) -> str:
    """Look into the artifact, and remove the image itself; returns its commit."""
    command = ["git", "rev-parse", "HEAD"]
    revision = subprocess.check_output(command, cwd=folder, text=True).strip()
    docker("rmi", "--force", f"cola:{revision}", f"cola-lambda:{revision}")
    [archive] = (folder.parent / "artifacts").rglob("cola.tar.gz")
    with gzip.open(archive) as content, tarfile.open(fileobj=content) as image:
        assert "manifest.json" in image.getnames()
    return revision


@needs_docker
def test_the_live_pipeline_trains_without_a_remote(tmp_path, small_data, tiny_model):
    """The root's copy, in a clone of the whole repository."""
    folder = tmp_path / "repository"
    copy_tracked(ROOT, folder)
    shrink(folder / STEPS[NEWEST].name, small_data, tiny_model)
    commit(folder)
    result = act(folder, f"{STEPS[NEWEST].name}_pipeline.yaml")
    assert result.returncode == 0
    assert "MCC on 125 dev sentences" in result.stdout
    assert "Success - Main Run it, and ask it" in result.stdout
    assert_image_is_kept(folder)


LAMBDA = ("--target=lambda", "--tag=cola-lambda:first")


@needs_docker
def test_the_pipeline_pulls_the_model_from_s3_publishes_and_deploys(
    repository, tmp_path, converted_models, s3_server, moto_server, registry
):
    """The role is a stand-in, which hands out the test's keys; the servers are real, and requests
    go to containers of the function's versions, by moto's records."""
    keys = {
        **s3_server.environment,
        "AWS_ENDPOINT_URL_S3": s3_server.environment["AWS_ENDPOINT_URL"],
        "AWS_ENDPOINT_URL": moto_server[0],
    }
    (tmp_path / "keys").write_text("".join(f"{k}={v}\n" for k, v in keys.items()))
    shutil.copytree(converted_models, repository / "models")
    (repository / "models/.hydra").mkdir()
    for output in ("best.ckpt", ".hydra/config.yaml"):
        (repository / "models" / output).touch()
    for command in [
        ("commit", "--force", "train", "convert", "reference"),
        ("remote", "add", "--local", "--default", "test", f"s3://{s3_server.bucket}/models"),
        ("push", "convert", "reference"),
    ]:
        result = run(repository, "-m", "dvc", *command, env=os.environ | keys)
        assert result.returncode == 0, result.stderr
    # The first version is deployed by hand.
    docker("build", *LAMBDA, f"--build-arg=REVISION={'f' * 40}", ".", cwd=repository)
    push = ("push_to_ecr.py", "cola-lambda:first", "--repository=cola-lambda")
    image = run(repository, *push, env=os.environ | keys).stdout.splitlines()[-1]
    result = run(repository, "deploy_lambda.py", image, env=os.environ | keys)
    assert result.returncode == 0, result.stderr
    shutil.rmtree(repository / "models")
    shutil.rmtree(repository / ".dvc/cache")
    (repository / ".dvc/config.local").unlink()
    git(repository, "add", "dvc.lock")
    git(repository, "commit", "--message=The model")
    result = act(
        repository,
        "pipeline.yaml",
        f"--var=DVC_REMOTE_URL=s3://{s3_server.bucket}/models",
        "--var=AWS_ROLE_ARN=arn:aws:iam::123456789012:role/cola-pipeline",
        "--var=AWS_REGION=us-east-1",
        TEST_KEYS=str(tmp_path / "keys"),
    )
    assert result.returncode == 0
    assert "Success - Main Pull the model by DVC" in result.stdout
    assert "Run Main Train a quick model" not in result.stdout
    assert "Success - Main Run it, and ask it" in result.stdout
    revision = assert_image_is_kept(repository)
    assert f"| {registry}/cola:{revision[:12]}" in result.stdout
    docker("rmi", "--force", f"{registry}/cola:{revision[:12]}")
    assert f"| {registry}/cola@sha256:" in result.stdout
    for percent in (10, 100):
        assert f"Version 2 answers, and has {percent}% of the requests." in result.stdout
    assert run(repository, "deploy_lambda.py", "--teardown", env=os.environ | keys).returncode == 0
    for name in (image, f"{registry}/cola-lambda:{revision[:12]}", "cola-lambda:first"):
        docker("rmi", "--force", name, check=False)
    assert s3_server.environment["AWS_SECRET_ACCESS_KEY"] not in result.stdout + result.stderr


CURL = """\
#!/usr/bin/python3
import base64, sys, urllib.request
request = urllib.request.Request(sys.argv[-1])
if "--config" in sys.argv:
    user = sys.stdin.read().partition("user = ")[2].strip()
    login = base64.b64encode(user.encode()).decode()
    request.add_header("Authorization", f"Basic {login}")
print(urllib.request.urlopen(request).read().decode())
"""


@pytest.fixture
def elastic_images(tmp_path):
    """The stand-in, under the names of the images of Elasticsearch and Kibana, where they lack."""
    compose = (STEPS[NEWEST] / "docker-compose.monitoring.yml").read_text()
    made = []
    for name, port in {"elasticsearch": 9200, "kibana": 5601}.items():
        image = re.findall(rf"image: (\S+/{name}:\S+)", compose)[0]
        if docker("images", "--quiet", image):
            continue
        shutil.copy(ROOT / "tests/elastic_stand_in.py", tmp_path)
        (tmp_path / "curl").write_text(CURL)
        (tmp_path / "curl").chmod(0o755)
        (tmp_path / "Dockerfile").write_text(
            f"FROM {BASE}\nCOPY curl /usr/local/bin/\nCOPY elastic_stand_in.py /\n"
            f'CMD ["python", "/elastic_stand_in.py", "{port}"]\n'
        )
        docker("build", f"--tag={image}", str(tmp_path))
        made.append(image)
    yield
    for image in made:
        docker("rmi", "--force", image)


@needs_docker
def test_the_dashboard_gets_data_in_compose(repository, elastic_images, small_data, tiny_model):
    """Where the images of Elasticsearch and Kibana can be had, with the real ones."""
    shrink(repository, small_data, tiny_model)
    git(repository, "commit", "--all", "--message=Little data")
    compose = ["docker", "compose", "--file", "docker-compose.monitoring.yml"]
    project = {"COMPOSE_PROJECT_NAME": "cola-monitoring-test"}
    environment = os.environ | project | {"ELASTIC_PASSWORD": "-", "KIBANA_PASSWORD": "-"}
    try:
        result = act(repository, "monitoring.yaml", **project)
        assert result.returncode == 0
        assert result.stdout.count("700 predictions are in Elasticsearch, 0 were refused.") == 2
        points = re.findall(r"cola-\d_\w+ +(\d+) points", result.stdout)
        assert len(points) == 5 and all(map(int, points))
    finally:
        down = [*compose, "down", "--volumes", "--timeout=1"]
        subprocess.run(down, cwd=repository, env=environment, check=False, capture_output=True)
        docker("rmi", "--force", "cola-forwarder")


def test_drift_starts_the_training(
    monitored, tmp_path, s3_server, moto_server, small_data, tiny_model, monkeypatch
):
    """Last week's log, of typos, is moto's; `gh` is a stand-in that tells what it was asked for."""
    repository = tmp_path / "repository"
    copy_tracked(STEPS[NEWEST], repository)
    commit(repository)
    shutil.copytree(monitored / "models", repository / "models")
    (repository / "models/best.ckpt").touch()
    bucket = f"s3://{s3_server.bucket}/drift"
    keys = {
        **s3_server.environment,
        "AWS_ENDPOINT_URL_S3": s3_server.environment["AWS_ENDPOINT_URL"],
        "AWS_ENDPOINT_URL": moto_server[0],
    }
    (tmp_path / "keys").write_text("".join(f"{k}={v}\n" for k, v in keys.items()))
    for command in [
        ("commit", "--force", "reference"),
        ("remote", "add", "--local", "--default", "test", bucket),
        ("push", "reference"),
    ]:
        succeed(repository, "-m", "dvc", *command, env=os.environ | keys)
    week = f"--week={datetime.now(UTC) - timedelta(days=6):%F}"
    succeed(repository, "simulate_traffic.py", "typos", week)
    log = repository / "monitoring/predictions.jsonl"
    lines = [line for line in log.read_text().splitlines() if read_moment(line) < datetime.now(UTC)]
    logs = connect("logs", keys)
    logs.create_log_group(logGroupName="/aws/lambda/cola")
    logs.create_log_stream(logGroupName="/aws/lambda/cola", logStreamName="one")
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName="/aws/lambda/cola",
        logStreamName="one",
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )
    shutil.rmtree(repository / "models")
    shutil.rmtree(repository / "monitoring")
    (repository / ".dvc/config.local").unlink()
    shutil.rmtree(repository / ".dvc/cache")
    shrink(repository, small_data, tiny_model)
    git(repository, "add", "--all")
    git(repository, "commit", "--message=The model")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "gh").write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/asked\n')
    (tools / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    variables = (
        f"--var=DVC_REMOTE_URL={bucket}",
        "--var=AWS_ROLE_ARN=arn:aws:iam::123456789012:role/cola-pipeline",
        "--var=AWS_REGION=us-east-1",
    )
    test_keys = str(tmp_path / "keys")
    result = act(
        repository, "drift.yaml", *variables, event="workflow_dispatch", TEST_KEYS=test_keys
    )
    assert result.returncode == 0
    assert f"{len(lines)} predictions" in result.stdout
    assert re.search(r"Drift in the week from \S+ on: unknown", result.stdout)
    assert "\nworkflow run train.yaml --repo " in "\n" + (tmp_path / "asked").read_text()

    result = act(
        repository, "train.yaml", *variables, event="workflow_dispatch", TEST_KEYS=test_keys
    )
    assert result.returncode == 0
    [archive] = (tmp_path / "artifacts").rglob("model.tar.gz")
    with tarfile.open(archive) as content:
        names = content.getnames()
    assert {"dvc.lock", "models/onnx/model.int8.onnx", "evaluation/model_card.md"} <= set(names)
    assert "files pushed" in result.stdout
    live = (ROOT / f".github/workflows/{STEPS[NEWEST].name}_drift.yaml").read_text()
    assert f"gh workflow run {STEPS[NEWEST].name}_train.yaml" in live


def read_moment(line: str) -> datetime:
    return datetime.fromisoformat(json.loads(line)["@timestamp"])


def test_a_push_that_breaks_a_test_fails(repository):
    file = repository / "predictions.py"
    text = file.read_text()
    assert "max(scores" in text
    file.write_text(text.replace("max(scores", "min(scores"))
    git(repository, "commit", "--all", "--message=Break it")
    result = act(repository, "pipeline.yaml")
    assert result.returncode != 0
    assert "1 failed" in result.stdout
    assert "Build the image" not in result.stdout


def test_the_key_of_a_drive_is_neither_shown_nor_kept(repository, tmp_path):
    (tmp_path / "secrets").write_text(f"GDRIVE_SERVICE_ACCOUNT_KEY='{FAKE_KEY}'\n")
    # In the place of dvc, which can't reach a drive here, a script that shows what it is given.
    tools = tmp_path / "tools/bin"
    tools.mkdir(parents=True)
    for name, script in {
        "pip": "exit 0",
        "dvc": 'echo "dvc $*"; [ $1 = pull ] || exit 0; stat -c %a "$RUNNER_TEMP/key.json"; '
        'cat "$RUNNER_TEMP/key.json"; echo "$RUNNER_TEMP" > "$TEST_ARTIFACTS.txt"; exit 7',
        "python": "exit 0",
    }.items():
        (tools / name).write_text(f"#!/bin/bash\n{script}\n")
        (tools / name).chmod(0o755)
    result = act(
        repository,
        "pipeline.yaml",
        f"--secret-file={tmp_path / 'secrets'}",
        "--var=DVC_REMOTE_URL=gdrive://folder",
        TEST_ENVIRONMENT=str(tmp_path / "tools"),
    )
    assert result.returncode != 0, "the pull has failed"
    assert "dvc pull convert reference" in result.stdout
    assert "| 600\n" in result.stdout
    assert PRIVATE not in result.stdout + result.stderr
    runner_temp = Path((tmp_path / "artifacts.txt").read_text().strip())
    assert not (runner_temp / "key.json").exists()
    assert not runner_temp.is_relative_to(repository)
