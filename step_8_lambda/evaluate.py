"""Judge the best checkpoint on every dev split: metrics, plots and a model card.

Run `python evaluate.py`, or let `dvc repro` run it whenever the checkpoint has changed.
"""

import csv
import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import torch
from hydra import compose, initialize
from torchmetrics.functional.classification import binary_roc

from data import Example, read_splits
from errors import exit_on_input_error
from inference import ColaPredictor
from model import make_metrics
from model_card import make_model_card, read_configuration
from predictions import LABELS, Prediction

EVALUATION = Path("evaluation")


def measure(examples: list[Example], predictions: list[Prediction]) -> dict[str, float]:
    """MCC, accuracy, precision, recall and F1 of predictions, in the order of the examples."""
    predicted = torch.tensor([LABELS.index(prediction["label"]) for prediction in predictions])
    labels = torch.tensor([example.label for example in examples])
    values = make_metrics("")(predicted, labels)
    return {name: round(value.item(), 4) for name, value in values.items()}


def write_csv(path: Path, columns: list[str], rows: Iterable[Iterable]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_plots(examples: list[Example], predictions: list[Prediction]) -> None:
    """What `dvc plots` draws from: every prediction, and the points of the ROC curve."""
    columns = ["sentence", "actual", "predicted", "score"]
    rows = (
        (example.sentence, LABELS[example.label], prediction["label"], prediction["score"])
        for example, prediction in zip(examples, predictions, strict=True)
    )
    write_csv(EVALUATION / "predictions.csv", columns, rows)

    scores = torch.tensor([prediction["scores"]["acceptable"] for prediction in predictions])
    labels = torch.tensor([example.label for example in examples])
    false_positives, true_positives, _ = binary_roc(scores, labels, thresholds=100)
    points = zip(false_positives.tolist(), true_positives.tolist(), strict=True)
    columns = ["false_positive_rate", "true_positive_rate"]
    write_csv(EVALUATION / "roc_curve.csv", columns, points)


@exit_on_input_error()
def main() -> None:
    with initialize(version_base="1.3", config_path="configs"):
        models = Path(compose("config").output)
    checkpoint = models / "best.ckpt"
    predictor = ColaPredictor(checkpoint)
    configuration = read_configuration(models / ".hydra" / "config.yaml")
    splits = read_splits(configuration.data.source)
    examples = {name: split for name, split in splits.items() if name != "train"}
    predictions = {
        name: predictor.predict([example.sentence for example in split])
        for name, split in examples.items()
    }
    if len(examples) > 1:
        examples["all_dev"] = list(chain.from_iterable(examples.values()))
        predictions["all_dev"] = list(chain.from_iterable(predictions.values()))
    metrics = {name: measure(examples[name], predictions[name]) for name in examples}

    EVALUATION.mkdir(exist_ok=True)
    *_, last = examples  # the only split, or all of them together
    write_plots(examples[last], predictions[last])
    text = json.dumps(metrics, indent=2) + "\n"
    (EVALUATION / "metrics.json").write_text(text, encoding="utf-8")
    card = make_model_card(
        checkpoint, configuration, splits, metrics, examples[last], predictions[last]
    )
    (EVALUATION / "model_card.md").write_text(card, encoding="utf-8")

    print(f"{'split':<18}{'MCC':>8}{'accuracy':>10}")
    for name, values in metrics.items():
        print(f"{name:<18}{values['mcc']:>8.3f}{values['accuracy']:>10.3f}")
    for path in sorted(EVALUATION.iterdir()):
        print(path)


if __name__ == "__main__":
    main()
