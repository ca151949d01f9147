"""Compare the model in PyTorch, in ONNX, and in ONNX with 8-bit integers: size, speed and MCC.

Run `python compare.py` after convert_model_to_onnx.py, with output=FOLDER if train.py was run with
it. It prints a table and draws a chart.
"""

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil

from errors import InputError, exit_on_input_error
from predictions import Prediction

MODELS = {
    "PyTorch": "best.ckpt",
    "ONNX fp32": "onnx/model.onnx",
    "ONNX int8": "onnx/model.int8.onnx",
}
CHART = Path("evaluation/compare.png")
CHARTED = ("file, MB", "memory, MB", "import, load, predict, s", "one sentence, p50, ms")
SENTENCE = "The boy is sitting on a bench"


def load(model: Path) -> Any:
    """Return the predictor of a checkpoint or an ONNX file."""
    # Imported here, so that loading includes the libraries, and each model has only its own.
    if model.suffix == ".ckpt":
        from inference import ColaPredictor  # noqa: PLC0415

        return ColaPredictor(model)
    from inference_onnx import ColaONNXPredictor  # noqa: PLC0415

    return ColaONNXPredictor(model)


def measure(model: Path, sentences: list[str]) -> tuple[dict[str, float], list[Prediction]]:
    """Load a model, and predict the sentences one at a time and in batches.

    Returns what was measured, by the names of the table's rows, and the predictions.
    """
    start = time.perf_counter()
    predictor = load(model)
    predictor.predict([SENTENCE])
    figures = {
        "file, MB": model.stat().st_size / 1e6,
        "import, load, predict, s": time.perf_counter() - start,
        "memory, MB": psutil.Process().memory_info().rss / 1e6,
    }
    times = []
    for _ in range(300):
        start = time.perf_counter()
        predictor.predict([SENTENCE])
        times.append(1000 * (time.perf_counter() - start))
    figures["one sentence, p50, ms"] = median(times)
    figures["one sentence, p99, ms"] = quantiles(times, n=100)[-1]
    for size in (1, 8, 64):
        start = time.perf_counter()
        for first in range(0, len(sentences), size):
            predictor.predict(sentences[first : first + size])
        figures[f"sentences/s, by {size}"] = len(sentences) / (time.perf_counter() - start)
    return figures, predictor.predict(sentences)


def print_table(table: dict[str, dict[str, float]]) -> None:
    """Print a row for each measurement, with a column for each model."""
    print(f"{'':<26}" + "".join(f"{name:>12}" for name in table))
    for title in table["PyTorch"]:
        values = [figures[title] for figures in table.values()]
        digits = 3 if title == "MCC" else 2 if max(values) < 100 else 0
        print(f"{title:<26}" + "".join(f"{value:>12,.{digits}f}" for value in values))


def draw(table: dict[str, dict[str, float]]) -> None:
    """Draw the rows of CHARTED as bars into the file CHART."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - not where models are measured

    figure, axes = plt.subplots(1, len(CHARTED), figsize=(11, 3), layout="constrained")
    for axis, title in zip(axes, CHARTED, strict=True):
        values = [figures[title] for figures in table.values()]
        bars = axis.bar(list(table), values, color=["tab:gray", "tab:blue", "tab:green"])
        axis.bar_label(bars, fmt="{:.3g}")
        axis.set_title(title, fontsize=10)
        axis.tick_params(axis="x", labelsize=8)
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.set_yticks([])
    CHART.parent.mkdir(exist_ok=True)
    unfinished = CHART.with_suffix(".unfinished")
    figure.savefig(unfinished, dpi=120, format="png")
    unfinished.replace(CHART)


@exit_on_input_error()
def main() -> None:
    # Imported here, since the processes that measure import this file, and ONNX is measured
    # without PyTorch.
    from checkpoints import load_checkpoint  # noqa: PLC0415
    from data import DataModule  # noqa: PLC0415
    from evaluate import calc_metrics  # noqa: PLC0415
    from overrides import find_output  # noqa: PLC0415

    output = find_output()
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    models = {name: output / file for name, file in MODELS.items()}
    for path in models.values():
        if not path.is_file():
            raise InputError(
                f"There is no {path}: run `python train.py` and `python convert_model_to_onnx.py`."
            )
    dev = load_checkpoint(DataModule, models["PyTorch"]).splits.all_dev
    sentences = [example.sentence for example in dev]
    table = {}
    for name, path in models.items():
        print(f"Measuring {name} ...", file=sys.stderr)
        # A new process for each, one after the other, so that none has another's memory.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            figures, predictions = pool.submit(measure, path, sentences).result()
        table[name] = figures | {"MCC": calc_metrics(dev, predictions)["mcc"]}

    print_table(table)
    draw(table)
    print(f"\n{CHART}")


if __name__ == "__main__":
    main()
