"""Keep what the model knows, so that production can be compared with it.

Run `python make_reference.py` after the conversion. It writes the training data's words, and the
log of predictions for sentences like the training data that were not trained on: half of
in_domain_dev.
"""

from checkpoints import load_checkpoint
from data import DataModule
from errors import InputError, exit_on_input_error
from inference_onnx import ColaONNXPredictor
from overrides import find_output
from prediction_log import PredictionLog, find_words


@exit_on_input_error()
def main() -> None:
    models = find_output()
    splits = load_checkpoint(DataModule, models / "best.ckpt").splits
    model, folder = models / "onnx/model.int8.onnx", models / "monitoring"
    predictor = ColaONNXPredictor(model)

    folder.mkdir(exist_ok=True)
    vocabulary, reference = folder / "vocabulary.txt", folder / "reference.jsonl"
    words = sorted({word for example in splits.train for word in find_words(example.sentence)})
    vocabulary.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    sentences = [example.sentence for example in splits.validation[::2]]  # the others are traffic's
    predictions = predictor.predict(sentences)
    try:
        with reference.open("w", encoding="utf-8") as file:
            log = PredictionLog(file, model, vocabulary)
            log.write(sentences, predictions)
            log.flush(60)
    except OSError as error:
        raise InputError(f"Can't write {reference}: {error}") from None
    if log.dropped:
        raise InputError(f"{reference} lacks lines: they could not be written.")
    print(f"{vocabulary}  {len(words):,} words")
    print(f"{reference}  {len(sentences)} predictions")


if __name__ == "__main__":
    main()
