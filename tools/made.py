"""Keep what a step's command has made, so that READMEs and tests don't have to make it again.

For example, `python train.py` makes the folder `models`. A copy of it is kept in KEPT, under a hash
of the command and of all that its result depends on: the same command on the same files with the
same versions of the packages gets the copy instead of minutes of training.
"""

import hashlib
import os
import shutil
import threading
from pathlib import Path

import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".cache/made"
VERSIONS = ROOT / "step_0_project_setup/requirements.txt"
LIMIT = 6  # entries that are kept; one of a trained model takes up to 500 MB

locks: dict[str, threading.Lock] = {}


def hash_inputs(folder: Path, command: str) -> str:
    """Return a hash of a command, of its inputs in a step's folder, and of the packages' versions.

    The inputs are the files that the step's dvc.yaml names as dependencies and parameters of the
    command's stage and of the stages before it; of all stages, if the command is none of them.
    """
    text = (folder / "dvc.yaml").read_text(encoding="utf-8")
    stages = list(yaml.safe_load(text)["stages"].values())
    commands = [stage["cmd"] for stage in stages]
    if command in commands:
        stages = stages[: commands.index(command) + 1]
    names = {name for stage in stages for name in stage["deps"]}
    names |= {name for stage in stages for params in stage.get("params", []) for name in params}
    digest = hashlib.sha256(command.encode() + b"\0" + VERSIONS.read_bytes())
    for name in sorted(names):
        for path in sorted([folder / name, *(folder / name).rglob("*")]):
            if path.is_file():
                digest.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def find_made(folder: Path, command: str) -> Path | None:
    """Return the kept copy of what the command makes in the step's folder, or None.

    The copy belongs to everybody: copy it, don't change it.
    """
    entry = KEPT / hash_inputs(folder, command)
    try:
        os.utime(entry)  # what was used last is removed last
    except FileNotFoundError:
        return None
    return entry


def keep_made(folder: Path, command: str, made: Path) -> None:
    """Keep a copy of `made`, the folder that the command has just made in the step's folder.

    An entry appears complete, by a rename, or not at all. Two processes may call this at the same
    time. Of the older entries, only as many are kept as fit into LIMIT.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    entry, unfinished = KEPT / hash_inputs(folder, command), KEPT / ".unfinished"
    with FileLock(KEPT / ".lock"):
        shutil.rmtree(unfinished, ignore_errors=True)  # a process was killed
        if not entry.exists():
            shutil.copytree(made, unfinished)
            os.utime(unfinished)
            unfinished.rename(entry)
        entries = [path for path in KEPT.iterdir() if not path.name.startswith(".")]
        entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in entries[LIMIT:]:
            old.rename(unfinished)  # so that nobody finds an entry of which a part is gone
            shutil.rmtree(unfinished)


def lock_making(folder: Path, command: str) -> threading.Lock:
    """Return the lock to hold while the command makes its result, so that no other thread does."""
    return locks.setdefault(hash_inputs(folder, command), threading.Lock())
