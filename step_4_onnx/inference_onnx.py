"""Predict with ONNX Runtime: what inference.py predicts, without PyTorch.

Run `python inference_onnx.py "The boy is sitting on a bench"`; it prints one JSON object a line.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer

from errors import InputError, exit_on_input_error
from predictions import Prediction, check_lengths, check_sentences, make_prediction
from utils import group_by_length, pad, softmax

# Without this, ONNX Runtime reports its use to Microsoft. It reads the variable when imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

WINDOW = 4096  # sentences of a file that are read and predicted at a time


class ColaONNXPredictor:
    """A converted model and its tokenizer."""

    def __init__(self, model: str | Path = "models/onnx/model.int8.onnx", threads: int = 0):
        """Load a model and the tokenizer beside it; raises InputError where one is missing.

        ONNX Runtime computes with that many threads; 0 means one for each core of the machine.
        """
        model = Path(model)
        tokenizer = model.with_name("tokenizer.json")
        for path in (model, tokenizer):
            if not path.is_file():
                raise InputError(
                    f"There is no {path}: make it with `python convert_model_to_onnx.py`."
                )
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # so that it gives memory back after a large batch
        try:
            self.session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            metadata = self.session.get_modelmeta().custom_metadata_map
            self.max_length = int(metadata["max_length"])
            self.pad_token_id = int(metadata["pad_token_id"])
            self.tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # both libraries raise exceptions of no common class
            raise InputError(
                f"{model} or the tokenizer beside it is damaged, or not of this course: make them "
                f"with `python convert_model_to_onnx.py`. ({str(error).splitlines()[0]})"
            ) from None

    def predict(self, sentences: Sequence[str], first: int = 1) -> list[Prediction]:
        """Return a prediction for each sentence, in their order.

        Raises InputError where there is no sentence, or one that is empty or too long. Messages
        number the sentences from first on.
        """
        check_sentences(sentences, first)
        encodings = self.tokenizer.encode_batch(list(sentences))
        input_ids = [encoding.ids for encoding in encodings]
        lengths = [len(ids) for ids in input_ids]
        check_lengths(lengths, self.max_length, first)
        predictions: dict[int, Prediction] = {}
        for indices in group_by_length(lengths, max_tokens=1024):
            batch = pad([input_ids[i] for i in indices], self.pad_token_id)
            [logits] = self.session.run(["logits"], batch)
            probabilities = softmax(logits).tolist()
            predictions.update(zip(indices, map(make_prediction, probabilities), strict=True))
        return [predictions[i] for i in range(len(sentences))]

    def predict_all(self, sentences: Iterable[str]) -> Iterator[tuple[str, Prediction]]:
        """Yield each sentence with its prediction; at most WINDOW of them are in memory."""
        remaining = iter(sentences)
        first = 1
        while window := list(islice(remaining, WINDOW)):
            yield from zip(window, self.predict(window, first), strict=True)
            first += len(window)


def read_sentences(args: argparse.Namespace) -> Iterator[str]:
    """Yield the sentences given as arguments, or else the lines of the file or standard input.

    Raises InputError for a file that can't be read.
    """
    if args.sentences:
        yield from args.sentences
        return
    try:
        # 0 is standard input; "utf-8-sig" leaves out the mark with which some editors start a file.
        with open(0 if args.file == "-" else args.file, encoding="utf-8-sig") as file:  # noqa: PTH123
            for line in file:
                yield line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Can't read {args.file}: {error}") from None


@exit_on_input_error()
def main() -> None:
    from overrides import find_output  # noqa: PLC0415 - the image has no configuration

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("sentences", nargs="*", help="sentences; without any, see --file")
    parser.add_argument("--file", default="-", help="file with a sentence a line; - is stdin")
    model = find_output() / "onnx/model.int8.onnx"
    parser.add_argument(
        "--model",
        default=model,
        help="made by convert_model_to_onnx.py; output=FOLDER looks for it there",
    )
    args = parser.parse_args()

    predictor = ColaONNXPredictor(args.model)
    start = time.perf_counter()
    count = 0
    for count, (sentence, prediction) in enumerate(
        predictor.predict_all(read_sentences(args)), start=1
    ):
        print(json.dumps({"sentence": sentence, **prediction}, ensure_ascii=False))
        if count % WINDOW == 0:
            rate = count / (time.perf_counter() - start)
            print(f"{count:,} sentences, {rate:,.0f} sentences/s", file=sys.stderr)
    if count == 0:
        raise InputError("There is no sentence to predict: give at least one.")


if __name__ == "__main__":
    main()
