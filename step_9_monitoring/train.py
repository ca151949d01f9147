"""Fine-tune a pre-trained encoder to predict whether English sentences are acceptable.

Run `python train.py`. It keeps the best and the last checkpoint, and prints how good the best is.
"""

import logging
import os
import shutil
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
    EMAWeightAveraging,
    Timer,
    TQDMProgressBar,
)

from checkpoints import (
    AdjustableEarlyStopping,
    AtomicCheckpointIO,
    ConfigInCheckpoint,
    MovableModelCheckpoint,
    check_resumable,
    lock_output,
    prepare_folder,
    remove_training_state,
)
from errors import exit_on_input_error
from evaluate import evaluate, print_metrics
from inference import ColaPredictor
from overrides import check_overrides
from wandb_logging import log_evaluation

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


def train(cfg: DictConfig, output: Path) -> None:
    """Train a model, keep its best and its last checkpoint in output, and print how good it is."""
    pl.seed_everything(cfg.seed, verbose=False)
    datamodule = instantiate(cfg.data)
    datamodule.setup()
    model = instantiate(cfg.model)
    # The checkpoints of an earlier training stay as they are until this one has finished.
    unfinished = output / "unfinished"
    resumed = None
    if cfg.resume:
        resumed = unfinished if (unfinished / "last.ckpt").is_file() else output
        check_resumable(resumed / "best.ckpt", resumed / "last.ckpt", model, datamodule)

    logger = instantiate(cfg.logger, save_dir=output)
    timer = Timer()
    trainer = instantiate(
        cfg.training,
        logger=logger,
        callbacks=[
            *make_callbacks(unfinished, cfg.patience, cfg.seed),
            timer,
            ConfigInCheckpoint(cfg),
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
            trainer.print("\nStopped. Go on from the last finished epoch with resume=true.")
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
    validation = evaluations[datamodule.splits.validation_name]
    log_evaluation(logger, validation, datamodule.splits.train, output / "plots")
    seconds = timer.time_elapsed("train")
    # Fewer than all sentences are trained on in an epoch if limit_train_batches is set.
    share = trainer.num_training_batches / len(datamodule.train_dataloader())
    rate = trainer.current_epoch * share * len(datamodule.train_data) / seconds
    print(
        f"\nTrained {trainer.current_epoch} epochs in {seconds:.0f} s, validation included "
        f"({rate:.0f} sentences/s on {trainer.strategy.root_device.type}).\n"
        f"Best checkpoint   {best}\n"
        f"Last checkpoint   {last}\n"
        f"Plots             {output / 'plots'}\n"
        f"Log               {log_dir}"
    )


@hydra.main(version_base="1.3", config_path="configs", config_name="config")
@exit_on_input_error()
def main(cfg: DictConfig) -> None:
    output = Path(os.path.relpath(HydraConfig.get().runtime.output_dir))  # in a sweep, the job's
    with lock_output(output):
        train(cfg, output)


if __name__ == "__main__":
    check_overrides()
    main()
