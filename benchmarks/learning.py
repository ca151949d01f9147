"""What is learned in the same time: the course's first step beside the path that it replaces.

The course's `train.py` runs whole. Then the replaced path (training.py has it) fine-tunes the same
encoder for as long, and both are asked about the same sentences. The course's side is its best
epoch, by in_domain_dev, which is half of them; the other's is its last weights. One seed each.

    python benchmarks/learning.py [--data bundled] [--precision 32-true]
"""

import argparse
import re
import subprocess
import sys
import tempfile
from datetime import timedelta
from typing import Any

import pytorch_lightning as pl
import torch
from rows import Row, publish
from torchmetrics.functional.classification import binary_matthews_corrcoef
from training import STEP_0, PaddedData, PaddedModel

from data import Example, read_splits
from model import DEFAULT_MODEL

MAX_LENGTH = 128


def train_ours(source: str, precision: str) -> tuple[float, float]:
    """Run the step's own command; returns the MCC and the seconds that it prints."""
    with tempfile.TemporaryDirectory() as output:
        command = ["train.py", f"--data={source}", f"--precision={precision}", f"--output={output}"]
        process = subprocess.run(
            [sys.executable, *command], cwd=STEP_0, stdout=subprocess.PIPE, text=True, check=True
        )
    mcc = re.search(r"all_dev +[\d,]+ +(-?[\d.]+)", process.stdout)
    seconds = re.search(r"Trained .* in (\d+) s", process.stdout)
    assert mcc and seconds, process.stdout
    return float(mcc[1]), float(seconds[1])


def train_courses(source: str, precision: Any, seconds: float) -> float:
    """Train the replaced path for so long; returns its MCC on all sentences but the training's."""
    train, *dev = read_splits(source).values()
    model = PaddedModel(DEFAULT_MODEL)
    trainer = pl.Trainer(
        max_epochs=5,
        max_time=timedelta(seconds=seconds),
        precision=precision,
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
    )
    trainer.fit(model, PaddedData(train, DEFAULT_MODEL, MAX_LENGTH, batch_size=32))
    return judge(model.eval(), [example for examples in dev for example in examples])


@torch.inference_mode()
def judge(model: PaddedModel, examples: list[Example]) -> float:
    data = PaddedData(examples, DEFAULT_MODEL, MAX_LENGTH, batch_size=64)
    logits, labels = [], []
    for batch in data.train_dataloader():
        logits.append(model(batch))
        labels.append(batch["label"])
    return binary_matthews_corrcoef(torch.cat(logits).argmax(dim=1), torch.cat(labels)).item()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", default="bundled", help="'bundled', or CoLA's folder and '+bundled'"
    )
    parser.add_argument("--precision", default="32-true")
    args = parser.parse_args()
    pl.seed_everything(0, verbose=False)
    mcc, seconds = train_ours(args.data, args.precision)
    courses = train_courses(args.data, args.precision, seconds)
    corpus = "the bundled corpus" if args.data == "bundled" else "CoLA and the bundled corpus"
    publish("learning", [Row(f"after {seconds:.0f} s on {corpus}, MCC", courses, mcc)])


if __name__ == "__main__":
    main()
