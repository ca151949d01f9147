"""How the cost grows: training by sentences, a file by lines, latency by tokens and by connections.

The course's side alone, each part in its default settings; results/growth.json keeps the figures.

    python benchmarks/growth.py
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from prediction import STEP_4, make_models
from rows import keep, write_number
from server import load, serve

from data import read_splits
from inference_onnx import ColaONNXPredictor

SENTENCES = [
    example.sentence for examples in read_splits("bundled").values() for example in examples
]


def train(count: int, folder: Path) -> dict[str, float]:
    """The time of an epoch on so many sentences, validation included, as train.py prints it."""
    data = folder / f"data-{count}"
    data.mkdir()
    for path in (STEP_4 / "data").glob("*.tsv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = lines[:count] if "train" in path.name else lines[:50]
        (data / path.name).write_text("".join(kept), encoding="utf-8")
    command = [
        *("train.py", "training.max_epochs=1", "logger=tensorboard"),
        *(f"data.source={data}", f"output={folder}/training"),
    ]
    printed = run(command)[0]
    seconds = next(line for line in printed.splitlines() if line.startswith("Trained"))
    return {"sentences": count, "seconds": float(seconds.split(" in ")[1].split()[0])}


def run(command: list[str]) -> tuple[str, float]:
    """Run a script of step 4; returns what it prints, and its seconds."""
    start = time.perf_counter()
    process = subprocess.run(
        [sys.executable, *command], cwd=STEP_4, capture_output=True, text=True, check=True
    )
    return process.stdout, time.perf_counter() - start


def predict_file(count: int, folder: Path) -> dict[str, float]:
    lines = (SENTENCES * (count // len(SENTENCES) + 1))[:count]
    path = folder / "sentences.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    model = f"--model={folder}/model.int8.onnx"
    printed, seconds = run(["inference_onnx.py", f"--file={path}", model])
    assert printed.count("\n") == count
    return {"lines": count, "seconds": seconds}


def predict(tokens: int, predictor: ColaONNXPredictor) -> dict[str, float]:
    sentence = " ".join(["the"] * (tokens - 2))  # and two that begin and end each sentence
    times = []
    for _ in range(100):
        start = time.perf_counter()
        predictor.predict([sentence])
        times.append(1000 * (time.perf_counter() - start))
    return {"tokens": tokens, "p50, ms": median(times)}


def ask(connections: int, port: int) -> dict[str, float]:
    latencies = sorted(load(port, connections, seconds=4))
    return {
        "connections": connections,
        "p50, ms": median(latencies),
        "p99, ms": latencies[len(latencies) * 99 // 100],
        "requests/s": len(latencies) / 4,
    }


def show(rows: Iterable[dict[str, float]]) -> list[dict[str, float]]:
    """Print the rows as they come."""
    shown: list[dict[str, float]] = []
    for row in rows:
        if not shown:
            print("\n" + "".join(f"{title:>14}" for title in row))
        print("".join(f"{write_number(value):>14}" for value in row.values()), flush=True)
        shown.append(row)
    return shown


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_models(folder)
        predictor = ColaONNXPredictor(folder / "model.int8.onnx")
        growth = {
            "training": show(train(count, folder) for count in (1000, 2000, 4000)),
            "file": show(predict_file(count, folder) for count in (100, 1000, 5000, 20_000)),
            "tokens": show(predict(tokens, predictor) for tokens in (8, 16, 32, 64, 128, 256, 512)),
        }
        with serve("ours", folder) as (port, _):
            load(port, 1, 1)  # to warm up
            counts = (1, 2, 4, 8, 16, 32, 64)
            growth["connections"] = show(ask(count, port) for count in counts)
    keep("growth", growth)


if __name__ == "__main__":
    main()
