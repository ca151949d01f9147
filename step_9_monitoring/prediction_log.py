"""Write one line of JSON for each prediction, in Elastic's Common Schema.

A line says when the prediction was made, for which request and by which model, the label and its
scores, and how long it took. It also says what shows drift: how many words the sentence has, and
how many of them are unknown, which means that the training data doesn't have them. The sentences
belong to the users, so the log has only their hashes unless the settings say otherwise.
"""

import hashlib
import logging
import re
import sys
import time
import uuid
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Any, Literal, TextIO

import ecs_logging

from errors import InputError
from predictions import Prediction

DATASET = "cola.predictions"
MAX_QUEUED_BYTES = 20_000_000  # the lines of further requests are dropped, and counted
BYTES_OF_A_PREDICTION = 2_000  # in memory, besides its sentence
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
request_id: ContextVar[str] = ContextVar("request_id", default="")


def find_words(sentence: str) -> list[str]:
    """Return the words of a sentence in lower case, without punctuation and numbers.

    Both apostrophes, the straight and the curly one, belong to a word such as "don't".
    """
    return WORD.findall(sentence.lower().replace("’", "'"))


class RequestId:
    """ASGI middleware: gives each request an id, which its response and its lines have."""

    def __init__(self, app: Any):
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        context = scope.get("aws.context")  # Lambda has made an id already, and logs it
        new_id = context.aws_request_id if context else str(uuid.uuid4())
        request_id.set(new_id)

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-request-id", new_id.encode()))
            await send(message)

        await self.app(scope, receive, send_with_id)


class RequestQueue(Queue[dict[str, Any]]):
    """A queue whose size is the number of bytes that its requests take in memory."""

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self.bytes = 0

    def _qsize(self) -> int:
        return self.bytes

    def _put(self, item: dict[str, Any]) -> None:
        super()._put(item)
        self.bytes += item["bytes"]

    def _get(self) -> dict[str, Any]:
        item = super()._get()
        self.bytes -= item["bytes"]
        return item


class PredictionLog:
    """Writes lines in a thread of its own, so that no request waits for the log or fails by it.

    The standard library's QueueListener and StreamHandler would not do: when a stream is stuck, the
    logging module waits for the handler at the end of the process, so that it never ends.
    """

    def __init__(self, stream: TextIO, model: Path, vocabulary: Path, with_text: bool = False):
        """Start the thread that writes to the stream.

        The vocabulary is a file with the words of the training data, one per line. Raises
        InputError when it doesn't exist, or not as a whole.
        """
        if not vocabulary.is_file():
            raise InputError(
                f"There is no {vocabulary}: make it with `python -m monitoring.make_reference`."
            )
        words = vocabulary.read_text(encoding="utf-8")
        if not words.endswith("\n"):  # without it, every word would count as unknown
            raise InputError(
                f"{vocabulary} is empty or was cut off: make it again with "
                "`python -m monitoring.make_reference`."
            )
        self.stream = stream
        self.model = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
        self.vocabulary = frozenset(words.split())
        self.with_text = with_text
        self.format = ecs_logging.StdlibFormatter(exclude_fields=["log", "process"]).format
        self.queue = RequestQueue(MAX_QUEUED_BYTES)
        self.dropped = 0  # requests whose lines are missing
        Thread(target=self.write_queued_requests, daemon=True).start()

    def write(
        self,
        sentences: Sequence[str],
        predictions: Sequence[Prediction],
        seconds: float = 0,
        timestamp: float | None = None,
    ) -> None:
        """Queue the lines of a request, which took that many seconds, and return at once.

        The timestamp is in seconds of Unix time; by default it is the current time. When the queue
        is full, the lines are dropped, and the request is counted.
        """
        fields = {
            "msg": "prediction",
            "created": timestamp or time.time(),
            "event": {"dataset": DATASET, "duration": round(seconds * 1e9)},  # nanoseconds
            "http": {"request": {"id": request_id.get() or str(uuid.uuid4())}},
            "service": {"name": "cola"},
        }
        pairs = zip(sentences, predictions, strict=True)
        size = sum(sys.getsizeof(sentence) + BYTES_OF_A_PREDICTION for sentence in sentences)
        try:
            self.queue.put_nowait({"fields": fields, "pairs": pairs, "bytes": size})
        except Full:
            self.dropped += 1

    def write_queued_requests(self) -> None:
        """Write the lines of queued requests, one request after another, without end."""
        has_reported = False
        while True:
            request = self.queue.get()
            try:
                for sentence, prediction in request["pairs"]:
                    cola = self.make_fields(sentence, prediction)
                    record = logging.makeLogRecord(request["fields"] | {"cola": cola})
                    self.stream.write(self.format(record) + "\n")
                    request["fields"]["event"].pop("duration", None)  # on the first line only
                self.stream.flush()
            except (OSError, ValueError) as error:  # the disk is full, or the file was closed
                if not has_reported:
                    print(f"A prediction could not be logged: {error}", file=sys.stderr)
                has_reported = True
                self.dropped += 1
            self.queue.task_done()

    def make_fields(self, sentence: str, prediction: Prediction) -> dict[str, Any]:
        """Return the fields that a line has under `cola`: prediction, model and sentence."""
        words = find_words(sentence)
        digest = hashlib.sha256(sentence.encode()).hexdigest()
        return {
            **({"sentence": sentence} if self.with_text else {"sentence_sha256": digest}),
            **prediction,
            "model": self.model,
            "characters": len(sentence),
            "words": len(words),
            "unknown_words": sum(word not in self.vocabulary for word in words),
            "dropped": self.dropped,
        }

    def flush(self, timeout: float = 1.0) -> None:
        """Wait until all queued lines are written, for at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while self.queue.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.0005)


@contextmanager
def open_log(
    path: Path, mode: Literal["w", "a"], model: Path, vocabulary: Path, with_text: bool = False
) -> Iterator[PredictionLog]:
    """Open a file as a prediction log; all lines are written at the end of the `with` block.

    Raises InputError when the file can't be written, or lacks lines at the end.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open(mode, encoding="utf-8") as file:
            log = PredictionLog(file, model, vocabulary, with_text)
            yield log
            log.flush(60)
    except OSError as error:
        raise InputError(f"Can't write {path}: {error}") from None
    if log.dropped:
        raise InputError(f"{path} lacks lines, because they could not be written.")
