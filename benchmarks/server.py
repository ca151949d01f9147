"""The HTTP server: the course's beside the usual path's, on the same weights.

The usual path's server predicts in a coroutine, which blocks the event loop, and pads every
sentence to 128 tokens for an fp32 ONNX model. Both sides take turns, each time in a new process;
the clients run beside them on the same cores. The limit of this course is the same int8 model in
ONNX Runtime alone, called without a pause in one process. The weights are not trained, which
changes no time.

    python benchmarks/server.py [--rounds 3] [--seconds 5]
    python benchmarks/server.py --soak 60       this course alone: 64 connections, errors, memory
"""

import argparse
import http.client
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

from measure_predictor import read_memory
from paths import HERE, STEP_5
from prediction import measure_in_new_process
from rows import Row, calc_medians, print_and_save
from step_4 import make_environment, make_models

# For each side, the folder in which the server is started, and its app
SERVERS = {"usual_path": (HERE, "usual_path.app:app"), "this_course": (STEP_5, "app:app")}
REQUEST = "/predict?text=The+boy+is+sitting+on+a+bench"


def find_free_port() -> int:
    """Return a TCP port of this machine that no program listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@contextmanager
def serve(side: str, models: Path) -> Iterator[tuple[int, int]]:
    """Start the server of one side and wait until it answers; yields its port and process id."""
    port = find_free_port()
    folder, app = SERVERS[side]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", app, f"--port={port}", "--log-level=warning"],
        cwd=folder,
        env=make_environment(models),
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


def send_requests(port: int, connections: int, seconds: float) -> list[float]:
    """Send requests without a pause on several connections; returns the latencies in ms.

    Raises AssertionError for a response whose status is not 200.
    """
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    def send_on_one_connection() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while (start := time.perf_counter()) < end:
            connection.request("GET", REQUEST)
            response = connection.getresponse()
            response.read()
            assert response.status == 200, response.status
            latencies.append(1000 * (time.perf_counter() - start))

    errors: list[BaseException] = []
    threading.excepthook = lambda failed: errors.append(failed.exc_value or AssertionError())
    threads = [threading.Thread(target=send_on_one_connection) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return latencies


def measure(side: str, models: Path, seconds: float) -> dict[str, float]:
    """Measure the server of one side.

    Returns the median latency of one connection in ms, and the requests a second of eight
    connections, each measured for so many seconds.
    """
    with serve(side, models) as (port, _):
        send_requests(port, 1, 1)  # to warm up
        return {
            "latency": median(send_requests(port, 1, seconds)),
            "rate": len(send_requests(port, 8, seconds)) / seconds,
        }


def soak(models: Path, seconds: float) -> None:
    """Keep 64 connections of the course's server busy; prints latencies and memory over time."""
    with serve("this_course", models) as (port, pid):
        for part in range(6):
            latencies = sorted(send_requests(port, 64, seconds / 6))
            print(
                f"{(part + 1) * seconds / 6:4.0f} s  {len(latencies)} responses, all with status"
                f" 200; p50 {median(latencies):.0f} ms,"
                f" p99 {latencies[len(latencies) * 99 // 100]:.0f} ms; {read_memory(pid):.0f} MB"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--soak", type=float, help="seconds")
    args = parser.parse_args()
    measured: dict[str, list[dict[str, float]]] = {side: [] for side in SERVERS}
    bare_latencies = []
    with tempfile.TemporaryDirectory() as name:
        models = Path(name)
        make_models(models)
        if args.soak:
            soak(models, args.soak)
            return
        for _ in range(args.rounds):
            for side, rounds in measured.items():
                rounds.append(measure(side, models, args.seconds))
            bare = measure_in_new_process("bare_session", models, ["the only sentence"])
            bare_latencies.append(bare["latency"])
    usual_path, this_course = map(calc_medians, measured.values())
    bare_latency = median(bare_latencies)
    rows = [
        Row(
            *("1 connection, p50", "ms", "lower"),
            *(usual_path["latency"], this_course["latency"]),
            *(bare_latency, "the bare session"),
        ),
        Row(
            *("8 connections", "requests/s", "higher"),
            *(usual_path["rate"], this_course["rate"]),
            *(1000 / bare_latency, "the bare session"),
        ),
    ]
    print_and_save("server", rows)


if __name__ == "__main__":
    main()
