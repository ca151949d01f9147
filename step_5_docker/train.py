"""Fine-tune the model, keep the best and the last checkpoint, and report how good it is.

Run `python train.py --help` for the configuration; all of it can be overridden by name=value.
"""

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import hydra
import pytorch_lightning as pl
import torch
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from omegaconf import DictConfig
from pytorch_lightning.callbacks import (
    EarlyStopping,
    EMAWeightAveraging,
    ModelCheckpoint,
    Timer,
    TQDMProgressBar,
)
from pytorch_lightning.utilities import rank_zero_only
from torchmetrics.functional.classification import binary_matthews_corrcoef

from data import DataModule, Example
from errors import InputError, exit_on_input_error
from inference import ColaPredictor
from model import ColaModel
from overrides import check_overrides
from predictions import LABELS
from wandb_logging import log_evaluation

# Lightning's advice on hardware and workers doesn't fit data that is in memory already.
logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
warnings.filterwarnings("ignore", module="pytorch_lightning")


class SeedEveryStep(pl.Callback):
    """Makes dropout depend on seed and step alone, so that a resumed run equals an unbroken one."""

    def __init__(self, seed: int):
        self.seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        torch.manual_seed((1000 * self.seed + trainer.global_rank) * 10**6 + trainer.global_step)


def check_resumable(checkpoint: Path, model: ColaModel, datamodule: DataModule) -> None:
    """Raise InputError unless the checkpoint is there and was made with the same model and data."""
    if not checkpoint.is_file():
        raise InputError(
            f"There is no {checkpoint} to resume from: no epoch was finished there. "
            "Train from the beginning."
        )
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    before = {**saved["hyper_parameters"], **saved["datamodule_hyper_parameters"]}
    now = {**model.hparams, **datamodule.hparams}
    changes = [
        f"{name} was {before[name]}, now {now[name]}" for name in now if before[name] != now[name]
    ]
    if changes:
        raise InputError(
            f"{checkpoint} comes from another run ({'; '.join(changes)}). "
            "Resume with the same arguments, or train from the beginning."
        )


def make_callbacks(output: Path, patience: int, seed: int) -> list[pl.Callback]:
    """Checkpoints of the best and of the last epoch, and how the training goes on between them."""
    return [
        ModelCheckpoint(
            output,
            filename="best",
            monitor="val/mcc",
            mode="max",
            enable_version_counter=False,
        ),
        ModelCheckpoint(
            output,
            filename="last",
            save_on_train_epoch_end=True,
            enable_version_counter=False,
        ),
        EarlyStopping("val/mcc", mode="max", patience=patience),
        # Validation and checkpoints use the moving average of the weights, which wavers less.
        EMAWeightAveraging(decay=0.95, update_every_n_steps=5),
        SeedEveryStep(seed),
        TQDMProgressBar(refresh_rate=10),
    ]


@rank_zero_only
def keep_weights_only(checkpoint: Path) -> None:
    """Take out of a checkpoint what only training needs, two thirds of the file."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    needed = ("pytorch-lightning_version", "hyper_parameters", "state_dict")
    smaller = checkpoint.with_suffix(".tmp")
    torch.save({key: saved[key] for key in needed}, smaller)
    smaller.replace(checkpoint)


def evaluate(predictor: ColaPredictor, examples: list[Example]) -> tuple[float, float]:
    """Judge sentences whose labels are known; returns MCC and accuracy."""
    predictions = predictor.predict([example.sentence for example in examples])
    predicted = torch.tensor([LABELS.index(prediction["label"]) for prediction in predictions])
    labels = torch.tensor([example.label for example in examples])
    mcc = binary_matthews_corrcoef(predicted, labels)
    return mcc.item(), (predicted == labels).float().mean().item()


@rank_zero_only
def report(checkpoint: Path, splits: dict[str, list[Example]]) -> None:
    """Print how good a checkpoint is on each split but the first, which it was trained on."""
    predictor = ColaPredictor(checkpoint)
    _, *dev_splits = splits.items()
    if len(dev_splits) > 1:
        together = [example for _, examples in dev_splits for example in examples]
        dev_splits.append(("all_dev", together))
    print(f"\n{'split':<18}{'sentences':>10}{'MCC':>8}{'accuracy':>10}")
    for name, examples in dev_splits:
        mcc, accuracy = evaluate(predictor, examples)
        print(f"{name:<18}{len(examples):>10,}{mcc:>8.3f}{accuracy:>10.3f}")


@hydra.main(version_base="1.3", config_path="configs", config_name="config")
@exit_on_input_error()
def main(cfg: DictConfig) -> None:
    pl.seed_everything(cfg.seed, verbose=False)
    datamodule = instantiate(cfg.data)
    datamodule.setup()
    model = instantiate(cfg.model)
    output = Path(os.path.relpath(HydraConfig.get().runtime.output_dir))
    best, last = output / "best.ckpt", output / "last.ckpt"
    if cfg.resume:
        check_resumable(last, model, datamodule)

    logger = instantiate(cfg.logger, save_dir=output)
    timer = Timer()
    callbacks = [*make_callbacks(output, cfg.patience, cfg.seed), timer]
    trainer = instantiate(cfg.training, logger=logger, callbacks=callbacks)
    try:
        trainer.fit(model, datamodule, ckpt_path=last if cfg.resume else None, weights_only=True)
    except SystemExit:  # this is how Lightning ends after Ctrl-C
        trainer.print("\nStopped. Go on from the last finished epoch with resume=true.")
        raise
    keep_weights_only(best)
    report(best, datamodule.splits)
    train, dev, *_ = datamodule.splits.values()
    log_evaluation(logger, best, train, dev, output / "plots")
    seconds = timer.time_elapsed("train")
    rate = trainer.current_epoch * len(datamodule.train_data) / seconds
    trainer.print(
        f"\nTrained {trainer.current_epoch} epochs in {seconds:.0f} s, validation included "
        f"({rate:.0f} sentences/s on {trainer.strategy.root_device.type}).\n"
        f"Best checkpoint   {best}\n"
        f"Last checkpoint   {last}\n"
        f"Plots             {output / 'plots'}\n"
        f"Log               {trainer.log_dir}"
    )


if __name__ == "__main__":
    check_overrides()
    main()
