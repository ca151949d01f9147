"""Lambda: the course's handler beside the one that it replaces, under AWS's own emulator.

The replaced one, as in the known courses: the handler imports the training script's modules for
their tokenizer, and pads every sentence to 128 tokens for an fp32 ONNX model. Both sides take
turns, each time in an emulator of their own. The first answer counts from the event's arrival: the
emulator starts the runtime only then. The weights are not trained, which changes no time.

    python benchmarks/serverless.py [--rounds 3]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from prediction import COURSES, make_models
from rows import Row, publish

from model import DEFAULT_MODEL, find_pretrained

STEP_8 = Path(__file__).resolve().parent.parent / "step_8_lambda"
COURSES_HANDLER = f"""
import os

folder = os.environ["FOLDER"]
{COURSES}
def handler(event, context):
    return [{{**p, "score": float(p["score"])}} for p in predict(event["sentence"])]
"""
EVENT = b'{"sentence": "The boy is sitting on a bench"}'
# Starts the emulator of step 8, and prints the two figures.
MEASURE = """
import sys, time
from statistics import median
from urllib.request import urlopen

sys.path.insert(0, sys.argv[1])
from aws.local.invoke import emulator

def ask(url):
    start = time.perf_counter()
    with urlopen(url, data=sys.argv[2].encode()) as response:
        assert b"acceptable" in response.read()
    return time.perf_counter() - start

with emulator() as url:
    first = ask(url)
    times = [ask(url) for _ in range(300)]
print("figures", first, 1000 * median(times))
"""


def measure(handler_folder: Path, folder: Path) -> tuple[float, float]:
    """Seconds to the first answer of a new function, and p50 of the warm one in milliseconds."""
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, str(STEP_8), EVENT.decode()],
        cwd=handler_folder,
        env=os.environ
        | {
            "FOLDER": str(folder),
            "PRETRAINED": str(find_pretrained(DEFAULT_MODEL)),
            "COLA_MODEL": str(folder / "model.int8.onnx"),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "60",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    line = next(line for line in process.stdout.splitlines() if line.startswith("figures"))
    first, warm = map(float, line.split()[1:])
    return first, warm


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    courses, ours = [], []
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        make_models(folder)
        (folder / "lambda_handler.py").write_text(COURSES_HANDLER, encoding="utf-8")
        for _ in range(args.rounds):
            courses.append(measure(folder, folder))
            ours.append(measure(STEP_8, folder))
    titles = ("cold: start and first answer, s", "warm: p50, ms")
    medians = [map(median, zip(*side, strict=True)) for side in (courses, ours)]
    publish("serverless", [Row(*values) for values in zip(titles, *medians, strict=True)])


if __name__ == "__main__":
    main()
