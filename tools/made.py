"""Cache what a step's command has made, so that READMEs and tests don't have to make it again.

For example, `python train.py` makes the folder `models`. A copy of it is kept in the folder CACHE,
under a hash of the command and of everything that its result depends on. The same command on the
same files with the same versions of the packages takes this copy, which saves minutes of training.
"""

import hashlib
import os
import shutil
import threading
from pathlib import Path

import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache/made"
VERSIONS = ROOT / "step_0_project_setup/requirements.txt"
MAX_ENTRIES = 6  # an entry with a trained model takes up to 500 MB

locks: dict[str, threading.Lock] = {}


def hash_inputs(folder: Path, command: str) -> str:
    """Return a hash of a command, of its inputs in a step's folder, and of the packages' versions.

    The inputs are the files that the step's dvc.yaml names as dependencies and parameters of the
    command's stage and of the stages before it. If no stage has this command, they are the files of
    all stages.
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
    """Return the cached folder that the command makes in the step's folder, or None.

    Other callers use the same folder, so copy it and don't change it.
    """
    entry = CACHE / hash_inputs(folder, command)
    try:
        os.utime(entry)  # the entry that was used last is removed last
    except FileNotFoundError:
        return None
    return entry


def keep_made(folder: Path, command: str, made: Path) -> None:
    """Put a copy of `made`, the folder that the command has just made, into the cache.

    An entry appears complete, by a rename, or not at all. Two processes may call this at the same
    time. If there are more than MAX_ENTRIES entries, those that were used longest ago are removed.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    entry, unfinished = CACHE / hash_inputs(folder, command), CACHE / ".unfinished"
    with FileLock(CACHE / ".lock"):
        shutil.rmtree(unfinished, ignore_errors=True)  # left by a process that was killed
        if not entry.exists():
            shutil.copytree(made, unfinished)
            os.utime(unfinished)
            unfinished.rename(entry)
        entries = [path for path in CACHE.iterdir() if not path.name.startswith(".")]
        entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in entries[MAX_ENTRIES:]:
            old.rename(unfinished)  # so that nobody finds an entry that is partly removed
            shutil.rmtree(unfinished)


def lock_making(folder: Path, command: str) -> threading.Lock:
    """Return the lock that a thread holds while the command runs, so that no other one runs it."""
    return locks.setdefault(hash_inputs(folder, command), threading.Lock())
