"""The model card: from what a version of the model was made, and how good it is."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from omegaconf import OmegaConf

from cola import Example, Splits
from errors import InputError
from predictions import LABELS, Prediction

MODEL_CARD = """\
# Model card

Predicts whether an English sentence is acceptable.

| | |
|---|---|
| model | `{checkpoint}`, SHA-256 `{checkpoint_hash}` |
| made by | {commit} |
| data | `{source}` |

## Data

The hash is the SHA-256 of a text with one line for each sentence: label, tab, sentence.

{data}

## Metrics

Precision, recall and F1 are the means over the two labels.

{metrics}

## Limits

- Of {sentences:,} sentences it got {wrong:,} wrong, {sure:,} of them with a score above 0.9.
- MCC went from {lowest:.3f} to {highest:.3f} between splits. On text of another kind it is unknown.

## Configuration

```yaml
{configuration}```
"""


def read_config(checkpoint: Path) -> dict[str, Any]:
    """Return the configuration that train.py put into a checkpoint.

    Raises InputError for a checkpoint that has none, such as one of an earlier step.
    """
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if "config" not in saved:
        raise InputError(
            f"{checkpoint} holds no configuration: make a checkpoint with this folder's train.py."
        )
    return saved["config"]


def find_commit() -> str:
    """Return the commit of the code, and which of its files have been edited since.

    Without Git, or where Git refuses to read the repository (as it does when another user owns the
    folder), return that the code has no commit.
    """
    if shutil.which("git") is None:
        return "code without a commit"

    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    commit = git("rev-parse", "--short", "HEAD")
    if not commit:
        return "code without a commit"
    written = [":!dvc.lock", ":!evaluation"]  # by the pipeline itself
    edited = git("diff", "--name-only", "--relative", "HEAD", "--", ".", *written).splitlines()
    return f"commit {commit}" + (f" and edits in {', '.join(edited)}" if edited else "")


def make_table(columns: list[str], rows: list[list]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def hash_examples(examples: list[Example]) -> str:
    """Return the SHA-256, in hexadecimal, of a line `label, tab, sentence` for each example."""
    lines = "".join(f"{example.label}\t{example.sentence}\n" for example in examples)
    return hashlib.sha256(lines.encode()).hexdigest()


def make_model_card(
    checkpoint: Path,
    splits: Splits,
    metrics: dict[str, dict[str, float]],
    examples: list[Example],
    predictions: list[Prediction],
) -> str:
    """Return the model card as Markdown, made from measurements alone.

    metrics are those of each dev split, by name; examples and predictions are those of all of them.
    """
    config = read_config(checkpoint)
    wrong = [
        prediction["score"]
        for example, prediction in zip(examples, predictions, strict=True)
        if prediction["label"] != LABELS[example.label]
    ]
    mccs = [values["mcc"] for values in metrics.values()]
    return MODEL_CARD.format(
        checkpoint=checkpoint,
        checkpoint_hash=hashlib.sha256(checkpoint.read_bytes()).hexdigest(),
        commit=find_commit(),
        source=config["data"]["source"],
        data=make_table(
            ["split", "sentences", "acceptable", "hash"],
            [
                [
                    name,
                    f"{len(split):,}",
                    f"{mean(example.label for example in split):.1%}",
                    hash_examples(split),
                ]
                for name, split in splits.by_name.items()
            ],
        ),
        metrics=make_table(
            ["split", *next(iter(metrics.values()))],
            [
                [name, *(f"{value:.3f}" for value in values.values())]
                for name, values in metrics.items()
                if name != "all_dev" or len(metrics) > 2  # else the same as the only dev split
            ],
        ),
        sentences=len(examples),
        wrong=len(wrong),
        sure=sum(score > 0.9 for score in wrong),
        lowest=min(mccs),
        highest=max(mccs),
        configuration=OmegaConf.to_yaml(config),
    )
