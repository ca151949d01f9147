"""The forwarder, a Lambda function: indexes the predictions that CloudWatch Logs sends.

CloudWatch Logs calls it with batches of log lines, and may send a batch more than once. The id that
a line has there becomes the id of its document, so that a repeated batch adds nothing to the newest
index of the data stream. A document that Elasticsearch will never accept goes to S3, with the
reason. While anything is undelivered the call fails, so that Lambda repeats it.
"""

import base64
import gzip
import io
import json
import os
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import ijson
from elasticsearch import ApiError, AuthenticationException, Elasticsearch
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from monitoring.elastic.client import DATASET, STREAM, connect

PART_LINES, PART_CHARACTERS = 500, 2_000_000  # of the predictions that are indexed at once
RETRIES = 4
BACKOFF = 0.25  # seconds before the first retry; the time doubles with each further one
TEMPORARY = [429, *range(500, 600)]  # statuses that are worth a retry
DELIVERED = [200, 201, 409]  # 409 says that the document is there already
REFUSED = 400  # the document doesn't fit the mapping, or is not JSON
TOO_LARGE = 413
RESERVE = 5  # seconds before Lambda would end the function

# A process of Lambda serves many batches, so it connects once.
get_elasticsearch = cache(connect)
get_s3 = cache(lambda: boto3.client("s3"))


class DeadlineError(RuntimeError):
    """The time of a call is nearly over, and predictions are undelivered."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise DeadlineError in the `with` block after that many seconds, whatever it waits for.

    The client's own time limit is for each piece of an answer, however many come.
    """

    def stop(*_: Any) -> None:
        raise DeadlineError("The time is nearly over: predictions are undelivered.")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def decode(event: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the id and the text of each line in an event of CloudWatch Logs.

    The event has the lines as compressed JSON in base64, which is read piece by piece, because it
    may be larger than the function's memory.
    """
    data = io.BytesIO(base64.b64decode(event["awslogs"]["data"]))
    with gzip.open(data) as file:
        for line in ijson.items(file, "logEvents.item"):
            yield line["id"], line["message"]


def make_parts(lines: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """Yield the predictions among log lines, which are (id, text) pairs, as parts: texts by id."""
    part: dict[str, str] = {}
    characters = 0
    for line_id, text in lines:
        if f'"{DATASET}"' not in text:
            continue
        part[line_id] = text.replace("\n", " ")  # a bulk request has one line for each document
        characters += len(text)
        if len(part) == PART_LINES or characters > PART_CHARACTERS:
            yield part
            part, characters = {}, 0
    if part:
        yield part


def send_documents(
    client: Elasticsearch, documents: dict[str, str]
) -> dict[str, tuple[int, str | None]]:
    """Send documents, which are lines of JSON by id; return for each its status, and the error.

    Raises an error of Elasticsearch's client when no complete answer comes after the last retry.
    """
    # Here the client retries when the connection fails, and the bulk helper for a status.
    client = client.options(
        max_retries=RETRIES,
        retry_on_status=(),
        retry_on_timeout=True,
        retry_backoff_base=BACKOFF,
        retry_backoff_cap=BACKOFF * 2**RETRIES,
    )
    actions = [
        {"_op_type": "create", "_id": document_id, "_source": document}
        for document_id, document in documents.items()
    ]
    results = streaming_bulk(
        client,
        actions,
        index=STREAM,
        raise_on_error=False,
        max_retries=RETRIES,
        initial_backoff=BACKOFF,
        retry_on_status=TEMPORARY,
    )
    try:
        items = {result["create"]["_id"]: result["create"] for _, result in results}
        return {
            document_id: (
                items[document_id]["status"],
                items[document_id].get("error", {}).get("reason"),
            )
            for document_id in documents
        }
    except (AttributeError, KeyError, TypeError):
        message = f"{len(documents)} predictions are undelivered: the answer is incomplete"
        raise BulkIndexError(message, []) from None


def index_documents(client: Elasticsearch, documents: dict[str, str]) -> dict[str, str]:
    """Index documents by id; return the reasons for which some were refused for good, by id.

    Raises an error of Elasticsearch's client when some are undelivered after the last retry.
    """
    try:
        results = send_documents(client, documents)
    except ApiError as error:
        if error.status_code != TOO_LARGE:
            raise
        if len(documents) == 1:
            return dict.fromkeys(documents, "it is too large for Elasticsearch")
        items = list(documents.items())
        middle = len(items) // 2
        first, second = dict(items[:middle]), dict(items[middle:])
        return index_documents(client, first) | index_documents(client, second)
    final = [*DELIVERED, REFUSED]
    undelivered = [reason for status, reason in results.values() if status not in final]
    if undelivered:
        message = f"{len(undelivered)} predictions are undelivered: {undelivered[0]}"
        raise BulkIndexError(message, [])
    return {
        document_id: str(reason)
        for document_id, (status, reason) in results.items()
        if status == REFUSED
    }


def store_refused(refused: dict[str, str], documents: dict[str, str]) -> None:
    """Store refused documents in one file, where somebody can look at them.

    `refused` has the reasons by id. A repeat writes the same file.
    """
    first = next(iter(refused))
    print(f"[ERROR] {len(refused)} predictions were refused, the first because: {refused[first]}")
    lines = [
        json.dumps({"id": document_id, "reason": reason, "document": documents[document_id]})
        for document_id, reason in refused.items()
    ]
    body = "".join(f"{line}\n" for line in lines).encode()
    key = f"dead-letter/{first}.jsonl"
    bucket = os.environ.get("DEAD_LETTER_BUCKET")
    if bucket:
        get_s3().put_object(Bucket=bucket, Key=key, Body=body)
    else:
        path = Path("production", key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def forward(lines: Iterable[tuple[str, str]]) -> Iterator[dict[str, int]]:
    """Index the predictions among log lines, which are (id, text) pairs, part by part.

    For each part, yield how many are indexed and how many were refused. Raises an error of
    Elasticsearch's client when some are undelivered.
    """
    for documents in make_parts(lines):
        try:
            refused = index_documents(get_elasticsearch(), documents)
        except AuthenticationException:  # the secret may have a new key
            get_elasticsearch.cache_clear()
            refused = index_documents(get_elasticsearch(), documents)
        if refused:
            store_refused(refused, documents)
        yield {"indexed": len(documents) - len(refused), "refused": len(refused)}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Forward the batch of an event; return how many predictions were indexed and refused."""
    counts = Counter(indexed=0, refused=0)
    with deadline(context.get_remaining_time_in_millis() / 1000 - RESERVE):
        # In an event that failed before, Lambda has put the original one under requestPayload.
        for part in forward(decode(event.get("requestPayload", event))):
            counts.update(part)
    return dict(counts)
