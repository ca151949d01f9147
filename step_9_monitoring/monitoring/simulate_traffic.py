"""Play a week of traffic to the model, and log its predictions as the service does.

    python simulate_traffic.py clean --week 2026-03-02
    python simulate_traffic.py typos --week 2026-03-09

What clients send: `clean`, sentences like the training data's; `typos`, the same with letters lost
or swapped; `domain` and `language`, a quarter of them about other things, or in German.
"""

import argparse
import random
import time
from datetime import UTC, datetime
from pathlib import Path

from data import BUNDLED, read_file
from errors import InputError, exit_on_input_error
from inference_onnx import ColaONNXPredictor
from prediction_log import PredictionLog

GERMAN = Path(__file__).parent / "traffic/german.txt"
REQUESTS = 700  # in a week
LABELLED = 350  # of out_of_domain_dev, by add_labelled_data.py; the rest is the domain's traffic
SHARE = 0.25  # of sentences in another domain or language
WEEK = 7 * 24 * 3600


def misspell(sentence: str, chance: random.Random) -> str:
    """The sentence with a letter lost, or two swapped, in a third of its longer words."""
    words = sentence.split(" ")
    for i, word in enumerate(words):
        if len(word) > 3 and chance.random() < 1 / 3:
            at = chance.randrange(len(word) - 2)
            first, second = word[at], word[at + 1]
            words[i] = word[:at] + chance.choice([first, second + first]) + word[at + 2 :]
    return " ".join(words)


def choose_sentences(kind: str, count: int, chance: random.Random) -> list[str]:
    """What clients send; the model was trained on none of it."""
    # make_reference.py has every other sentence, from the first on.
    clean = [example.sentence for example in read_file(BUNDLED / "in_domain_dev.tsv")[1::2]]
    sentences = chance.choices(clean, k=count)
    if kind == "clean":
        return sentences
    if kind == "typos":
        return [misspell(sentence, chance) for sentence in sentences]
    if kind == "domain":
        examples = read_file(BUNDLED / "out_of_domain_dev.tsv")[LABELLED:]
        others = [example.sentence for example in examples]
    else:
        others = GERMAN.read_text(encoding="utf-8").splitlines()
    return [chance.choice(others) if chance.random() < SHARE else one for one in sentences]


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=["clean", "typos", "domain", "language"])
    parser.add_argument("--week", type=datetime.fromisoformat, required=True, help="its first day")
    parser.add_argument("--log", type=Path, default=Path("monitoring/predictions.jsonl"))
    parser.add_argument("--text", action="store_true", help="log the sentences, not their hashes")
    args = parser.parse_args()
    model = Path("models/onnx/model.int8.onnx")
    vocabulary = Path("models/monitoring/vocabulary.txt")
    predictor = ColaONNXPredictor(model)
    start = args.week.replace(tzinfo=UTC).timestamp()
    chance = random.Random(f"{args.kind} {start}")  # noqa: S311 - not a secret
    sentences = choose_sentences(args.kind, REQUESTS, chance)
    moments = sorted(start + chance.random() * WEEK for _ in sentences)

    try:
        args.log.parent.mkdir(parents=True, exist_ok=True)
        with args.log.open("a", encoding="utf-8") as file:
            log = PredictionLog(file, model, vocabulary, args.text)
            for sentence, moment in zip(sentences, moments, strict=True):
                before = time.perf_counter()
                predictions = predictor.predict([sentence])
                log.write([sentence], predictions, time.perf_counter() - before, moment)
            log.flush(60)
    except OSError as error:
        raise InputError(f"Can't write {args.log}: {error}") from None
    if log.dropped:
        raise InputError(f"{args.log} lacks lines: they could not be written.")
    print(f"{args.log}  {len(sentences)} predictions more, {args.kind}")


if __name__ == "__main__":
    main()
