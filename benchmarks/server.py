"""The server: the course's beside the one that it replaces, on the same weights.

The replaced one, as in the known courses: a coroutine that calls the predictor itself and so blocks
the event loop, and a predictor that pads every sentence to 128 tokens for an fp32 ONNX model. Both
sides take turns, each time in a process of their own; clients run beside them on the same cores.
The limit of ours is the same int8 model in ONNX Runtime alone, called without a pause in one
process. The weights are not trained, which changes no time.

    python benchmarks/server.py [--rounds 3] [--seconds 5]
    python benchmarks/server.py --soak 60       the course's alone: 64 connections, errors, memory
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from prediction import BARE, COURSES, make_models
from prediction import measure as measure_prediction
from rows import Row, publish

from model import DEFAULT_MODEL, find_pretrained

STEP_5 = Path(__file__).resolve().parent.parent / "step_5_docker"
COURSES_SERVER = f"""
import os

folder = os.environ["FOLDER"]
{COURSES}
from fastapi import FastAPI

app = FastAPI()

@app.get("/health")
async def health():
    return "ok"

@app.get("/predict")
async def get_prediction(text: str):
    return [{{**p, "score": float(p["score"])}} for p in predict(text)]
"""
REQUEST = "/predict?text=The+boy+is+sitting+on+a+bench"


def find_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def serve(side: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Start one side's server; gives its port and its process id."""
    port = find_free_port()
    (folder / "courses_server.py").write_text(COURSES_SERVER, encoding="utf-8")
    app = {"courses": "courses_server:app", "ours": "app:app"}[side]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, f"--port={port}", "--log-level=warning"],
        cwd={"courses": folder, "ours": STEP_5}[side],
        env=os.environ
        | {
            "FOLDER": str(folder),
            "PRETRAINED": str(find_pretrained(DEFAULT_MODEL)),
            "COLA_MODEL": str(folder / "model.int8.onnx"),
        },
    )
    try:
        while process.poll() is None:
            try:
                http.client.HTTPConnection("127.0.0.1", port).request("GET", "/health")
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def load(port: int, connections: int, seconds: float) -> list[float]:
    """Ask without a pause on so many connections; returns the latencies in ms.

    Raises AssertionError for an answer that is not 200.
    """
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while (start := time.perf_counter()) < end:
            connection.request("GET", REQUEST)
            response = connection.getresponse()
            response.read()
            assert response.status == 200, response.status
            latencies.append(1000 * (time.perf_counter() - start))

    errors: list[BaseException] = []
    threading.excepthook = lambda failed: errors.append(failed.exc_value or AssertionError())
    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return latencies


def measure(side: str, folder: Path, seconds: float) -> dict[str, float]:
    with serve(side, folder) as (port, _):
        load(port, 1, 1)  # to warm up
        return {
            "1 connection, p50, ms": median(load(port, 1, seconds)),
            "8 connections, requests/s": len(load(port, 8, seconds)) / seconds,
        }


def read_memory(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


def soak(folder: Path, seconds: float) -> None:
    with serve("ours", folder) as (port, pid):
        for part in range(6):
            latencies = sorted(load(port, 64, seconds / 6))
            print(
                f"{(part + 1) * seconds / 6:4.0f} s  {len(latencies)} answers, all 200;"
                f" p50 {median(latencies):.0f} ms, p99 {latencies[len(latencies) * 99 // 100]:.0f}"
                f" ms; {read_memory(pid):.0f} MB"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--soak", type=float)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_models(folder)
        if args.soak:
            soak(folder, args.soak)
            return
        figures: dict[str, list[dict[str, float]]] = {"courses": [], "ours": []}
        bare = []
        for _ in range(args.rounds):
            for side, measured in figures.items():
                measured.append(measure(side, folder, args.seconds))
            bare.append(measure_prediction(BARE, folder, [])["one sentence, p50, ms"])
    rows = []
    for title in figures["ours"][0]:
        courses, ours = (median(one[title] for one in side) for side in figures.values())
        rows.append(Row(title, courses, ours, limit_name="the bare session"))
    rows[0].limit, rows[1].limit = median(bare), 1000 / median(bare)
    publish("server", rows)


if __name__ == "__main__":
    main()
