"""Checkpoints: written so that a kill loses nothing, checked before a resume, and restored."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeVar

import pytorch_lightning as pl
import torch
from filelock import FileLock, Timeout
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.plugins.io import TorchCheckpointIO
from pytorch_lightning.utilities import rank_zero_only

from errors import InputError

# What Lightning puts into a checkpoint for a resume, beside the weights and the hyperparameters
TRAINING_STATE = (
    "averaging_state",
    "callbacks",
    "current_model_state",
    "loops",
    "lr_schedulers",
    "optimizer_states",
)
Restored = TypeVar("Restored", bound=pl.LightningModule | pl.LightningDataModule)


@contextmanager
def lock_output(output: Path) -> Iterator[None]:
    """Create the output folder, and lock it against other trainings until this one has ended.

    Raises InputError where another training is writing to it.
    """
    if getattr(rank_zero_only, "rank", 0):  # the first process of a training holds the lock
        yield
        return
    output.mkdir(parents=True, exist_ok=True)
    lock = FileLock(output / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"Another training is writing to {output}: wait until it has ended, or choose another "
            "output folder for this one."
        ) from None
    try:
        yield
    finally:
        lock.release()


def write_checkpoint(content: dict[str, Any], path: Path) -> None:
    """Write a checkpoint to a file beside its path, and then rename that file to the path.

    So the path always has a complete checkpoint: when the process is killed while it writes, the
    earlier checkpoint is still there.
    """
    unfinished = path.with_suffix(".tmp")
    torch.save(content, unfinished)
    unfinished.replace(path)


@contextmanager
def replace_files(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside the given one, and move its files there at the end.

    So the files of an earlier run stay as they are until all new ones are complete. What a kill
    leaves is removed by the next run.
    """
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        folder.mkdir(exist_ok=True)
        for path in sorted(unfinished.iterdir()):
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(unfinished)


class AtomicCheckpointIO(TorchCheckpointIO):
    """A plugin of Lightning that writes its checkpoints with write_checkpoint().

    Lightning's own way writes to the folder for temporary files first. Where that is on another
    file system than the output (in a container, for example), moving the file there is a copy, and
    a kill in the middle of the copy leaves a damaged checkpoint.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None
    ) -> None:
        write_checkpoint(checkpoint, Path(path))


class MovableModelCheckpoint(ModelCheckpoint):
    """A ModelCheckpoint that remembers its best score when its folder was moved, copied or renamed.

    Lightning's own callback compares the absolute path of the folder with the one in the
    checkpoint. Where they differ, it forgets the score, and a worse epoch would then overwrite the
    best checkpoint.
    """

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        def move(path: str) -> str:
            return str(Path(self.dirpath or "", Path(path).name)) if path else path

        scores = state_dict["best_k_models"]
        moved = {
            "dirpath": self.dirpath,
            "best_model_path": move(state_dict["best_model_path"]),
            "kth_best_model_path": move(state_dict["kth_best_model_path"]),
            "last_model_path": move(state_dict["last_model_path"]),
            "best_k_models": {move(path): score for path, score in scores.items()},
        }
        super().load_state_dict(state_dict | moved)


class AdjustableEarlyStopping(EarlyStopping):
    """An EarlyStopping that keeps its own patience on a resume, instead of the checkpoint's."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict(state_dict | {"patience": self.patience})


class ConfigInCheckpoint(pl.Callback):
    """Puts the configuration into every checkpoint, from where the model card takes it.

    The logger, which may name a user, the output folder and resume are left out, because they
    don't change the model.
    """

    def __init__(self, cfg: DictConfig):
        names = [name for name in cfg if name not in ("logger", "output", "resume")]
        self.config = OmegaConf.to_container(OmegaConf.masked_copy(cfg, names), resolve=True)

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        checkpoint["config"] = self.config


def load_checkpoint(module_class: type[Restored], checkpoint: Path) -> Restored:
    """Restore a model or a data module, as it was in training, from a checkpoint of train.py.

    Raises InputError where there is no such file, or where it is not a checkpoint of this model.
    """
    if not checkpoint.is_file():
        raise InputError(f"There is no checkpoint {checkpoint}: make it with `python train.py`.")
    try:
        saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
        # Without this line Lightning would restore a data module that reads the default data.
        saved[module_class.CHECKPOINT_HYPER_PARAMS_KEY]
        return module_class.load_from_checkpoint(checkpoint, map_location="cpu", weights_only=True)
    except (EOFError, KeyError, RuntimeError, TypeError, UnpicklingError) as error:
        reason = str(error).partition("\n")[0] or "it is cut off"
        raise InputError(
            f"{checkpoint} is not a checkpoint of this model: make one with `python train.py`. "
            f"({reason})"
        ) from None


def check_resumable(
    best: Path, last: Path, model: pl.LightningModule, datamodule: pl.LightningDataModule
) -> None:
    """Raise InputError unless both checkpoints are there, whole, and of the same model and data."""
    if not last.is_file():
        raise InputError(
            f"There is no {last} to resume from: no epoch was finished there. "
            "Train from the beginning."
        )
    if not best.is_file():
        raise InputError(
            f"There is no {best}, which belongs to {last}: put it back, or train from the "
            "beginning."
        )
    now = {**model.hparams, **datamodule.hparams}
    for path in (last, best):
        try:
            saved = torch.load(path, map_location="cpu", weights_only=True)
        except (EOFError, RuntimeError, UnpicklingError):
            raise InputError(f"{path} is damaged: train from the beginning.") from None
        before = {**saved["hyper_parameters"], **saved["datamodule_hyper_parameters"]}
        changes = [
            f"{name} was {before.get(name)}, now {now[name]}"
            for name in now
            if before.get(name) != now[name]
        ]
        if changes:
            raise InputError(
                f"{path} comes from another run ({'; '.join(changes)}). "
                "Resume with the same arguments, or train from the beginning."
            )


def prepare_folder(unfinished: Path, resumed: Path | None) -> None:
    """Empty the folder of an unfinished training, unless it is the one that is resumed.

    A finished training that is resumed, for more epochs, has its checkpoints copied there.
    """
    if resumed == unfinished or getattr(rank_zero_only, "rank", 0):
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    if resumed:
        for name in ("best.ckpt", "last.ckpt"):
            shutil.copy(resumed / name, unfinished)


def remove_training_state(checkpoint: Path) -> None:
    """Remove from a checkpoint what only a resume needs: two thirds of the file."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    write_checkpoint({key: saved[key] for key in saved if key not in TRAINING_STATE}, checkpoint)
