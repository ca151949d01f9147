"""The prediction format and the input checks."""

import pytest

from errors import InputError
from predictions import check_lengths, check_sentences, make_prediction


def test_the_label_is_the_one_with_the_higher_score():
    assert make_prediction([0.25, 0.75]) == {
        "label": "acceptable",
        "score": 0.75,
        "scores": {"unacceptable": 0.25, "acceptable": 0.75},
    }
    assert make_prediction([0.75, 0.25])["label"] == "unacceptable"


@pytest.mark.parametrize("sentences", [[], [""], ["Fine.", " \t"], ["\ud800"]])
def test_what_is_no_sentence_is_refused(sentences):
    with pytest.raises(InputError):
        check_sentences(sentences)


def test_a_sentence_that_is_too_long_is_refused_by_its_number():
    check_lengths([3, 5], max_length=5)
    with pytest.raises(InputError, match="Sentence 2 has 6 tokens"):
        check_lengths([3, 6], max_length=5)
