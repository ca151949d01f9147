"""The labels, the prediction format and the input checks: the same in every step of the course."""

from collections.abc import Sequence
from typing import TypedDict

from errors import InputError

# The position of a label is its number in the data: 0 is unacceptable, 1 is acceptable.
LABELS = ("unacceptable", "acceptable")


class Prediction(TypedDict):
    """What the model says about one sentence; scores are probabilities and add up to 1."""

    label: str
    score: float
    scores: dict[str, float]


def make_prediction(probabilities: Sequence[float]) -> Prediction:
    """Turn the probabilities of one sentence, in the order of LABELS, into a prediction."""
    scores = {label: round(p, 4) for label, p in zip(LABELS, probabilities, strict=True)}
    label = max(scores, key=scores.__getitem__)
    return {"label": label, "score": scores[label], "scores": scores}


def check_sentences(sentences: Sequence[str], first: int = 1) -> None:
    """Raise InputError when there is no sentence, or one that holds nothing or half a character.

    Errors number the sentences from first on.
    """
    if not sentences:
        raise InputError("There is no sentence to predict: give at least one.")
    for number, sentence in enumerate(sentences, start=first):
        if not sentence.strip():
            raise InputError(f"Sentence {number} is empty: give it some words, or leave it out.")
        try:
            sentence.encode()
        except UnicodeEncodeError as error:
            raise InputError(f"Sentence {number} is not valid text: {error}.") from None


def check_lengths(lengths: Sequence[int], longest: int, first: int = 1) -> None:
    """Raise InputError when a sentence has more tokens than the model can read."""
    for number, length in enumerate(lengths, start=first):
        if length > longest:
            raise InputError(
                f"Sentence {number} has {length:,} tokens and the model reads at most {longest}: "
                "split it into shorter ones."
            )
