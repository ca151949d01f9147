"""The labels, the format of a prediction, and the checks of sentences, the same in every step."""

from collections.abc import Sequence
from typing import TypedDict
from unicodedata import category

from errors import InputError

# The index of a label here is its number in the data: 0 is unacceptable, 1 is acceptable.
LABELS = ("unacceptable", "acceptable")


class Prediction(TypedDict):
    """The likelier label of a sentence, its score, and the score of each label.

    Scores are probabilities: they add up to 1.
    """

    label: str
    score: float
    scores: dict[str, float]


def make_prediction(probabilities: Sequence[float]) -> Prediction:
    """Return a sentence's prediction; its probabilities are in the order of LABELS."""
    scores = {label: round(p, 4) for label, p in zip(LABELS, probabilities, strict=True)}
    label = max(scores, key=scores.__getitem__)
    return {"label": label, "score": scores[label], "scores": scores}


def is_blank(sentence: str) -> bool:
    """Return whether a sentence has only characters that the tokenizer drops, if any at all.

    They are spaces, control and format characters (such as the soft hyphen), accents without a
    letter, and U+FFFD, which replaces what could not be decoded.
    """
    return all(
        category(char)[0] in "CZ" or category(char) == "Mn" or char == "\ufffd" for char in sentence
    )


def check_sentences(sentences: Sequence[str], first: int = 1) -> None:
    """Raise InputError when there is no sentence, or one that is blank or not valid Unicode.

    Messages number the sentences from first on.
    """
    if not sentences:
        raise InputError("There is no sentence to predict: give at least one.")
    for number, sentence in enumerate(sentences, start=first):
        try:
            sentence.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"Sentence {number} is not valid text: {error}.") from None
        if is_blank(sentence):
            raise InputError(f"Sentence {number} is empty: give it some words, or leave it out.")


def check_lengths(lengths: Sequence[int], max_length: int, first: int = 1) -> None:
    """Raise InputError when a sentence has more than max_length tokens, as many as the model takes.

    Messages number the sentences from first on.
    """
    for number, length in enumerate(lengths, start=first):
        if length > max_length:
            raise InputError(
                f"Sentence {number} has {length:,} tokens and the model reads at most "
                f"{max_length}: split it into shorter ones."
            )
