"""Measure one predictor in this process, which has to be a new one, and print the figures as JSON.

    python measure_predictor.py {usual_path,this_course,bare_session} < SENTENCES

SENTENCES is a JSON list. The environment variables of step_4.make_environment() say where the
models are.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from paths import STEP_4

SENTENCE = "The boy is sitting on a bench"
SENTENCE_IDS = [101, 1996, 2879, 2003, 3564, 2006, 1037, 6847, 102]
Predict = Callable[[list[str]], Any]

# The imports of a predictor are measured with it, so they are in these functions.
# ruff: noqa: PLC0415


def load_usual_path() -> Predict:
    """Load the usual path's predictor, which takes one sentence at a time."""
    from usual_path.inference_onnx import UsualONNXPredictor

    predictor = UsualONNXPredictor(os.environ["ONNX_MODEL"], os.environ["PRETRAINED"])
    return lambda sentences: [predictor.predict(sentence) for sentence in sentences]


def load_this_course() -> Predict:
    """Load the course's predictor, from step 4."""
    sys.path.insert(0, str(STEP_4))
    from inference_onnx import ColaONNXPredictor

    return ColaONNXPredictor(os.environ["COLA_MODEL"]).predict


def load_bare_session() -> Predict:
    """Load the course's model in ONNX Runtime alone: no tokenizer, no checks, no labels.

    Whatever the sentences are, it predicts SENTENCE for each of them.
    """
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(os.environ["COLA_MODEL"])
    input_ids = np.array([SENTENCE_IDS])
    inputs = {"input_ids": input_ids, "attention_mask": np.ones_like(input_ids)}
    return lambda sentences: [session.run(["logits"], inputs) for _ in sentences]


LOADERS = {
    "usual_path": load_usual_path,
    "this_course": load_this_course,
    "bare_session": load_bare_session,
}


def read_memory(pid: int) -> float:
    """Return the resident memory of a process in MB. This works on Linux only."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


def measure(load: Callable[[], Predict], sentences: list[str]) -> dict[str, float]:
    """Load a predictor and measure it.

    Returns the seconds until the first prediction, imports included; the memory afterwards in MB;
    the median latency of a sentence in ms; and the speed on all sentences, in sentences a second.
    """
    start = time.perf_counter()
    predict = load()
    predict([SENTENCE])
    first_prediction = time.perf_counter() - start
    memory = read_memory(os.getpid())
    latencies = []
    for _ in range(300):
        start = time.perf_counter()
        predict([SENTENCE])
        latencies.append(1000 * (time.perf_counter() - start))
    start = time.perf_counter()
    predict(sentences)
    speed = len(sentences) / (time.perf_counter() - start)
    return {
        "first_prediction": first_prediction,
        "memory": memory,
        "latency": median(latencies),
        "speed": speed,
    }


if __name__ == "__main__":
    print(json.dumps(measure(LOADERS[sys.argv[1]], json.load(sys.stdin))))
