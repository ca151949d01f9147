"""Run the whole cycle in one command: `python cycle.py`.

It trains, evaluates and converts the model, keeps the reference, sends Lambda's sample events to
the handler (on Linux only, as AWS's emulator needs), plays a week of traffic, and compares that
week with the reference. At the end it prints a table of the results, the seconds and the files.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from errors import InputError, exit_on_input_error

WEEK = "--week=2026-03-02"
MODELS = Path("models")
LOG = Path("production/cycle.jsonl")
EVENTS = Path("production/lambda_events.json")


def run(*command: str | Path) -> float:
    """Run a script, and return the seconds that it took; raises InputError if it fails."""
    arguments = [str(argument) for argument in command]
    print(f"\n$ python {' '.join(arguments)}", flush=True)
    start = time.monotonic()
    status = subprocess.run([sys.executable, *arguments], check=False).returncode
    if status:
        raise InputError(f"{' '.join(arguments)} ended with status {status}: see above.")
    return time.monotonic() - start


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def count_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def run_cycle() -> list[tuple[str, str, float, Path]]:
    """Run all scripts; return for each its name, its result, the seconds, and what it has made."""
    rows: list[tuple[str, str, float, Path]] = []

    def add(name: str, result: str, seconds: float, path: Path) -> None:
        rows.append((name, result, seconds, path))

    seconds = run("train.py")
    checkpoint = MODELS / "best.ckpt"
    add("train", f"checkpoint of {checkpoint.stat().st_size / 1e6:.0f} MB", seconds, checkpoint)

    seconds = run("evaluate.py")
    mcc = {
        name: values["mcc"] for name, values in read_json(Path("evaluation/metrics.json")).items()
    }
    result = f"MCC {mcc['in_domain_dev']:.3f}, {mcc['out_of_domain_dev']:.3f} out of domain"
    add("evaluate", result, seconds, Path("evaluation/model_card.md"))

    seconds = run("convert_model_to_onnx.py")
    mcc = read_json(MODELS / "onnx/metrics.json")["mcc"]
    result = f"MCC {mcc['int8']:.3f} on all, as int8"
    add("convert", result, seconds, MODELS / "onnx/model.int8.onnx")

    seconds = run("-m", "monitoring.make_reference")
    reference = MODELS / "monitoring/reference.jsonl"
    add("reference", f"{count_lines(reference)} predictions", seconds, reference)

    if sys.platform == "linux":
        seconds = run("-m", "aws.local.invoke", f"--output={EVENTS}")
        statuses = [answer["status"] for answer in read_json(EVENTS).values()]
        result = f"{statuses.count(200)} events answered, {statuses.count(422)} refused"
        add("Lambda", result, seconds, EVENTS)

    seconds = run("-m", "monitoring.simulate_traffic", "clean", WEEK, f"--log={LOG}")
    add("traffic", f"{count_lines(LOG)} predictions", seconds, LOG)

    seconds = run("-m", "monitoring.drift_report", WEEK, f"--log={LOG}")
    distance = read_json(Path("production/drift.json"))["columns"]["unknown"]["distance"]
    result = f"none; unknown words moved by {distance:.2f}"
    add("drift", result, seconds, Path("production/workspace"))
    return rows


@exit_on_input_error()
def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    LOG.unlink(missing_ok=True)  # of an earlier cycle
    rows = run_cycle()
    print()
    for name, result, seconds, path in rows:
        print(f"{name:<12}{result:<38}{seconds:>6.0f} s   {path}")


if __name__ == "__main__":
    main()
