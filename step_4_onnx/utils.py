"""What prediction without PyTorch needs, in NumPy."""

from collections.abc import Iterator, Sequence

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits, over the last axis; both have the shape (sentences, labels)."""
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


def group_by_length(lengths: Sequence[int], batch_size: int) -> Iterator[list[int]]:
    """Batches of positions whose lengths are similar, so that little of a batch is padding."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
