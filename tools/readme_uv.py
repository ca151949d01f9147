"""Make the READMEs' environments with uv, which takes seconds where pip takes minutes.

uv hard-links the packages' files out of its cache. Run as a program, this module hard-links their
compiled bytecode into an environment as well: `python tools/readme_uv.py ENVIRONMENT`.
"""

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.util import source_from_cache
from pathlib import Path

VENV = re.compile(r"( *)(python[\d.]*) -m venv ([^\s-]\S*)")
INSTALL = re.compile(r"( *)(?:(\S+)/bin/)?pip install (.*[^\\])")
LINK_BYTECODE = shlex.join([sys.executable, str(Path(__file__).resolve())])


def use_uv(command: str, uv: str) -> str:
    """Return a command of a README with uv in place of venv and pip; uv is the path of uv.

    Whole lines are replaced: `python3 -m venv DIR`, `pip install ...`, which uv does in the
    activated environment, as pip does, and `DIR/bin/pip install ...`. Every other use of venv and
    pip, for example after `&&`, stays, and works too, because the environments have pip.
    """
    return "\n".join(use_uv_in_line(line, shlex.quote(uv)) for line in command.split("\n"))


def use_uv_in_line(line: str, uv: str) -> str:
    """Return one line of a command with uv in place of venv and pip."""
    if match := VENV.fullmatch(line):
        indent, python, folder = match.groups()
        options = f'--quiet --seed --allow-existing --python "$(command -v {python})"'
        return f"{indent}{uv} venv {options} {folder}"
    if match := INSTALL.fullmatch(line):
        indent, folder, arguments = match.groups()
        python = f"--python {folder}/bin/python " if folder else ""
        install = f"{indent}{uv} pip install --quiet {python}{arguments}"
        environment = folder or '"$VIRTUAL_ENV"'
        return f"{install}\n{indent}{LINK_BYTECODE} {environment}"
    return line


def find_uv() -> str | None:
    """Return the path of the uv beside the interpreter, or else of the one on PATH, or None."""
    folder = Path(sys.executable).parent
    return shutil.which("uv", path=f"{folder}{os.pathsep}{os.environ.get('PATH', '')}")


@functools.cache
def make_settings(uv: str) -> dict[str, str]:
    """Return the environment variables with which uv finds its cache and the package index.

    A README's shell has another HOME, so uv would not find them itself. A variable that the user
    has set keeps its value.
    """
    command = [uv, "cache", "dir", "--color=never"]
    cache = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    settings = {"UV_CACHE_DIR": cache, "UV_LINK_MODE": "hardlink"}
    # uv does not read the settings of pip.
    if "PIP_FIND_LINKS" in os.environ:
        settings["UV_FIND_LINKS"] = ",".join(os.environ["PIP_FIND_LINKS"].split())
    if "PIP_INDEX_URL" in os.environ:
        settings["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    return {name: os.environ.get(name) or value for name, value in settings.items()}


def link_bytecode(source: Path, target: Path) -> None:
    """Hard-link the bytecode of one environment into another, for the files that both share.

    Compiling what torch, pytorch_lightning and transformers import takes ten seconds. Bytecode is
    valid for the file that it was compiled from. If a file has the same inode in both environments,
    because uv has linked it into both, it is that file. Where uv had to copy, nothing is linked.
    """
    for compiled in source.glob("lib/**/__pycache__/*.pyc"):
        with suppress(
            OSError, ValueError
        ):  # the file is missing there or was linked before; an odd name
            module = Path(source_from_cache(str(compiled)))
            if module.samefile(target / module.relative_to(source)):
                link = target / compiled.relative_to(source)
                link.parent.mkdir(exist_ok=True)
                link.hardlink_to(compiled)


if __name__ == "__main__":
    link_bytecode(Path(sys.prefix), Path(sys.argv[1]))
