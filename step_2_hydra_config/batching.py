"""Batches with little padding: sentences of similar length, padded to the longest of a batch."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Sampler

from errors import InputError


def pad(input_ids: list[list[int]], pad_token_id: int) -> dict[str, Tensor]:
    """Pad sentences to the longest of them; both results have the shape (sentences, tokens)."""
    ids = [torch.tensor(sentence) for sentence in input_ids]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=pad_token_id),
        "attention_mask": pad_sequence([torch.ones_like(i) for i in ids], batch_first=True),
    }


class LengthGroupedBatchSampler(Sampler[list[int]]):
    """Yields batches, as lists of indices, of sentences of similar length.

    With a seed the batches are shuffled, in the same way for the same seed; without a seed they
    come in the order of length. With several processes (world_size), each yields its own share of
    every batch, by its rank.
    """

    def __init__(
        self,
        lengths: list[int],
        batch_size: int,
        seed: int | None = None,
        rank: int = 0,
        world_size: int = 1,
    ):
        """Raise InputError when a batch would have fewer sentences than there are processes."""
        self.lengths = torch.tensor(lengths)
        self.batches = math.ceil(len(lengths) / batch_size)
        if len(lengths) // self.batches < world_size:
            raise InputError(
                f"{len(lengths):,} sentences in batches of {batch_size} are too few for "
                f"{world_size} processes, which share every batch: use larger batches or fewer "
                "processes."
            )
        self.seed = seed
        self.rank = rank
        self.world_size = world_size

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        keys, order = self.lengths, torch.arange(self.batches)
        if self.seed is not None:
            generator = torch.Generator().manual_seed(self.seed)
            # Up to a fifth is added to each length, so that batches differ from epoch to epoch.
            keys = keys * (1 + 0.2 * torch.rand(len(keys), generator=generator))
            order = torch.randperm(self.batches, generator=generator)
        batches = keys.argsort(stable=True).tensor_split(self.batches)
        for i in order:
            yield batches[i][self.rank :: self.world_size].tolist()
