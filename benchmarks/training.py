"""Training speed, in sentences a second: the course's first step beside the usual path.

The usual path pads every sentence to max_length, takes them in random order, and trains all
weights. Both sides train the same encoder from the same sentences with Lightning. They take turns
in one run, because a machine's speed changes with time, and the medians over the rounds are
compared. The limit of this course is what the machine computes in large matrix products.

    python benchmarks/training.py [--data FOLDER] [--rounds 3]
"""

import argparse
import logging
import tempfile
import time
import warnings
from statistics import median
from typing import Any

import pytorch_lightning as pl
import torch
from transformers import BertConfig, BertModel

from rows import Row, print_and_save
from step_0 import (
    DEFAULT_MODEL,
    ColaModel,
    DataModule,
    find_pretrained,
    load_tokenizer,
    read_splits,
)
from usual_path.data import UsualDataModule
from usual_path.model import UsualModel

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")


class Stopwatch(pl.Callback):
    """Measures the time of all training steps after the first ones, which warm up."""

    def __init__(self, warm_up: int):
        self.warm_up = warm_up
        self.sentences = 0
        self.tokens = 0
        self.seconds = 0.0

    def on_train_batch_end(self, trainer, model, outputs, batch, batch_idx):
        if trainer.global_step == self.warm_up:
            self.start = time.perf_counter()
        elif trainer.global_step > self.warm_up:
            self.sentences += len(batch["input_ids"])
            self.tokens += batch["input_ids"].numel()
            self.seconds = time.perf_counter() - self.start


def measure(model: Any, data: pl.LightningDataModule, steps: int) -> tuple[float, float]:
    """Train for some steps.

    Returns two numbers a second: of sentences, and of operations on the weights of the encoder's
    layers.
    """
    stopwatch = Stopwatch(warm_up=3)
    trainer = pl.Trainer(
        max_steps=steps + stopwatch.warm_up,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        limit_val_batches=0,
        use_distributed_sampler=False,
        callbacks=[stopwatch],
    )
    trainer.fit(model, data)
    layers = model.encoder.encoder
    weights = sum(weight.numel() for weight in layers.parameters() if weight.ndim > 1)
    # For each weight and token, the forward pass takes one multiplication and one addition, and
    # the backward pass takes twice as many.
    operations = 6 * weights * stopwatch.tokens
    return stopwatch.sentences / stopwatch.seconds, operations / stopwatch.seconds


def measure_machine() -> float:
    """Return the operations a second that large matrix products in fp32 reach."""
    size = 2048
    a, b = torch.randn(size, size), torch.randn(size, size)
    rates = []
    for _ in range(10):
        start = time.perf_counter()
        torch.mm(a, b)
        rates.append(2 * size**3 / (time.perf_counter() - start))
    return max(rates)


def compare(
    title: str, source: str, model_name: str, max_length: int, steps: tuple[int, int], rounds: int
) -> Row:
    """Measure both sides in turn; returns the row of their median speeds.

    steps has the number of training steps of the usual path, and that of this course.
    """
    usual_path, this_course, limits = [], [], []
    pretrained = find_pretrained(model_name)
    for number in range(rounds):
        examples = read_splits(source).train[: 40 * 32]
        data = UsualDataModule(pretrained, max_length)
        data.set_examples(
            [example.sentence for example in examples], [example.label for example in examples]
        )
        usual_path.append(measure(UsualModel(pretrained), data, steps[0])[0])
        speed, operations = measure(ColaModel(model_name), DataModule(source, model_name), steps[1])
        this_course.append(speed)
        limits.append(speed * measure_machine() / operations)
        print(f"  round {number + 1}: {usual_path[-1]:.0f} and {speed:.0f} sentences/s", flush=True)
    return Row(
        *(title, "sentences/s", "higher", median(usual_path), median(this_course)),
        *(median(limits), "the machine's matrix products"),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="bundled", help="'bundled', 'hub' or a folder")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    pl.seed_everything(0, verbose=False)

    with tempfile.TemporaryDirectory() as tiny:
        # The shape of BERT-Tiny with random weights, which don't matter for the speed.
        config = BertConfig(
            hidden_size=128, num_hidden_layers=2, num_attention_heads=2, intermediate_size=512
        )
        BertModel(config).save_pretrained(tiny)
        load_tokenizer(DEFAULT_MODEL).save_pretrained(tiny)
        print(f"Training on {torch.get_num_threads()} threads, PyTorch {torch.__version__}:")
        rows = [
            compare("BERT-Tiny, padded to 512", args.data, tiny, 512, (12, 100), args.rounds),
            compare("MiniLM, padded to 128", args.data, DEFAULT_MODEL, 128, (8, 40), args.rounds),
        ]
    print_and_save("training", rows)


if __name__ == "__main__":
    main()
