"""How the cost grows: of training with the sentences, of a file with its lines, and of a prediction
with its tokens and with the connections.

This measures the course alone, each part in its default settings, and saves results/growth.json.

    python benchmarks/growth.py
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from paths import INT8_MODEL, STEP_4
from rows import format_number, save
from server import send_requests, serve
from step_4 import ColaONNXPredictor, make_models, read_splits


def run_script(command: list[str]) -> tuple[str, float]:
    """Run a script of step 4; returns what it prints, and the seconds that it takes."""
    start = time.perf_counter()
    process = subprocess.run(
        [sys.executable, *command], cwd=STEP_4, capture_output=True, text=True, check=True
    )
    return process.stdout, time.perf_counter() - start


def measure_training(count: int, folder: Path) -> dict[str, float]:
    """Train on so many sentences; returns the seconds of an epoch that train.py prints.

    The seconds include validation on 50 sentences.
    """
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
    printed, _ = run_script(command)
    line = next(line for line in printed.splitlines() if line.startswith("Trained"))
    return {"sentences": count, "seconds": float(line.split(" in ")[1].split()[0])}


def measure_file(count: int, sentences: list[str], folder: Path) -> dict[str, float]:
    """Return the seconds that inference_onnx.py takes for a file of so many lines."""
    lines = (sentences * (count // len(sentences) + 1))[:count]
    path = folder / "sentences.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    model = f"--model={folder / INT8_MODEL}"
    printed, seconds = run_script(["inference_onnx.py", f"--file={path}", model])
    assert printed.count("\n") == count
    return {"lines": count, "seconds": seconds}


def measure_tokens(count: int, predictor: ColaONNXPredictor) -> dict[str, float]:
    """Return the median latency of a sentence of so many tokens."""
    sentence = " ".join(["the"] * (count - 2))  # the tokenizer adds the first and the last token
    latencies = []
    for _ in range(100):
        start = time.perf_counter()
        predictor.predict([sentence])
        latencies.append(1000 * (time.perf_counter() - start))
    return {"tokens": count, "p50, ms": median(latencies)}


def measure_connections(count: int, port: int) -> dict[str, float]:
    """Return the latencies and the rate of requests on so many connections at a time."""
    latencies = sorted(send_requests(port, count, seconds=4))
    return {
        "connections": count,
        "p50, ms": median(latencies),
        "p99, ms": latencies[len(latencies) * 99 // 100],
        "requests/s": len(latencies) / 4,
    }


def print_rows(rows: Iterable[dict[str, float]]) -> list[dict[str, float]]:
    """Print each row as soon as it is measured, below a header; returns all rows."""
    printed: list[dict[str, float]] = []
    for row in rows:
        if not printed:
            print("\n" + "".join(f"{title:>14}" for title in row))
        print("".join(f"{format_number(value):>14}" for value in row.values()), flush=True)
        printed.append(row)
    return printed


def main() -> None:
    splits = read_splits("bundled").by_name.values()
    sentences = [example.sentence for examples in splits for example in examples]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_models(folder)
        predictor = ColaONNXPredictor(folder / INT8_MODEL)
        training = print_rows(measure_training(count, folder) for count in (1000, 2000, 4000))
        file = print_rows(
            measure_file(count, sentences, folder) for count in (100, 1000, 5000, 20_000)
        )
        tokens = print_rows(
            measure_tokens(count, predictor) for count in (8, 16, 32, 64, 128, 256, 512)
        )
        with serve("this_course", folder) as (port, _):
            send_requests(port, 1, 1)  # to warm up
            connections = print_rows(
                measure_connections(count, port) for count in (1, 2, 4, 8, 16, 32, 64)
            )
    growth = {"training": training, "file": file, "tokens": tokens, "connections": connections}
    save("growth", growth)


if __name__ == "__main__":
    main()
