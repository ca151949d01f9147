"""One line of JSON for each prediction, in Elastic's Common Schema.

It says when, which request and model, the label and its scores, how long it took, and what shows
drift: how many words the sentence has, and how many of them the training data has not. Sentences
are the users', so they are hashed unless settings say otherwise.
"""

import hashlib
import logging
import re
import sys
import time
import uuid
from collections.abc import MutableMapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Any, TextIO

import ecs_logging

from errors import InputError
from predictions import Prediction

DATASET = "cola.predictions"
WAITING = 10_000  # requests whose lines may wait to be written; later ones are dropped, and counted
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
request_id: ContextVar[str] = ContextVar("request_id", default="")


def find_words(sentence: str) -> list[str]:
    return WORD.findall(sentence.lower())


class RequestId:
    """ASGI middleware: gives each request an id, which its answer and its lines carry."""

    def __init__(self, app: Any):
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        context = scope.get("aws.context")  # Lambda has ids already, and names them in its log
        identity = context.aws_request_id if context else str(uuid.uuid4())
        request_id.set(identity)

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-request-id", identity.encode()))
            await send(message)

        await self.app(scope, receive, send_with_id)


class PredictionLog:
    """Writes in a thread of its own: whatever happens to the log, no answer waits or fails."""

    def __init__(self, stream: TextIO, model: Path, vocabulary: Path, with_text: bool = False):
        """Raises InputError without the vocabulary, that is a list of the training data's words."""
        if not vocabulary.is_file():
            raise InputError(f"There is no {vocabulary}: make it with `python make_reference.py`.")
        self.stream = stream
        self.model = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
        self.vocabulary = frozenset(vocabulary.read_text(encoding="utf-8").split())
        self.with_text = with_text
        self.format = ecs_logging.StdlibFormatter(exclude_fields=["log", "process"]).format
        self.waiting: Queue[dict[str, Any]] = Queue(WAITING)
        self.dropped = 0
        Thread(target=self.write_waiting, daemon=True).start()

    def write(
        self,
        sentences: Sequence[str],
        predictions: Sequence[Prediction],
        seconds: float = 0,
        moment: float | None = None,
    ) -> None:
        """Log what a request was answered, in so many seconds, now or at a moment (Unix time)."""
        fields = {
            "msg": "prediction",
            "created": moment or time.time(),
            "event": {"dataset": DATASET, "duration": round(seconds * 1e9)},  # nanoseconds
            "http": {"request": {"id": request_id.get() or str(uuid.uuid4())}},
            "service": {"name": "cola"},
        }
        pairs = zip(sentences, predictions, strict=True)
        try:
            self.waiting.put_nowait({"fields": fields, "pairs": pairs})
        except Full:
            self.dropped += 1

    def write_waiting(self) -> None:
        failed = False
        while True:
            request = self.waiting.get()
            try:
                for sentence, prediction in request["pairs"]:
                    cola = self.describe(sentence, prediction)
                    record = logging.makeLogRecord(request["fields"] | {"cola": cola})
                    self.stream.write(self.format(record) + "\n")
                    request["fields"]["event"].pop("duration", None)  # a request's, so only once
                self.stream.flush()
            except (OSError, ValueError) as error:  # the disk is full, or the file was closed
                if not failed:  # once is enough
                    print(f"A prediction could not be logged: {error}", file=sys.stderr)
                failed = True
                self.dropped += 1
            self.waiting.task_done()

    def describe(self, sentence: str, prediction: Prediction) -> dict[str, Any]:
        words = find_words(sentence)
        digest = hashlib.sha256(sentence.encode()).hexdigest()
        return {
            **({"sentence": sentence} if self.with_text else {"sentence_sha256": digest}),
            **prediction,
            "model": self.model,
            "characters": len(sentence),
            "words": len(words),
            "unknown_words": sum(word not in self.vocabulary for word in words),
            "dropped": self.dropped,  # requests whose lines are missing, so far
        }

    def flush(self, seconds: float = 1.0) -> None:
        """Wait until all is written, but no longer than so."""
        deadline = time.monotonic() + seconds
        while self.waiting.unfinished_tasks and time.monotonic() < deadline:
            time.sleep(0.0005)
