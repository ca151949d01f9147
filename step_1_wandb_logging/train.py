"""Fine-tune the model, keep the best and the last checkpoint, and report how good it is.

Run `python train.py --help` for the options.
"""

import argparse
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
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
from model import DEFAULT_MODEL, ColaModel
from predictions import LABELS
from wandb_logging import log_evaluation, make_logger

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


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Fine-tune a pre-trained encoder to judge whether English is acceptable.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--data", default="bundled", help="'bundled', 'hub', or a folder; or several by '+'")
    add("--model", default=DEFAULT_MODEL, help="packaged model, a name on the hub, or a folder")
    add("--epochs", type=int, default=5, help="most passes over the training data")
    add("--patience", type=int, default=3, help="stop after so many epochs without a better one")
    add("--batch-size", type=int, default=32, help="sentences in a training step")
    add("--learning-rate", type=float, default=2e-4, help="highest learning rate")
    add("--precision", default="32-true", help="'bf16-mixed' is faster where the chip can do it")
    add("--seed", type=int, default=0, help="two runs with the same seed end with equal weights")
    add("--output", type=Path, default=Path("models"), help="folder for checkpoints and logs")
    add("--resume", action="store_true", help="go on from the last checkpoint in --output")
    add("--project", default=os.environ.get("WANDB_PROJECT", "cola"), help="W&B project")
    add("--entity", default=os.environ.get("WANDB_ENTITY"), help="W&B user or team")
    return parser.parse_args()


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


@exit_on_input_error()
def main() -> None:
    args = parse_args()
    pl.seed_everything(args.seed, verbose=False)
    datamodule = DataModule(args.data, args.model, args.batch_size, args.seed)
    datamodule.setup()
    model = ColaModel(args.model, args.learning_rate)
    output = args.output
    best, last = output / "best.ckpt", output / "last.ckpt"
    if args.resume:
        check_resumable(last, model, datamodule)

    logger = make_logger(output, args.project, args.entity)
    timer = Timer()
    callbacks = [*make_callbacks(output, args.patience, args.seed), timer]
    trainer = pl.Trainer(
        max_epochs=args.epochs,
        precision=args.precision,
        log_every_n_steps=10,
        logger=logger,
        callbacks=callbacks,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        # data.py divides the batches among processes, and orders them anew for every epoch.
        use_distributed_sampler=False,
        reload_dataloaders_every_n_epochs=1,
    )
    try:
        trainer.fit(model, datamodule, ckpt_path=last if args.resume else None, weights_only=True)
    except SystemExit:  # this is how Lightning ends after Ctrl-C
        trainer.print("\nStopped. Go on from the last finished epoch with --resume.")
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
    main()
