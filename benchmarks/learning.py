"""What a model learns in the same time: the course's first step beside the usual path.

The course's `train.py` runs whole. Then the usual path fine-tunes the same encoder for as long, and
both predict the same sentences. The course's model is that of its best epoch by in_domain_dev,
which is half of the sentences; the usual path's has its last weights. Each is trained with one
seed.

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
from torchmetrics.functional.classification import binary_matthews_corrcoef

from paths import STEP_0
from rows import CORRELATION, Row, print_and_save
from step_0 import DEFAULT_MODEL, Example, find_pretrained, read_splits
from usual_path.data import UsualDataModule
from usual_path.model import UsualModel


def train_this_course(source: str, precision: str) -> tuple[float, float]:
    """Run step 0's train.py; returns the MCC on all dev splits and the seconds that it prints."""
    with tempfile.TemporaryDirectory() as output:
        command = ["train.py", f"--data={source}", f"--precision={precision}", f"--output={output}"]
        process = subprocess.run(
            [sys.executable, *command], cwd=STEP_0, stdout=subprocess.PIPE, text=True, check=True
        )
    mcc = re.search(r"all_dev +[\d,]+ +(-?[\d.]+)", process.stdout)
    seconds = re.search(r"Trained .* in (\d+) s", process.stdout)
    assert mcc and seconds, process.stdout
    return float(mcc[1]), float(seconds[1])


def make_data(examples: list[Example], batch_size: int) -> UsualDataModule:
    """Return the usual path's batches of some examples, padded to 128 tokens."""
    data = UsualDataModule(find_pretrained(DEFAULT_MODEL), max_length=128, batch_size=batch_size)
    data.set_examples(
        [example.sentence for example in examples], [example.label for example in examples]
    )
    return data


def train_usual_path(source: str, precision: Any, seconds: float) -> float:
    """Train the usual path for some seconds; returns its MCC on all dev splits."""
    splits = read_splits(source)
    model = UsualModel(find_pretrained(DEFAULT_MODEL))
    trainer = pl.Trainer(
        max_epochs=5,
        max_time=timedelta(seconds=seconds),
        precision=precision,
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
    )
    trainer.fit(model, make_data(splits.train, batch_size=32))
    return calc_mcc(model.eval(), splits.all_dev)


@torch.inference_mode()
def calc_mcc(model: UsualModel, examples: list[Example]) -> float:
    """Return the Matthews correlation of a model's predictions with the labels."""
    logits, labels = [], []
    for batch in make_data(examples, batch_size=64).train_dataloader():
        logits.append(model(batch))
        labels.append(batch["label"])
    return binary_matthews_corrcoef(torch.cat(logits).argmax(dim=1), torch.cat(labels)).item()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", default="bundled", help="'bundled', or the folder of CoLA and '+bundled'"
    )
    parser.add_argument("--precision", default="32-true")
    args = parser.parse_args()
    pl.seed_everything(0, verbose=False)
    this_course, seconds = train_this_course(args.data, args.precision)
    usual_path = train_usual_path(args.data, args.precision, seconds)
    corpus = "the bundled corpus" if args.data == "bundled" else "CoLA and the bundled corpus"
    title = f"after {seconds:.0f} s on {corpus}"
    print_and_save("learning", [Row(title, CORRELATION, "higher", usual_path, this_course)])


if __name__ == "__main__":
    main()
