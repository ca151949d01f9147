"""PyTorch, ONNX, and ONNX with 8-bit integers, side by side: how big, how fast and how good.

Run `python compare.py` after convert_model_to_onnx.py; it prints a table and draws a chart.
"""

import json
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median, quantiles

import psutil

from errors import InputError, exit_on_input_error
from predictions import Prediction

MODELS = {
    "PyTorch": Path("models/best.ckpt"),
    "ONNX fp32": Path("models/onnx/model.onnx"),
    "ONNX int8": Path("models/onnx/model.int8.onnx"),
}
CHART = Path("images/compare.png")
CHARTED = ("file, MB", "memory, MB", "import, load, predict, s", "one sentence, p50, ms")
SENTENCE = "The boy is sitting on a bench"


def measure_one(name: str, sentences: list[str]) -> tuple[dict[str, float], list[Prediction]]:
    """Load one model and judge the sentences with it, one at a time and in batches."""
    # Imported here, so that loading includes the libraries, and each model has only its own.
    start = time.perf_counter()
    if name == "PyTorch":
        predictor = import_module("inference").ColaPredictor(MODELS[name])
    else:
        predictor = import_module("inference_onnx").ColaONNXPredictor(MODELS[name])
    predictor.predict([SENTENCE])
    figures = {
        "file, MB": MODELS[name].stat().st_size / 1e6,
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


def draw(table: dict[str, dict[str, float]]) -> None:
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
    figure.savefig(CHART, dpi=120)


@exit_on_input_error()
def main() -> None:
    for path in MODELS.values():
        if not path.is_file():
            raise InputError(
                f"There is no {path}: run `python train.py` and `python convert_model_to_onnx.py`."
            )
    from data import read_splits  # noqa: PLC0415 - with PyTorch, which ONNX is measured without
    from evaluate import measure  # noqa: PLC0415
    from model_card import read_configuration  # noqa: PLC0415

    source = read_configuration(Path("models/.hydra/config.yaml")).data.source
    splits = read_splits(source)
    dev = [example for name in splits if name != "train" for example in splits[name]]
    table = {}
    for name in MODELS:
        print(f"Measuring {name} ...", file=sys.stderr)
        # A process for each, one after the other, so that none has another's memory.
        process = subprocess.run(
            [sys.executable, __file__, name],
            input=json.dumps([example.sentence for example in dev]),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures, predictions = json.loads(process.stdout)
        table[name] = figures | {"MCC": measure(dev, predictions)["mcc"]}

    print(f"{'':<26}" + "".join(f"{name:>12}" for name in table))
    for title in table["PyTorch"]:
        values = [figures[title] for figures in table.values()]
        digits = 3 if title == "MCC" else 2 if max(values) < 100 else 0
        print(f"{title:<26}" + "".join(f"{value:>12,.{digits}f}" for value in values))
    draw(table)
    print(f"\n{CHART}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure_one(sys.argv[1], json.load(sys.stdin))))
    else:
        main()
