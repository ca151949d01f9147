"""CoLA: read it, tokenise it once, and serve it in batches.

Run `python data.py` to look at the data.
"""

import argparse
from pathlib import Path
from statistics import mean, quantiles
from typing import NamedTuple

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from batching import LengthGroupedBatchSampler, pad
from errors import InputError, exit_on_input_error
from model import DEFAULT_MODEL, load_tokenizer
from predictions import LABELS

BUNDLED = Path(__file__).parent / "data"
HUB_DATASET = ("nyu-mll/glue", "cola")


class Example(NamedTuple):
    sentence: str
    label: int


def read_file(path: Path) -> list[Example]:
    """Read one file in CoLA's layout: source, label, the author's mark and sentence, by tabs.

    Raises InputError, with file and line, where the file is not like that.
    """
    examples = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            _source, label, _mark, sentence = line.decode("utf-8").split("\t")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}, line {number}: not UTF-8 text ({error.reason}).") from None
        except ValueError:
            columns = line.count(b"\t") + 1
            raise InputError(
                f"{path}, line {number}: {columns} columns where CoLA has 4, separated by tabs: "
                "source, label, mark, sentence."
            ) from None
        if label not in ("0", "1"):
            raise InputError(f"{path}, line {number}: the label is {label!r}, not 0 or 1.")
        if not sentence.strip():
            raise InputError(f"{path}, line {number}: the sentence is empty.")
        examples.append(Example(sentence, int(label)))
    if not examples:
        raise InputError(f"{path} is empty.")
    return examples


def read_folder(folder: Path) -> dict[str, list[Example]]:
    """Read the three files of CoLA's layout; raises InputError where one is missing."""
    splits = {}
    for split, name in [
        ("train", "in_domain_train.tsv"),
        ("in_domain_dev", "in_domain_dev.tsv"),
        ("out_of_domain_dev", "out_of_domain_dev.tsv"),
    ]:
        path = folder / name
        if not path.is_file():
            raise InputError(
                f"{path} does not exist. The data can be 'bundled', 'hub', or a folder with "
                "in_domain_train.tsv, in_domain_dev.tsv and out_of_domain_dev.tsv."
            )
        splits[split] = read_file(path)
    return splits


def read_hub() -> dict[str, list[Example]]:
    """Download CoLA from the Hugging Face hub, where both dev files are one validation split."""
    import datasets  # noqa: PLC0415 - takes a second, and only the hub needs it

    try:
        hub = datasets.load_dataset(*HUB_DATASET)
    except OSError as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(
            f"Can't get CoLA from the Hugging Face hub ({reason}). Use the bundled corpus "
            "('bundled') or a folder with CoLA's files, such as cola_public/raw."
        ) from None
    return {
        split: [Example(row["sentence"], row["label"]) for row in hub[split]]
        for split in ("train", "validation")
    }


def read_splits(source: str) -> dict[str, list[Example]]:
    """Read all splits, "train" first, from "bundled", "hub" or a folder in CoLA's layout.

    Several sources can be joined by "+": the training data is then that of all, the rest is the
    first one's.
    """
    first, *others = source.split("+")
    if first == "hub":
        splits = read_hub()
    else:
        splits = read_folder(BUNDLED if first == "bundled" else Path(first))
    for other in others:
        splits["train"] += read_splits(other)["train"]
    return splits


class ColaDataset(Dataset):
    """Sentences as token numbers, with their labels; tokenised once, when it is made."""

    def __init__(self, examples: list[Example], tokenizer):
        self.labels = [example.label for example in examples]
        sentences = [example.sentence for example in examples]
        self.input_ids = tokenizer(sentences, truncation=True)["input_ids"]
        self.lengths = [len(ids) for ids in self.input_ids]
        self.pad_token_id = tokenizer.pad_token_id

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[list[int], int]:
        return self.input_ids[index], self.labels[index]

    def collate(self, items: list[tuple[list[int], int]]) -> dict[str, Tensor]:
        """Make one batch; labels have the shape (sentences,)."""
        batch = pad([ids for ids, _ in items], self.pad_token_id)
        return batch | {"labels": torch.tensor([label for _, label in items])}


class DataModule(pl.LightningDataModule):
    """Everything about the data that training needs, in one object that Lightning drives.

    Validation, by which the best checkpoint is chosen, uses the first split after "train".
    """

    def __init__(
        self,
        source: str = "bundled",
        model_name: str = DEFAULT_MODEL,
        batch_size: int = 32,
        seed: int = 0,
    ):
        super().__init__()
        self.save_hyperparameters()
        self.source = source
        self.model_name = model_name
        self.batch_size = batch_size
        self.seed = seed
        self.splits: dict[str, list[Example]] = {}

    def setup(self, stage: str = "fit") -> None:
        if self.splits:  # Lightning calls this again
            return
        self.splits = read_splits(self.source)
        train, validation, *_ = self.splits.values()
        tokenizer = load_tokenizer(self.model_name)
        self.train_data = ColaDataset(train, tokenizer)
        self.val_data = ColaDataset(validation, tokenizer)

    def train_dataloader(self) -> DataLoader:
        # The order of an epoch depends on seed and epoch alone, so a resumed run repeats it.
        epoch = self.trainer.current_epoch if self.trainer else 0
        return self._dataloader(self.train_data, self.batch_size, seed=1000 * self.seed + epoch)

    def val_dataloader(self) -> DataLoader:
        return self._dataloader(self.val_data, batch_size=64)

    def _dataloader(
        self, dataset: ColaDataset, batch_size: int, seed: int | None = None
    ) -> DataLoader:
        rank, world_size = 0, 1
        if self.trainer:
            rank, world_size = self.trainer.global_rank, self.trainer.world_size
        sampler = LengthGroupedBatchSampler(dataset.lengths, batch_size, seed, rank, world_size)
        return DataLoader(dataset, batch_sampler=sampler, collate_fn=dataset.collate)


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description="Look at the data: samples, counts, label balance and token lengths.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--data", default="bundled", help="'bundled', 'hub', or a folder; or several by '+'"
    )
    parser.add_argument("--model", default=DEFAULT_MODEL, help="whose tokens are counted")
    args = parser.parse_args()

    splits = read_splits(args.data)
    print("Samples from train:")
    for example in splits["train"][:: max(1, len(splits["train"]) // 6)][:6]:
        print(f"  {LABELS[example.label]:<14}{example.sentence}")

    tokenizer = load_tokenizer(args.model)
    print(f"\n{'split':<18}{'sentences':>10}{'acceptable':>12}   tokens: mean  95% below  longest")
    for name, examples in splits.items():
        lengths = ColaDataset(examples, tokenizer).lengths
        acceptable = mean(example.label for example in examples)
        print(
            f"{name:<18}{len(examples):>10,}{acceptable:>12.1%}{mean(lengths):>15.1f}"
            f"{quantiles(lengths, n=20)[-1]:>11.0f}{max(lengths):>9}"
        )


if __name__ == "__main__":
    main()
