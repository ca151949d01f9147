"""Fine-tune a pre-trained encoder to predict whether English sentences are acceptable.

Run `python train.py`. It keeps the best and the last checkpoint, and prints how good the best is.
"""

import argparse
import logging
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import (
    EMAWeightAveraging,
    Timer,
    TQDMProgressBar,
)
from pytorch_lightning.loggers import TensorBoardLogger

from checkpoints import (
    AdjustableEarlyStopping,
    AtomicCheckpointIO,
    MovableModelCheckpoint,
    check_resumable,
    lock_output,
    prepare_folder,
    remove_training_state,
)
from data import DataModule
from errors import exit_on_input_error
from evaluate import evaluate, print_metrics
from inference import ColaPredictor
from model import DEFAULT_MODEL, ColaModel

# Lightning's advice on hardware and workers doesn't fit data that is in memory already.
logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
warnings.filterwarnings("ignore", module="pytorch_lightning")


class SeedEveryStep(pl.Callback):
    """Seeds dropout by seed and step, so that a resumed run ends like an unbroken one."""

    def __init__(self, seed: int):
        self.seed = seed

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        torch.manual_seed((1000 * self.seed + trainer.global_rank) * 10**6 + trainer.global_step)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
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
    return parser.parse_args()


def make_callbacks(folder: Path, patience: int, seed: int) -> list[pl.Callback]:
    """Return callbacks that save checkpoints, stop early, average weights and show progress."""
    return [
        MovableModelCheckpoint(
            folder,
            filename="best",
            monitor="val/mcc",
            mode="max",
            enable_version_counter=False,
        ),
        MovableModelCheckpoint(
            folder,
            filename="last",
            save_on_train_epoch_end=True,
            enable_version_counter=False,
        ),
        AdjustableEarlyStopping("val/mcc", mode="max", patience=patience),
        # Validation and checkpoints use the moving average of the weights, which wavers less.
        # The model's buffers are the positions of tokens; an average would round some of them down.
        EMAWeightAveraging(use_buffers=False, decay=0.95, update_every_n_steps=5),
        SeedEveryStep(seed),
        TQDMProgressBar(refresh_rate=10),
    ]


def train(cfg: argparse.Namespace, output: Path) -> None:
    """Train a model, keep its best and its last checkpoint in output, and print how good it is."""
    pl.seed_everything(cfg.seed, verbose=False)
    datamodule = DataModule(cfg.data, cfg.model, cfg.batch_size, cfg.seed)
    datamodule.setup()
    model = ColaModel(cfg.model, cfg.learning_rate)
    # The checkpoints of an earlier training stay as they are until this one has finished.
    unfinished = output / "unfinished"
    resumed = None
    if cfg.resume:
        resumed = unfinished if (unfinished / "last.ckpt").is_file() else output
        check_resumable(resumed / "best.ckpt", resumed / "last.ckpt", model, datamodule)

    logger = TensorBoardLogger(output, name="logs")
    timer = Timer()
    trainer = pl.Trainer(
        max_epochs=cfg.epochs,
        precision=cfg.precision,
        logger=logger,
        callbacks=[
            *make_callbacks(unfinished, cfg.patience, cfg.seed),
            timer,
        ],
        plugins=[AtomicCheckpointIO()],
        log_every_n_steps=10,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        # data.py divides the batches among processes, and orders them anew for every epoch.
        use_distributed_sampler=False,
        reload_dataloaders_every_n_epochs=1,
    )
    prepare_folder(unfinished, resumed)
    best, last = unfinished / "best.ckpt", unfinished / "last.ckpt"
    try:
        trainer.fit(model, datamodule, ckpt_path=last if resumed else None, weights_only=True)
    except SystemExit:  # this is how Lightning ends after Ctrl-C
        if last.is_file():
            trainer.print("\nStopped. Go on from the last finished epoch with --resume.")
        else:
            trainer.print("\nStopped before the end of the first epoch. Nothing has changed.")
        raise
    log_dir = trainer.log_dir  # all processes agree on it
    if not trainer.is_global_zero:  # one of them reports
        return
    remove_training_state(best)
    best, last = best.replace(output / best.name), last.replace(output / last.name)
    shutil.rmtree(unfinished)
    evaluations = evaluate(ColaPredictor(best), datamodule.splits)
    print()
    print_metrics(evaluations)
    seconds = timer.time_elapsed("train")
    # Fewer than all sentences are trained on in an epoch if limit_train_batches is set.
    share = trainer.num_training_batches / len(datamodule.train_dataloader())
    rate = trainer.current_epoch * share * len(datamodule.train_data) / seconds
    print(
        f"\nTrained {trainer.current_epoch} epochs in {seconds:.0f} s, validation included "
        f"({rate:.0f} sentences/s on {trainer.strategy.root_device.type}).\n"
        f"Best checkpoint   {best}\n"
        f"Last checkpoint   {last}\n"
        f"Log               {log_dir}"
    )


@exit_on_input_error()
def main() -> None:
    cfg = parse_args()
    output = cfg.output
    with lock_output(output):
        train(cfg, output)


if __name__ == "__main__":
    main()
