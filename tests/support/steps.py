"""The step folders, copies of them, and the commands that train a model in them."""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = {int(path.name.split("_")[1]): path for path in sorted(ROOT.glob("step_[0-9]_*"))}
NEWEST = max(STEPS)
PROGRAMS = ROOT / "tests/programs"

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "corpus")]
from readme import copy_tracked  # noqa: E402


def copy_step(step: int, parent: Path, models: Path | None = None) -> Path:
    """Copy a step's tracked files, and models if given, into a new folder in parent; return it."""
    folder = parent / STEPS[step].name
    copy_tracked(STEPS[step], folder)
    if models:
        shutil.copytree(models, folder / "models")
    return folder


def train_command(step: int, **options: object) -> list[str]:
    """Return the command that trains in a step with options such as data, model and epochs.

    Steps 0 and 1 take flags, and the later ones take keys of Hydra.
    """
    if step < 2:
        flags = [(f"--{name.replace('_', '-')}", value) for name, value in options.items()]
        return ["train.py", *(str(part) for flag in flags for part in flag if part is not True)]
    keys = {
        "data": "data.source",
        "model": "model.model_name",
        "epochs": "training.max_epochs",
        "batch_size": "data.batch_size",
        "learning_rate": "model.learning_rate",
    }
    return ["train.py", *(f"{keys.get(name, name)}={value}" for name, value in options.items())]


def shrink(step: Path, data: Path, model: Path) -> None:
    """Replace the data in a copy of a step by less data, and its default model by a tiny model."""
    shutil.copytree(data, step / "data", dirs_exist_ok=True)
    config = step / "configs/model/minilm.yaml"
    text, count = re.subn(r"(?m)^model_name: .*$", f"model_name: {model}", config.read_text())
    assert count == 1
    config.write_text(text)
