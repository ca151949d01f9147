"""The data of the usual path: every sentence is padded to the same number of tokens."""

from collections.abc import Sequence
from typing import Any

import datasets
import pytorch_lightning as pl
from torch.utils.data import DataLoader
from transformers import AutoTokenizer


class UsualDataModule(pl.LightningDataModule):
    """A tokenizer that pads to max_length, and batches of sentences in random order."""

    def __init__(self, pretrained: str, max_length: int = 128, batch_size: int = 32):
        """Load the tokenizer from the folder or the hub name of a pre-trained model."""
        super().__init__()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(pretrained)
        self.max_length = max_length
        self.batch_size = batch_size

    def tokenize(self, text: str | Sequence[str]) -> dict[str, Any]:
        """Return input_ids and attention_mask of one sentence, or of each sentence in a list.

        The ids of a sentence are a list of max_length integers.
        """
        return self.tokenizer(
            text, truncation=True, padding="max_length", max_length=self.max_length
        )

    def set_examples(self, sentences: Sequence[str], labels: Sequence[int]) -> None:
        """Tokenize the sentences that train_dataloader() returns in batches."""
        encoded = self.tokenize(list(sentences))
        columns = {
            "input_ids": encoded["input_ids"],
            "attention_mask": encoded["attention_mask"],
            "label": list(labels),
        }
        self.train_data = datasets.Dataset.from_dict(columns).with_format("torch")

    def train_dataloader(self) -> DataLoader:
        """Return batches of input_ids, attention_mask and label, in random order."""
        data: Any = self.train_data
        return DataLoader(data, batch_size=self.batch_size, shuffle=True)
