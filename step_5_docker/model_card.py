"""The model card: what a version of the model was made from, and how good it was found to be."""

import hashlib
import subprocess
from pathlib import Path
from statistics import mean

from omegaconf import DictConfig, OmegaConf

from data import Example
from errors import InputError
from predictions import LABELS, Prediction

MODEL_CARD = """\
# Model card

Judges whether an English sentence is acceptable.

| | |
|---|---|
| model | `{checkpoint}`, SHA-256 `{checkpoint_hash}` |
| made by | {commit} |
| data | `{source}` |

## Data

The hash is the SHA-256 of the split's lines, each label, tab, sentence.

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


def read_configuration(path: Path) -> DictConfig:
    """The settings of a training, as Hydra saved them; raises InputError where there are none."""
    if not path.is_file():
        raise InputError(f"There is no {path}: make it with `python train.py`.")
    configuration = OmegaConf.load(path)
    assert isinstance(configuration, DictConfig)
    del configuration["logger"]  # doesn't change the model, and may name a user
    return configuration


def find_commit() -> str:
    """The commit of the code, and which of its files were edited since."""

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
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def hash_examples(examples: list[Example]) -> str:
    lines = "".join(f"{example.label}\t{example.sentence}\n" for example in examples)
    return hashlib.sha256(lines.encode()).hexdigest()


def make_model_card(
    checkpoint: Path,
    configuration: DictConfig,
    splits: dict[str, list[Example]],
    metrics: dict[str, dict[str, float]],
    examples: list[Example],
    predictions: list[Prediction],
) -> str:
    """Markdown, from measurements alone; examples and predictions are all that were judged."""
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
        source=configuration.data.source,
        data=make_table(
            ["split", "sentences", "acceptable", "hash"],
            [
                [
                    name,
                    f"{len(split):,}",
                    f"{mean(example.label for example in split):.1%}",
                    hash_examples(split),
                ]
                for name, split in splits.items()
            ],
        ),
        metrics=make_table(
            ["split", *next(iter(metrics.values()))],
            [
                [name, *(f"{value:.3f}" for value in values.values())]
                for name, values in metrics.items()
            ],
        ),
        sentences=len(examples),
        wrong=len(wrong),
        sure=sum(score > 0.9 for score in wrong),
        lowest=min(mccs),
        highest=max(mccs),
        configuration=OmegaConf.to_yaml(configuration, resolve=True),
    )
