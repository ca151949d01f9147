"""support/containers.py where a part of Docker is missing, with a stand-in for Docker's client."""

import pytest

from support import containers

NO_ENGINE = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."
# Debian's client without BuildKit, which prints its progress in another form
CLIENT_WITHOUT_BUILDKIT = """
case "$*" in
    version*) echo 20.10.24 ;;
    build*) cat > /dev/null; echo "Step 1/2 : FROM scratch" >&2 ;;
    *) echo "docker: 'compose' is not a docker command." >&2; exit 1 ;;
esac
"""
FINDERS = (containers.find_missing_engine, containers.find_missing_image)
FINDERS += (containers.find_missing_compose,)


@pytest.fixture
def install_client(tmp_path, monkeypatch):
    """A function that writes a script as the only `docker` on PATH.

    The cached results of earlier calls are cleared before and after the test.
    """
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(containers.shutil, "which", lambda name: find_program(tmp_path, name))
    for finder in FINDERS:
        finder.cache_clear()

    def install(script):
        (tmp_path / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "docker").chmod(0o755)

    yield install
    for finder in FINDERS:
        finder.cache_clear()


def find_program(folder, name):
    """Return the path of a program in a folder, or None if it is missing."""
    return str(folder / name) if (folder / name).exists() else None


def test_without_a_client(install_client):
    assert containers.find_missing_image(containers.BASE) == "needs a running Docker engine"
    assert "Compose" in str(containers.find_missing_compose())


def test_without_an_engine(install_client):
    install_client(f'echo "{NO_ENGINE}" >&2; exit 1')
    assert containers.find_missing_image(containers.BASE) == "needs a running Docker engine"


def test_without_buildkit_and_compose(install_client):
    install_client(CLIENT_WITHOUT_BUILDKIT)
    assert "BuildKit" in str(containers.find_missing_image(containers.BASE))
    assert "Compose" in str(containers.find_missing_compose())


def test_an_image_that_cannot_be_pulled(install_client):
    script = 'case "$1" in version) echo 29.0 ;; build) cat > /dev/null; echo "#1 load" >&2 ;; '
    install_client(f"{script} images) ;; *) exit 1 ;; esac")
    missing = containers.find_missing_image("some:image")
    assert str(missing).startswith("needs some:image: it can't be pulled")


def test_an_engine_that_stops_during_the_tests_is_one_clear_message(install_client):
    install_client(f'echo "{NO_ENGINE}" >&2; exit 1')
    with pytest.raises(pytest.fail.Exception, match="engine has stopped") as failure:
        containers.docker("ps")
    assert not failure.value.pytrace
