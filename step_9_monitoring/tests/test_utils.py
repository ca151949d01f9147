"""What prediction computes in NumPy."""

import numpy as np
import pytest

from utils import group_by_length, pad, softmax


def test_probabilities_add_up_to_one_for_each_sentence():
    probabilities = softmax(np.array([[0.0, 0.0], [1000.0, 0.0], [-1.0, 1.0]]))
    assert probabilities.sum(axis=-1) == pytest.approx([1, 1, 1])
    assert probabilities[:, 0] == pytest.approx([0.5, 1, 1 / (1 + np.e**2)])


def test_sentences_are_padded_to_the_longest():
    batch = pad([[5, 6, 7], [8]], pad_token_id=9)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 9, 9]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]


def test_batches_hold_each_sentence_once_and_no_more_tokens_than_allowed():
    lengths = [3, 50, 3, 7, 4, 2]
    batches = list(group_by_length(lengths, max_tokens=12))
    assert sorted(i for batch in batches for i in batch) == [0, 1, 2, 3, 4, 5]
    assert [1] in batches, "a sentence that is longer alone is a batch of its own"
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 12
