"""The fixtures that several test modules use. Functions that they share are in support/."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser

from support import containers
from support.aws import make_environment, serving_aws, serving_ministack, serving_registry
from support.browser import find_browser, opened_browser
from support.scripts import run_program, succeed
from support.servers import S3Server, find_program, serving_s3
from support.steps import NEWEST, ROOT, STEPS, copy_step

# Variables that a developer's shell may have, and that would change what the tests test
for variable in list(os.environ):
    if variable.startswith(("AWS_", "COLA_", "DVC_", "ELASTIC", "HYDRA_", "KIBANA_", "WANDB_")):
        del os.environ[variable]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is downloaded
os.environ["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1"  # images are plain, as Lambda needs them
os.environ["OMP_NUM_THREADS"] = "1"  # two tests run at a time, each on one core

# The longest modules come first, because otherwise one of two processes waits for them at the end.
LONGEST_MODULES = [
    *("learning", "workflows", "elasticsearch", "lambda", "training", "dvc", "monitoring"),
    *("docker", "onnx", "hydra", "inference", "server"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first, and keep the order within each."""
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(LONGEST_MODULES)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable], Path]:
    """A function that makes a folder once for all processes of the tests, and returns its path.

    It takes the folder's name and a function that fills the folder. The other processes wait.
    """
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
    """A folder with a small BERT of random weights, which learns little, and MiniLM's tokenizer."""
    return make_once("tiny-bert", lambda folder: succeed_program(folder, "make_tiny_model"))


def succeed_program(folder: Path, name: str, *arguments: str) -> str:
    """Run a program of tests/programs, which must not fail; return what it prints."""
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
    """A function that makes a folder whose training file ends in the given, wrong line."""

    def make(line: bytes) -> Path:
        folder = tmp_path / "bad"
        shutil.copytree(small_data, folder)
        with (folder / "in_domain_train.tsv").open("ab") as file:
            file.write(line)
        return folder

    return make


@pytest.fixture(scope="session")
def converted_models(make_once) -> Path:
    """A folder `models` with the default model, which is converted but not trained."""

    def fill(folder: Path) -> None:
        succeed_program(copy_step(NEWEST, folder), "convert_untrained")

    return make_once("converted", fill) / STEPS[NEWEST].name / "models"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, converted_models) -> Path:
    """A copy of the newest step with a model that is converted but not trained."""
    return copy_step(NEWEST, tmp_path_factory.mktemp("newest"), converted_models)


@pytest.fixture(scope="module")
def monitored(tmp_path_factory, converted_models) -> Path:
    """A copy of the newest step with an untrained, converted model and its drift reference."""
    folder = copy_step(NEWEST, tmp_path_factory.mktemp("monitored"), converted_models)
    succeed_program(folder, "save_record_of_data")
    assert "250 predictions" in succeed(folder, "-m", "monitoring.make_reference")
    return folder


@pytest.fixture(scope="module")
def log(monitored) -> Path:
    """The prediction log of a week without drift, from 2026-03-02 on."""
    succeed(monitored, "-m", "monitoring.simulate_traffic", "clean", "--week=2026-03-02")
    return monitored / "production/predictions.jsonl"


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    with serving_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


def install_lock(lock: Path, folder: Path) -> None:
    """Make an environment in a folder with the packages of a lock, and copy the lock into it."""
    uv, python = find_program("uv"), folder / "bin/python"
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", folder], check=True)
    install = [uv, "pip", "install", "--quiet", f"--python={python}", f"--requirement={lock}"]
    subprocess.run(install, check=True)
    shutil.copy(lock, folder)  # by which `python -m aws.local` knows that it is complete


@pytest.fixture(scope="session")
def moto_python(make_once) -> Path:
    """The Python of an environment with moto and SeaweedFS, as `python -m aws.local` makes it."""
    lock = STEPS[7] / "requirements/local.txt"
    return make_once("moto", partial(install_lock, lock)) / "bin/python"


@pytest.fixture(scope="module")
def enforcing_aws(make_once, tmp_path_factory) -> Iterator[dict[str, str]]:
    """A stand-in for AWS, ministack, that enforces policies; the environment of its administrator.

    Its answers are right for what a policy allows, by AWS's rules. It is no place to deploy to.
    """
    lock = ROOT / "tests/requirements/ministack.txt"
    python = make_once("ministack", partial(install_lock, lock)) / "bin/python"
    folder = tmp_path_factory.mktemp("ministack")
    with serving_ministack(python, folder) as environment:
        yield environment


@pytest.fixture
def moto_server(moto_python: Path, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """AWS's records by moto, made anew; its address, and the registry's port."""
    with serving_aws(moto_python, tmp_path) as server:
        yield server


@pytest.fixture
def aws(moto_server) -> dict[str, str]:
    """The environment variables with which AWS's tools talk to moto."""
    return make_environment(moto_server[0])


def skip_if(missing: str | None) -> None:
    """Skip the test that runs, with the reason, if anything is missing."""
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def docker_engine() -> None:
    """Skips the test where there is no Docker engine, or no image of Python for it."""
    skip_if(containers.find_missing_image(containers.BASE))


@pytest.fixture(scope="session")
def lambda_base(docker_engine) -> None:
    """Skips the test where AWS's base image for Lambda is missing."""
    skip_if(containers.find_missing_image(containers.LAMBDA_BASE))


@pytest.fixture(scope="session")
def compose() -> None:
    """Skips the test where there is no Docker Compose."""
    skip_if(containers.find_missing_compose())


@pytest.fixture
def registry(docker_engine, moto_server, tmp_path) -> Iterator[str]:
    """The address of an image registry that requires the login which ECR gives out."""
    with serving_registry(moto_server[1], tmp_path) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser; skips the test where there is none."""
    if not find_browser():
        pytest.skip("needs Chromium or Chrome")
    with opened_browser() as browser:
        yield browser
