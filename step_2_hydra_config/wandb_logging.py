"""Weights & Biases: the logger, and plots and tables of what a model gets right and wrong."""

import os
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import matplotlib.pyplot as plt
import torch
import wandb
from pytorch_lightning.loggers import WandbLogger
from torchmetrics.classification import (
    BinaryConfusionMatrix,
    BinaryPrecisionRecallCurve,
    BinaryROC,
)

from cola import Example
from errors import InputError, exit_on_input_error
from evaluate import Evaluation
from predictions import LABELS

PNG_PLOTS = {
    "confusion_matrix": BinaryConfusionMatrix,
    "roc_curve": BinaryROC,
    "precision_recall_curve": BinaryPrecisionRecallCurve,
}


@exit_on_input_error()
def check_connection() -> None:
    """Exit with one line if W&B's server can't be reached; W&B itself would try for minutes."""
    url = wandb.setup().settings.base_url
    try:
        urlopen(url, timeout=10).close()
    except HTTPError:
        pass  # the server answers
    except OSError as error:
        raise InputError(
            f"You are logged in to W&B, and {url} can't be reached ({error}). Set the variable "
            "WANDB_MODE=offline: the run is then written to this disk, and `wandb sync` can upload "
            "it later."
        ) from None


def make_logger(
    save_dir: Path,
    project: str = os.environ.get("WANDB_PROJECT", "cola"),
    entity: str | None = os.environ.get("WANDB_ENTITY"),
) -> WandbLogger:
    """Return a logger that sends to W&B for users who are logged in, and writes to disk for others.

    entity is the user or team who owns the project; by default it is the user.
    """
    wandb.finish()  # in a sweep, the run of the job before
    save_dir.mkdir(parents=True, exist_ok=True)
    mode = wandb.setup().settings.mode  # "online", or what WANDB_MODE or `wandb offline` has set
    if mode == "online" and not wandb.login(prompt=False, verify=False):
        mode = "offline"
    if mode == "online":
        check_connection()
    return WandbLogger(save_dir=save_dir, project=project, entity=entity, mode=mode)


def save_plots(probabilities: torch.Tensor, labels: torch.Tensor, folder: Path) -> None:
    """Draw each plot into a PNG file of the folder; both tensors have the shape (sentences,).

    probabilities are those of the label "acceptable".
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, make_metric in PNG_PLOTS.items():
        metric = make_metric(sync_on_compute=False)  # only one process draws
        metric.update(probabilities, labels)
        figure, axes = metric.plot()
        axes.set_title(name.replace("_", " ").capitalize())
        figure.savefig(folder / f"{name}.png", dpi=120, bbox_inches="tight")
        plt.close(figure)


def list_wrong_predictions(evaluation: Evaluation) -> list[list]:
    """Return a row for each wrong prediction: sentence, label, predicted label and its score.

    The rows are in the order of the scores, the highest first.
    """
    rows = [
        [example.sentence, LABELS[example.label], prediction["label"], prediction["score"]]
        for example, prediction in zip(evaluation.examples, evaluation.predictions, strict=True)
        if prediction["label"] != LABELS[example.label]
    ]
    return sorted(rows, key=lambda row: row[-1], reverse=True)


def log_evaluation(
    logger: WandbLogger, evaluation: Evaluation, train: list[Example], folder: Path
) -> None:
    """Log plots and tables of an evaluation, and samples of the training sentences.

    The plots are written to the folder as PNG files, too.
    """
    labels = [example.label for example in evaluation.examples]
    scores = [
        [prediction["scores"][label] for label in LABELS] for prediction in evaluation.predictions
    ]
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
        data=list_wrong_predictions(evaluation),
    )
    logger.log_table(
        "train/samples",
        columns=["sentence", "label"],
        data=[
            [example.sentence, LABELS[example.label]]
            for example in train[:: max(1, len(train) // 50)]
        ],
    )
