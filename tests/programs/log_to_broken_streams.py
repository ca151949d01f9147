"""Log to a stream that fails and to one that is stuck; print how many requests each one dropped.

Then log requests of a hundred long sentences to a stuck stream; print how many bytes they take.
"""

import io
import time
import tracemalloc
from pathlib import Path
from unittest.mock import patch

import prediction_log
from prediction_log import PredictionLog
from predictions import make_prediction


class Broken(io.StringIO):
    """A stream whose every write fails."""

    def write(self, text: str) -> int:
        time.sleep(0.005)  # so that the queue is full before the first line fails
        raise OSError("the disk is full")


class Stuck(io.StringIO):
    """A stream whose writes don't end while this program runs."""

    def write(self, text: str) -> int:
        time.sleep(60)
        return 0


prediction = {"label": "acceptable", "score": 1.0, "scores": {"acceptable": 1.0}}
model, vocabulary = Path("models/onnx/model.int8.onnx"), Path("models/monitoring/vocabulary.txt")
for stream in (Broken(), Stuck()):
    # As large as a hundred requests with one sentence each
    with patch.object(prediction_log, "MAX_QUEUED_BYTES", 100 * 2_061):
        log = PredictionLog(stream, model, vocabulary)
    start = time.perf_counter()
    for _ in range(1000):
        log.write(["Is it there?"], [prediction], 0.001)
    assert time.perf_counter() - start < 1, "no request waits for the log"
    log.flush(3)
    print(type(stream).__name__, log.dropped)

log = PredictionLog(Stuck(), model, vocabulary)
tracemalloc.start()
for number in range(500):
    sentences = [f"{number} {i} " + 450 * "! " for i in range(100)]
    log.write(sentences, [make_prediction([0.25, 0.75]) for _ in sentences])
assert 0 < log.dropped < 500
print("Bytes", tracemalloc.get_traced_memory()[0])
