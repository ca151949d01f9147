"""Predict whether sentences are acceptable, with the best checkpoint of a training.

Run `python inference.py "The boy is sitting on a bench"`; the output is one JSON object a line.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch

from batching import LengthGroupedBatchSampler, pad
from checkpoints import load_checkpoint
from errors import InputError, exit_on_input_error
from model import ColaModel, load_tokenizer
from overrides import find_output
from predictions import Prediction, check_lengths, check_sentences, make_prediction


class ColaPredictor:
    """A trained model and its tokenizer."""

    def __init__(self, checkpoint: str | Path = "models/best.ckpt"):
        """Load a checkpoint; raises InputError where it is missing, or of another model."""
        self.model = load_checkpoint(ColaModel, Path(checkpoint)).eval()
        self.tokenizer = load_tokenizer(self.model.hparams["model_name"])

    @torch.inference_mode()
    def predict(self, sentences: Sequence[str]) -> list[Prediction]:
        """Return a prediction for each sentence, in their order.

        Raises InputError where there is no sentence, or one that is empty or too long.
        """
        check_sentences(sentences)
        input_ids = self.tokenizer(list(sentences))["input_ids"]
        lengths = [len(ids) for ids in input_ids]
        check_lengths(lengths, self.tokenizer.model_max_length)
        predictions: dict[int, Prediction] = {}
        for indices in LengthGroupedBatchSampler(lengths, batch_size=64):
            batch = pad([input_ids[i] for i in indices], self.tokenizer.pad_token_id)
            probabilities = self.model(**batch).softmax(dim=1).tolist()
            predictions.update(zip(indices, map(make_prediction, probabilities), strict=True))
        return [predictions[i] for i in range(len(sentences))]


def read_sentences(args: argparse.Namespace) -> list[str]:
    """Return the sentences given as arguments, or else the lines of the file or standard input.

    Raises InputError for a file that can't be read.
    """
    if args.sentences:
        return args.sentences
    try:
        # 0 is standard input; "utf-8-sig" leaves out the mark with which some editors start a file.
        with open(0 if args.file == "-" else args.file, encoding="utf-8-sig") as file:  # noqa: PTH123
            return [line.rstrip("\n") for line in file]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Can't read {args.file}: {error}") from None


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("sentences", nargs="*", help="sentences; without any, see --file")
    parser.add_argument("--file", default="-", help="file with a sentence a line; - is stdin")
    parser.add_argument(
        "--checkpoint",
        default=find_output() / "best.ckpt",
        help="made by train.py; output=FOLDER looks for it there",
    )
    args = parser.parse_args()

    predictor = ColaPredictor(args.checkpoint)
    sentences = read_sentences(args)
    for sentence, prediction in zip(sentences, predictor.predict(sentences), strict=True):
        print(json.dumps({"sentence": sentence, **prediction}, ensure_ascii=False))


if __name__ == "__main__":
    main()
