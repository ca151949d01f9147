"""Simulate a week of traffic: predict sentences, and log the predictions as the service does.

    python -m monitoring.simulate_traffic clean --week 2026-03-02
    python -m monitoring.simulate_traffic typos --week 2026-03-09

In the scenario `clean` the sentences are like those of the training data; in `typos` they are the
same, with letters lost or swapped; in `domain` and `language` a quarter of them is about other
things, or in German.
"""

import argparse
import random
import time
from datetime import UTC, date, datetime
from pathlib import Path

from cola import BUNDLED, read_file
from errors import exit_on_input_error
from inference_onnx import ColaONNXPredictor
from overrides import find_output
from prediction_log import open_log

GERMAN = Path(__file__).parent / "german.txt"
REQUESTS = 700  # in a week
LABELLED = 350  # sentences of out_of_domain_dev that add_labelled_data.py takes
OTHER_SHARE = 0.25  # of sentences from another domain, or in another language
SECONDS_PER_WEEK = 7 * 24 * 3600


def add_typos(sentence: str, rng: random.Random) -> str:
    """Return the sentence with a letter lost, or two swapped, in a third of its longer words."""
    words = sentence.split(" ")
    for i, word in enumerate(words):
        if len(word) > 3 and rng.random() < 1 / 3:
            start = rng.randrange(len(word) - 2)
            first, second = word[start], word[start + 1]
            words[i] = word[:start] + rng.choice([first, second + first]) + word[start + 2 :]
    return " ".join(words)


def choose_sentences(scenario: str, count: int, rng: random.Random) -> list[str]:
    """Return the sentences that clients send; the model was trained on none of them."""
    # make_reference.py takes every other sentence, beginning with the first.
    clean = [example.sentence for example in read_file(BUNDLED / "in_domain_dev.tsv")[1::2]]
    sentences = rng.choices(clean, k=count)
    if scenario == "clean":
        return sentences
    if scenario == "typos":
        return [add_typos(sentence, rng) for sentence in sentences]
    if scenario == "domain":
        examples = read_file(BUNDLED / "out_of_domain_dev.tsv")[LABELLED:]
        others = [example.sentence for example in examples]
    else:
        others = GERMAN.read_text(encoding="utf-8").splitlines()
    return [
        rng.choice(others) if rng.random() < OTHER_SHARE else sentence for sentence in sentences
    ]


@exit_on_input_error()
def main() -> None:
    models = find_output()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "scenario", choices=["clean", "typos", "domain", "language"], help="what clients send"
    )
    parser.add_argument(
        "--week",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        required=True,
        help="first day, in UTC, such as 2026-03-02",
    )
    parser.add_argument(
        "--log",
        type=Path,
        default=Path("production/predictions.jsonl"),
        help="file that the predictions are added to (default: %(default)s)",
    )
    parser.add_argument("--text", action="store_true", help="log the sentences, not their hashes")
    args = parser.parse_args()
    model, vocabulary = models / "onnx/model.int8.onnx", models / "monitoring/vocabulary.txt"
    predictor = ColaONNXPredictor(model)
    start = datetime.combine(args.week, datetime.min.time(), UTC).timestamp()
    rng = random.Random(f"{args.scenario} {start}")  # noqa: S311 - not a secret
    sentences = choose_sentences(args.scenario, REQUESTS, rng)
    timestamps = sorted(start + rng.random() * SECONDS_PER_WEEK for _ in sentences)

    with open_log(args.log, "a", model, vocabulary, args.text) as log:
        for sentence, timestamp in zip(sentences, timestamps, strict=True):
            before = time.perf_counter()
            predictions = predictor.predict([sentence])
            log.write([sentence], predictions, time.perf_counter() - before, timestamp)
    print(f"{args.log}  {len(sentences)} predictions more, {args.scenario}")


if __name__ == "__main__":
    main()
