"""Log to a stream that fails and to one that is stuck; print how many requests each one dropped."""

import io
import time
from pathlib import Path
from unittest.mock import patch

import prediction_log
from prediction_log import PredictionLog


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
    with patch.object(prediction_log, "MAX_QUEUED_REQUESTS", 100):
        log = PredictionLog(stream, model, vocabulary)
    start = time.perf_counter()
    for _ in range(1000):
        log.write(["Is it there?"], [prediction], 0.001)
    assert time.perf_counter() - start < 1, "no request waits for the log"
    log.flush(3)
    print(type(stream).__name__, log.dropped)
