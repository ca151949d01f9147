"""The whole cycle in one command: `python cycle.py`.

Trains, evaluates, converts, keeps the reference, answers Lambda's sample events (on Linux), plays a
week of traffic and compares it with the reference; then shows what came out of each, and where.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from errors import InputError, exit_on_input_error

WEEK = "--week=2026-03-02"
LOG = Path("production/cycle.jsonl")


def run(*command: str) -> tuple[float, str]:
    """Run a script, show what it prints, and return the seconds it took, and what it printed."""
    print(f"\n$ python {' '.join(command)}", flush=True)
    start = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    lines = []
    for line in process.stdout or []:
        print(line, end="", flush=True)
        lines.append(line)
    if process.wait():
        raise InputError(f"{' '.join(command)} ended with status {process.returncode}: see above.")
    return time.monotonic() - start, "".join(lines)


def find(pattern: str, printed: str) -> str:
    """What a script printed at the pattern's group."""
    match = re.search(pattern, printed, re.M)
    if match is None:
        raise InputError(f"Nothing like {pattern!r} was printed.")
    return match[1]


@exit_on_input_error()
def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    LOG.unlink(missing_ok=True)  # of an earlier cycle
    rows = []

    def add(name: str, result: str, seconds: float, path: str) -> None:
        rows.append(f"{name:<12}{result:<34}{seconds:>6.0f} s   {path}")

    seconds, printed = run("train.py")
    add("train", find(r"Trained (\d+ epochs)", printed), seconds, "models/best.ckpt")
    seconds, _ = run("evaluate.py")
    metrics = json.loads(Path("evaluation/metrics.json").read_text(encoding="utf-8"))
    mcc = f"MCC {metrics['in_domain_dev']['mcc']:.3f}, {metrics['out_of_domain_dev']['mcc']:.3f}"
    add("evaluate", f"{mcc} out of domain", seconds, "evaluation/model_card.md")
    seconds, printed = run("convert_model_to_onnx.py")
    mcc = find(r"int8: ([\d.]+)", printed)
    add("convert", f"MCC {mcc} on all, as int8", seconds, "models/onnx/model.int8.onnx")
    seconds, printed = run("-m", "monitoring.make_reference")
    count = find(r"jsonl +(\d+) predictions", printed)
    add("reference", f"{count} predictions", seconds, "models/monitoring/reference.jsonl")
    if sys.platform == "linux":  # as AWS's emulator needs
        seconds, printed = run("local_invoke.py")
        statuses = re.findall(r"^\S+ +[\d.]+ ms +(\d{3})", printed, re.M)
        result = f"{statuses.count('200')} events answered, {statuses.count('422')} refused"
        add("Lambda", result, seconds, "events")
    seconds, printed = run("-m", "monitoring.simulate_traffic", "clean", WEEK, f"--log={LOG}")
    add("traffic", find(r"(\d+ predictions)", printed), seconds, str(LOG))
    seconds, printed = run("-m", "monitoring.drift_report", WEEK, f"--log={LOG}")
    distances = find(r"^unknown +\S+ +\S+ +(\S+)", printed)
    add("drift", f"none; unknown words moved by {distances}", seconds, "production/workspace")
    print("\n" + "\n".join(rows))


if __name__ == "__main__":
    main()
