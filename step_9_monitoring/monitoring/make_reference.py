"""Keep what the model knows, so that production can be compared with it.

Run `python make_reference.py` after the conversion. It writes the training data's words, and the
log of predictions for sentences like the training data that were not trained on: half of
in_domain_dev.
"""

from pathlib import Path

from hydra import compose, initialize

from data import read_splits
from errors import InputError, exit_on_input_error
from inference_onnx import ColaONNXPredictor
from model_card import read_configuration
from prediction_log import PredictionLog, find_words


@exit_on_input_error()
def main() -> None:
    with initialize(version_base="1.3", config_path="configs"):
        models = Path(compose("config").output)
    configuration = read_configuration(models / ".hydra" / "config.yaml")
    train, validation, *_ = read_splits(configuration.data.source).values()
    model, folder = models / "onnx/model.int8.onnx", models / "monitoring"
    predictor = ColaONNXPredictor(model)

    folder.mkdir(exist_ok=True)
    vocabulary, reference = folder / "vocabulary.txt", folder / "reference.jsonl"
    words = sorted({word for example in train for word in find_words(example.sentence)})
    vocabulary.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    sentences = [example.sentence for example in validation[::2]]  # the others are traffic's
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
