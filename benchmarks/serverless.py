"""Lambda: the course's handler beside the usual path's, under AWS's own emulator.

The usual path's handler imports all that training needs for its tokenizer, and pads every sentence
to 128 tokens for an fp32 ONNX model. Both sides take turns, each time in an emulator of their own.
The cold start is measured from the first event to its response, because the emulator starts the
function only then. The weights are not trained, which changes no time.

    python benchmarks/serverless.py [--rounds 3]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from paths import HERE, STEP_8
from rows import Row, calc_medians, print_and_save
from step_4 import make_environment, make_models

# For each side, the folder that has its lambda_handler.py
HANDLERS = {"usual_path": HERE / "usual_path", "this_course": STEP_8}


def measure(side: str, models: Path) -> dict[str, float]:
    """Run measure_lambda.py for one side.

    Returns the duration of a cold start in seconds, and the median of a warm request in ms.
    """
    variables = {"AWS_LAMBDA_FUNCTION_TIMEOUT": "60", "PYTHONPATH": str(HERE)}
    process = subprocess.run(
        [sys.executable, HERE / "measure_lambda.py"],
        cwd=HANDLERS[side],
        env=make_environment(models) | variables,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    # The emulator prints lines of its own before.
    return json.loads(process.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    measured: dict[str, list[dict[str, float]]] = {side: [] for side in HANDLERS}
    with tempfile.TemporaryDirectory() as name:
        models = Path(name)
        make_models(models)
        for _ in range(args.rounds):
            for side, rounds in measured.items():
                rounds.append(measure(side, models))
    usual_path, this_course = map(calc_medians, measured.values())
    rows = [
        Row(
            "cold: start and first response", "s", "lower", usual_path["cold"], this_course["cold"]
        ),
        Row("warm: p50", "ms", "lower", usual_path["warm"], this_course["warm"]),
    ]
    print_and_save("serverless", rows)


if __name__ == "__main__":
    main()
