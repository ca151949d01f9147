"""Softmax, padding and batching in NumPy, for prediction without PyTorch."""

from collections.abc import Iterator, Sequence

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities for logits; both have the shape (sentences, labels)."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def pad(input_ids: list[list[int]], pad_token_id: int) -> dict[str, np.ndarray]:
    """Pad sentences to the longest of them; both results have the shape (sentences, tokens)."""
    longest = max(map(len, input_ids))
    padded = np.full((len(input_ids), longest), pad_token_id, dtype=np.int64)
    mask = np.zeros_like(padded)
    for row, ids in enumerate(input_ids):
        padded[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return {"input_ids": padded, "attention_mask": mask}


def group_by_length(lengths: Sequence[int], max_tokens: int) -> Iterator[list[int]]:
    """Yield batches, as lists of indices, of sentences of similar length, so with little padding.

    A padded batch has at most max_tokens tokens, which limits its memory; a sentence with more
    tokens is a batch of its own.
    """
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        # In this order, each sentence is the longest of its batch so far.
        if batch and (len(batch) + 1) * lengths[i] > max_tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
