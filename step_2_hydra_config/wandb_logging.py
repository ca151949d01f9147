"""Weights & Biases: the logger, and plots and tables of what a model gets right and wrong."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
import wandb
from pytorch_lightning.loggers import WandbLogger
from pytorch_lightning.utilities import rank_zero_only
from torchmetrics.classification import (
    BinaryConfusionMatrix,
    BinaryPrecisionRecallCurve,
    BinaryROC,
)

from data import Example
from inference import ColaPredictor
from predictions import LABELS, Prediction

PNG_PLOTS = {
    "confusion_matrix": BinaryConfusionMatrix,
    "roc_curve": BinaryROC,
    "precision_recall_curve": BinaryPrecisionRecallCurve,
}


def make_logger(save_dir: Path, project: str, entity: str | None) -> WandbLogger:
    """A logger that is online for users who are logged in to W&B, and writes to disk for others."""
    wandb.finish()  # in a sweep, the run of the job before
    save_dir.mkdir(parents=True, exist_ok=True)
    logged_in = wandb.login(prompt=False, verify=False)
    mode = None if logged_in else "offline"
    return WandbLogger(save_dir=save_dir, project=project, entity=entity, mode=mode)


def save_plots(probabilities: torch.Tensor, labels: torch.Tensor, folder: Path) -> None:
    """Draw each plot into a PNG file; both tensors have the shape (sentences,)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make_metric in PNG_PLOTS.items():
        metric = make_metric(sync_on_compute=False)  # only one process draws
        metric.update(probabilities, labels)
        figure, axes = metric.plot()
        axes.set_title(name.replace("_", " ").capitalize())
        figure.savefig(folder / f"{name}.png", dpi=120, bbox_inches="tight")
        plt.close(figure)


def wrong_predictions(examples: list[Example], predictions: list[Prediction]) -> list[list]:
    """The rows of the table of errors, those that the model was surest of first."""
    rows = [
        [example.sentence, LABELS[example.label], prediction["label"], prediction["score"]]
        for example, prediction in zip(examples, predictions, strict=True)
        if prediction["label"] != LABELS[example.label]
    ]
    return sorted(rows, key=lambda row: row[-1], reverse=True)


@rank_zero_only
def log_evaluation(
    logger: WandbLogger, checkpoint: Path, train: list[Example], dev: list[Example], folder: Path
) -> None:
    """Judge the dev sentences with a checkpoint, and log plots and tables of the outcome."""
    predictions = ColaPredictor(checkpoint).predict([example.sentence for example in dev])
    labels = [example.label for example in dev]
    scores = [[prediction["scores"][label] for label in LABELS] for prediction in predictions]
    save_plots(torch.tensor(scores)[:, 1], torch.tensor(labels), folder)

    if not isinstance(logger, WandbLogger):  # another one, by logger=...
        return
    logger.experiment.log(
        {
            "val/confusion_matrix": wandb.plot.confusion_matrix(
                probs=scores, y_true=labels, class_names=list(LABELS)
            ),
            "val/roc_curve": wandb.plot.roc_curve(labels, scores, list(LABELS)),
            "val/precision_recall_curve": wandb.plot.pr_curve(labels, scores, list(LABELS)),
        }
    )
    logger.log_table(
        "val/wrong_predictions",
        columns=["sentence", "label", "predicted", "score"],
        data=wrong_predictions(dev, predictions),
    )
    logger.log_table(
        "train/samples",
        columns=["sentence", "label"],
        data=[
            [example.sentence, LABELS[example.label]]
            for example in train[:: max(1, len(train) // 50)]
        ],
    )
