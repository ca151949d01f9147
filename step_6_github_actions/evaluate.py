"""Measure how good a checkpoint is on the dev sentences, on which it was not trained.

Run `python evaluate.py` after `python train.py`, which prints the same table at its end.
The pipeline runs it whenever the checkpoint has changed: it writes metrics, plots and a model card.
"""

import argparse
import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torchmetrics.functional.classification import binary_roc

from checkpoints import load_checkpoint, replace_files
from cola import Example, Splits
from data import DataModule
from errors import exit_on_input_error
from inference import ColaPredictor
from model import make_metrics
from model_card import make_model_card
from overrides import find_output
from predictions import LABELS, Prediction

EVALUATION = Path("evaluation")


@dataclass
class Evaluation:
    """The examples of a dev split, the model's prediction for each, and the metrics of these."""

    examples: list[Example]
    predictions: list[Prediction]
    metrics: dict[str, float]


def calc_metrics(examples: list[Example], predictions: list[Prediction]) -> dict[str, float]:
    """Return MCC, accuracy and so on by name, for the predictions of these examples."""
    predicted = torch.tensor([LABELS.index(prediction["label"]) for prediction in predictions])
    labels = torch.tensor([example.label for example in examples])
    values = make_metrics("")(predicted, labels)
    return {name: round(value.item(), 4) for name, value in values.items()}


def evaluate(predictor: ColaPredictor, splits: Splits) -> dict[str, Evaluation]:
    """Predict every dev sentence once; return an evaluation of each split, and of "all_dev"."""
    evaluations = {}
    for name, examples in splits.dev.items():
        predictions = predictor.predict([example.sentence for example in examples])
        metrics = calc_metrics(examples, predictions)
        evaluations[name] = Evaluation(examples, predictions, metrics)
    together = [
        prediction for evaluation in evaluations.values() for prediction in evaluation.predictions
    ]
    metrics = calc_metrics(splits.all_dev, together)
    return evaluations | {"all_dev": Evaluation(splits.all_dev, together, metrics)}


def print_metrics(evaluations: dict[str, Evaluation]) -> None:
    """Print a table with a line for each split."""
    print(f"{'split':<18}{'sentences':>10}{'MCC':>8}{'accuracy':>10}")
    for name, evaluation in evaluations.items():
        if name == "all_dev" and len(evaluations) == 2:  # the same as the only dev split
            continue
        mcc, accuracy = evaluation.metrics["mcc"], evaluation.metrics["accuracy"]
        print(f"{name:<18}{len(evaluation.examples):>10,}{mcc:>8.3f}{accuracy:>10.3f}")


def write_csv(path: Path, columns: list[str], rows: Iterable[Iterable]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_plots(evaluation: Evaluation, folder: Path) -> None:
    """Write what `dvc plots` draws from: every prediction, and the points of the ROC curve."""
    columns = ["sentence", "actual", "predicted", "score"]
    rows = (
        (example.sentence, LABELS[example.label], prediction["label"], prediction["score"])
        for example, prediction in zip(evaluation.examples, evaluation.predictions, strict=True)
    )
    write_csv(folder / "predictions.csv", columns, rows)

    scores = [prediction["scores"]["acceptable"] for prediction in evaluation.predictions]
    labels = [example.label for example in evaluation.examples]
    false_positives, true_positives, _ = binary_roc(
        torch.tensor(scores), torch.tensor(labels), thresholds=100
    )
    points = zip(false_positives.tolist(), true_positives.tolist(), strict=True)
    columns = ["false_positive_rate", "true_positive_rate"]
    write_csv(folder / "roc_curve.csv", columns, points)


def write_evaluation(checkpoint: Path, splits: Splits, evaluations: dict[str, Evaluation]) -> None:
    """Write the metrics, the plots and the model card into the folder evaluation/."""
    metrics = {name: evaluation.metrics for name, evaluation in evaluations.items()}
    all_dev = evaluations["all_dev"]
    card = make_model_card(checkpoint, splits, metrics, all_dev.examples, all_dev.predictions)
    text = json.dumps(metrics, indent=2) + "\n"
    with replace_files(EVALUATION) as folder:
        (folder / "metrics.json").write_text(text, encoding="utf-8")
        write_plots(all_dev, folder)
        (folder / "model_card.md").write_text(card, encoding="utf-8")


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument(
        "--checkpoint",
        default=find_output() / "best.ckpt",
        help="made by train.py; output=FOLDER looks for it there",
    )
    checkpoint = Path(parser.parse_args().checkpoint)

    splits = load_checkpoint(DataModule, checkpoint).splits
    evaluations = evaluate(ColaPredictor(checkpoint), splits)
    print_metrics(evaluations)
    write_evaluation(checkpoint, splits, evaluations)
    for name in ("metrics.json", "model_card.md", "predictions.csv", "roc_curve.csv"):
        print(EVALUATION / name)


if __name__ == "__main__":
    main()
