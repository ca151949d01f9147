"""Predict whether sentences are acceptable, with the best checkpoint of a training.

Run `python inference.py "The boy is sitting on a bench"`; the output is one JSON object a line.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from pickle import UnpicklingError

import torch

from batching import LengthGroupedBatchSampler, pad
from errors import InputError, exit_on_input_error
from model import ColaModel, load_tokenizer
from predictions import Prediction, check_lengths, check_sentences, make_prediction


class ColaPredictor:
    """A trained model and its tokenizer, ready to judge sentences."""

    def __init__(self, checkpoint: str | Path = "models/best.ckpt"):
        """Load a checkpoint; raises InputError where there is none, or of another model."""
        if not Path(checkpoint).is_file():
            raise InputError(
                f"There is no checkpoint {checkpoint}: make it with `python train.py`."
            )
        try:
            self.model = ColaModel.load_from_checkpoint(
                checkpoint, map_location="cpu", weights_only=True
            )
        except (EOFError, KeyError, RuntimeError, TypeError, UnpicklingError) as error:
            reason = str(error).partition("\n")[0] or "it is cut off"
            raise InputError(
                f"{checkpoint} is not a checkpoint of this model: make one with `python train.py`. "
                f"({reason})"
            ) from None
        self.model.eval()
        self.tokenizer = load_tokenizer(self.model.hparams["model_name"])

    @torch.inference_mode()
    def predict(self, sentences: Sequence[str]) -> list[Prediction]:
        """Judge sentences, in their order; raises InputError for one that can't be judged."""
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
    """The sentences given as arguments, or else the lines of a file or of standard input."""
    if args.sentences:
        return args.sentences
    try:
        text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Can't read {args.file}: {error}") from None
    # splitlines() would also split at Unicode's own separators, which a sentence may hold.
    return [line.rstrip("\n") for line in StringIO(text)]


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description="Predict whether English sentences are acceptable.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("sentences", nargs="*", help="sentences to judge; without any, see --file")
    parser.add_argument("--file", default="-", help="file with a sentence a line; - is stdin")
    parser.add_argument("--checkpoint", default="models/best.ckpt", help="made by train.py")
    args = parser.parse_args()

    predictor = ColaPredictor(args.checkpoint)
    sentences = read_sentences(args)
    for sentence, prediction in zip(sentences, predictor.predict(sentences), strict=True):
        print(json.dumps({"sentence": sentence, **prediction}, ensure_ascii=False))


if __name__ == "__main__":
    main()
