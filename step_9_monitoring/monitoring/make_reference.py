"""Keep what the model was trained for, so that production can be compared with it.

    python -m monitoring.make_reference

Run it after the conversion. It writes the words of the training data, and a log of the model's
predictions for sentences that are like the training data but that it was not trained on: half of
in_domain_dev. Earlier files are replaced once both new ones are complete.
"""

import argparse

from checkpoints import load_checkpoint
from data import DataModule
from errors import exit_on_input_error
from inference_onnx import ColaONNXPredictor
from overrides import find_output
from prediction_log import find_words, open_log


@exit_on_input_error()
def main() -> None:
    models = find_output()
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    splits = load_checkpoint(DataModule, models / "best.ckpt").splits
    model, folder = models / "onnx/model.int8.onnx", models / "monitoring"
    predictor = ColaONNXPredictor(model)

    folder.mkdir(exist_ok=True)
    vocabulary, reference = folder / "vocabulary.txt", folder / "reference.jsonl"
    words = sorted({word for example in splits.train for word in find_words(example.sentence)})
    sentences = [example.sentence for example in splits.validation[::2]]  # the others: traffic
    predictions = predictor.predict(sentences)
    new_vocabulary, new_reference = (x.with_suffix(".new") for x in (vocabulary, reference))
    new_vocabulary.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    with open_log(new_reference, "w", model, new_vocabulary) as log:
        log.write(sentences, predictions)
    new_vocabulary.replace(vocabulary)
    new_reference.replace(reference)
    print(f"{vocabulary}  {len(words):,} words")
    print(f"{reference}  {len(sentences)} predictions")


if __name__ == "__main__":
    main()
