"""Prediction: the course's ONNX predictor beside the usual path's, on the same weights.

The usual path imports all that training needs for its tokenizer, pads every sentence to 128 tokens,
and predicts one sentence at a time with an fp32 model. Both sides take turns, each time in a new
process, and the medians over the rounds are compared. The limit of this course is the same int8
model in ONNX Runtime alone. The weights are not trained, which changes no time.

    python benchmarks/prediction.py [--rounds 3]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure_predictor import LOADERS
from paths import HERE
from rows import Direction, Row, calc_medians, print_and_save
from step_4 import make_environment, make_models, read_splits

FIGURES: dict[str, tuple[str, str, Direction]] = {
    "first_prediction": ("import, load, first prediction", "s", "lower"),
    "memory": ("memory", "MB", "lower"),
    "latency": ("one sentence, p50", "ms", "lower"),
    "speed": ("a file", "sentences/s", "higher"),
}


def measure_in_new_process(side: str, models: Path, sentences: list[str]) -> dict[str, float]:
    """Run measure_predictor.py for one of its sides; returns the figures that it prints."""
    process = subprocess.run(
        [sys.executable, HERE / "measure_predictor.py", side],
        input=json.dumps(sentences),
        env=make_environment(models),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(process.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    sentences = [example.sentence for example in read_splits("bundled").all_dev]
    measured: dict[str, list[dict[str, float]]] = {side: [] for side in LOADERS}
    with tempfile.TemporaryDirectory() as name:
        models = Path(name)
        make_models(models)
        for _ in range(args.rounds):
            for side, rounds in measured.items():
                rounds.append(measure_in_new_process(side, models, sentences))

    usual_path, this_course, bare_session = map(calc_medians, measured.values())
    rows = [
        Row(
            *(title, unit, better, usual_path[figure], this_course[figure]),
            *(bare_session[figure], "the bare session"),
        )
        for figure, (title, unit, better) in FIGURES.items()
    ]
    # The bare session predicts the same sentence again and again, so it is no limit for a file.
    rows[-1].limit = None
    print_and_save("prediction", rows)


if __name__ == "__main__":
    main()
