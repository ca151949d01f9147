"""Tokenise CoLA once, and serve it to training in batches.

Run `python data.py` to look at samples, counts, the balance of the labels, and token lengths.
"""

import argparse
from functools import cached_property
from statistics import mean

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from batching import LengthGroupedBatchSampler, pad
from cola import Example, Splits, read_splits
from errors import InputError, exit_on_input_error
from model import DEFAULT_MODEL, load_tokenizer
from predictions import LABELS


class ColaDataset(Dataset):
    """Sentences as token ids, with their labels; they are tokenised once, in the constructor."""

    def __init__(self, examples: list[Example], tokenizer):
        """Raise InputError, with file and line, for a sentence that is too long for the model."""
        self.labels = [example.label for example in examples]
        sentences = [example.sentence for example in examples]
        self.input_ids = tokenizer(sentences)["input_ids"]
        self.lengths = [len(ids) for ids in self.input_ids]
        for example, length in zip(examples, self.lengths, strict=True):
            if length > tokenizer.model_max_length:
                raise InputError(
                    f"{example.place}: the sentence has {length:,} tokens and the model reads at "
                    f"most {tokenizer.model_max_length}: split it, or leave it out."
                )
        self.pad_token_id = tokenizer.pad_token_id

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[list[int], int]:
        return self.input_ids[index], self.labels[index]

    def collate(self, items: list[tuple[list[int], int]]) -> dict[str, Tensor]:
        """Make a batch: input_ids and attention_mask as by pad(), labels of shape (sentences,)."""
        batch = pad([ids for ids, _ in items], self.pad_token_id)
        return batch | {"labels": torch.tensor([label for _, label in items])}


class DataModule(pl.LightningDataModule):
    """Reads, tokenises and batches the data; Lightning's Trainer calls its methods.

    source is what cola.read_splits takes. model_name says whose tokenizer is used.
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

    @cached_property
    def splits(self) -> Splits:
        """The sentences of all splits, read when they are first used."""
        return read_splits(self.source)

    def setup(self, stage: str = "fit") -> None:
        if hasattr(self, "train_data"):  # train.py has called this, and Lightning calls it again
            return
        tokenizer = load_tokenizer(self.model_name)
        datasets = {
            # All of them, since a sentence that is too long would end the run after the training.
            name: ColaDataset(examples, tokenizer)
            for name, examples in self.splits.by_name.items()
        }
        self.train_data = datasets["train"]
        self.val_data = datasets[self.splits.validation_name]

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
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument(
        "--data", default="bundled", help="'bundled', 'hub', or a folder; or several by '+'"
    )
    parser.add_argument("--model", default=DEFAULT_MODEL, help="whose tokens are counted")
    args = parser.parse_args()

    splits = read_splits(args.data)
    print("Samples from train:")
    for example in splits.train[:: max(1, len(splits.train) // 6)][:6]:
        print(f"  {LABELS[example.label]:<14}{example.sentence}")

    tokenizer = load_tokenizer(args.model)
    print(f"\n{'split':<18}{'sentences':>10}{'acceptable':>12}   tokens: mean  95% below  longest")
    for name, examples in splits.by_name.items():
        lengths = torch.tensor(ColaDataset(examples, tokenizer).lengths, dtype=torch.float)
        acceptable = mean(example.label for example in examples)
        print(
            f"{name:<18}{len(examples):>10,}{acceptable:>12.1%}{lengths.mean():>15.1f}"
            f"{lengths.quantile(0.95):>11.0f}{lengths.max():>9.0f}"
        )


if __name__ == "__main__":
    main()
