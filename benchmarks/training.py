"""Training speed, in sentences a second: the course's first step beside the path it replaces.

The replaced path, as in the known courses: every sentence padded to max_length, in random order,
all weights trained. Both sides train the same encoder, from the same sentences, by Lightning; they
take turns in one run, since machines change their speed, and the ratio of the medians counts. The
limit of ours is what the machine computes in large products of matrices.

    python benchmarks/training.py [--data FOLDER] [--rounds 3]
"""

import argparse
import logging
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from rows import Row, publish
from torch.utils.data import DataLoader
from transformers import AutoModel, BertConfig, BertModel

STEP_0 = Path(__file__).resolve().parent.parent / "step_0_project_setup"
sys.path.insert(0, str(STEP_0))
from data import DataModule, Example, read_splits  # noqa: E402
from model import DEFAULT_MODEL, ColaModel, find_pretrained, load_tokenizer  # noqa: E402

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")


class PaddedModel(pl.LightningModule):
    """The courses' model: the pooled first token, one linear layer, Adam on all weights."""

    def __init__(self, model_name: str):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(find_pretrained(model_name))
        self.classifier = torch.nn.Linear(self.encoder.config.hidden_size, 2)
        self.loss = torch.nn.CrossEntropyLoss()

    def forward(self, batch):
        outputs = self.encoder(batch["input_ids"], attention_mask=batch["attention_mask"])
        return self.classifier(outputs.pooler_output)

    def training_step(self, batch, batch_idx):
        return self.loss(self(batch), batch["label"])

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=6e-5)  # what suits MiniLM best on this path


class PaddedData(pl.LightningDataModule):
    """The courses' data: every sentence padded to max_length tokens."""

    def __init__(self, examples: list[Example], model_name: str, max_length: int, batch_size: int):
        super().__init__()
        encoded = load_tokenizer(model_name)(
            [example.sentence for example in examples],
            padding="max_length",
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
        )
        self.rows: Any = [
            {
                "input_ids": encoded["input_ids"][i],
                "attention_mask": encoded["attention_mask"][i],
                "label": example.label,
            }
            for i, example in enumerate(examples)
        ]
        self.batch_size = batch_size

    def train_dataloader(self):
        return DataLoader(self.rows, batch_size=self.batch_size, shuffle=True)


class Stopwatch(pl.Callback):
    """Times the steps after the first few, which warm up."""

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
    """Train for some steps; returns sentences and operations on the layers' weights, a second."""
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
    # A weight and a token: one multiplication and one addition forwards, and twice that backwards.
    operations = 6 * weights * stopwatch.tokens
    return stopwatch.sentences / stopwatch.seconds, operations / stopwatch.seconds


def measure_machine() -> float:
    """What large products of matrices reach in 32 bits, in operations a second."""
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
    """Both paths in turn; returns their median speeds, and the limit of ours."""
    padded, ours, limits = [], [], []
    for number in range(rounds):
        examples = read_splits(source)["train"][: 40 * 32]
        data = PaddedData(examples, model_name, max_length, batch_size=32)
        padded.append(measure(PaddedModel(model_name), data, steps[0])[0])
        speed, operations = measure(ColaModel(model_name), DataModule(source, model_name), steps[1])
        ours.append(speed)
        limits.append(speed * measure_machine() / operations)
        print(f"  round {number + 1}: {padded[-1]:.0f} and {speed:.0f} sentences/s", flush=True)
    a, b, limit = (statistics.median(rates) for rates in (padded, ours, limits))
    return Row(f"{title}, sentences/s", a, b, limit, "the machine's matrix products")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="bundled", help="'bundled', 'hub' or a folder")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    pl.seed_everything(0, verbose=False)

    with tempfile.TemporaryDirectory() as tiny:
        # BERT-Tiny's shape; its weights don't matter for speed.
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
    publish("training", rows)


if __name__ == "__main__":
    main()
