"""The Makefile's commands, with stand-ins for the programs that it calls."""

import shutil
import subprocess
import sys

import pytest

from support.steps import ROOT, STEPS

# Prints its last argument; fails where PyTorch's own index is asked for and is out of reach.
UV = """#!/bin/sh
case "$*" in *--torch-backend=cpu*) [ "$REACHED" = yes ] || exit 2 ;; esac
for argument; do last=$argument; done
echo "installed ${last##*/}"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only PyTorch's builds for Linux have CUDA")
@pytest.mark.parametrize(
    ("gpu", "reached", "installed"),
    [
        ("no", "yes", ["torch", "requirements.txt", "emulator.txt"]),
        ("no", "no", ["requirements.txt", "emulator.txt"]),
        ("yes", "yes", ["requirements.txt", "emulator.txt"]),
    ],
)
def test_the_cpu_build_of_pytorch_where_there_is_no_gpu(tmp_path, gpu, reached, installed):
    shutil.copy(ROOT / "Makefile", tmp_path)
    step = tmp_path / STEPS[9].name
    (step / "requirements").mkdir(parents=True)
    (step / "requirements.txt").write_text("tomli==1.0\ntorch==2.13.0\ntorchmetrics==1.9.0\n")
    (step / "requirements/emulator.txt").touch()
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "python").touch()
    for name, script in {"uv": UV, "nvidia-smi": f"#!/bin/sh\n[ {gpu} = yes ]\n"}.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)

    printed = subprocess.check_output(
        ["make", "--silent", ".venv/run"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "REACHED": reached},
        text=True,
    )

    lines = [line.split()[1] for line in printed.splitlines() if line.startswith("installed")]
    assert [line.partition("==")[0] for line in lines] == installed
    assert ("can't be reached" in printed) == (gpu == reached == "no")


@pytest.mark.parametrize("readme", [ROOT / "README.md", *(STEPS[n] / "README.md" for n in STEPS)])
def test_readmes_name_the_cpu_build_of_the_locked_version(readme):
    text = readme.read_text(encoding="utf-8")
    if "pip install -r requirements.txt" not in text:
        return
    lock = (STEPS[0] / "requirements.txt").read_text()
    [version] = [line for line in lock.splitlines() if line.startswith("torch==")]
    assert f"`pip install {version} --index-url https://download.pytorch.org/whl/cpu`" in text
