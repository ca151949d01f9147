"""The forwarder, a Lambda function: indexes the predictions that CloudWatch Logs sends.

CloudWatch Logs calls it with batches of log lines, and may send a batch more than once. The id that
a line has there becomes the id of its document, so that a repeated batch adds nothing to the newest
index of the data stream. A document that Elasticsearch will never accept goes to S3, with the
reason. While anything is undelivered the call fails, so that Lambda repeats it.
"""

import base64
import gzip
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import boto3
from elasticsearch import Elasticsearch
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from monitoring.elastic.client import STREAM, connect

RETRIES = 4
BACKOFF = 0.25  # seconds before the first retry; the time doubles with each further one
TEMPORARY = [429, *range(500, 600)]  # statuses that are worth a retry
EXISTS = 409


def decode(event: dict[str, Any]) -> dict[str, Any]:
    """Return the batch in an event of CloudWatch Logs, where it is compressed JSON in base64."""
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def find_predictions(lines: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the predictions among log lines, which are (id, text) pairs, as documents by id."""
    documents = {}
    for line_id, text in lines:
        try:
            document = json.loads(text)
        except ValueError:
            continue
        if isinstance(document, dict) and "cola" in document:
            documents[line_id] = document
    return documents


def index_documents(client: Elasticsearch, documents: dict[str, Any]) -> dict[str, Any]:
    """Index documents by id; return those that were refused for good, each with the reason.

    Raises an error of Elasticsearch's client when some are undelivered after the last retry.
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
        yield_ok=False,
        max_retries=RETRIES,
        initial_backoff=BACKOFF,
        retry_on_status=TEMPORARY,
    )
    failed = [result["create"] for _, result in results]
    undelivered = [item for item in failed if item["status"] in TEMPORARY]
    if undelivered:
        reason = undelivered[0]["error"]["reason"]
        message = f"{len(undelivered)} predictions are undelivered: {reason}"
        raise BulkIndexError(message, undelivered)
    return {
        item["_id"]: {"error": item["error"], "document": documents[item["_id"]]}
        for item in failed
        if item["status"] != EXISTS
    }


def store_refused(refused: dict[str, Any]) -> None:
    """Store refused documents where somebody can look at them; a repeat writes the same files."""
    reason = next(iter(refused.values()))["error"]["reason"]
    print(f"[ERROR] {len(refused)} predictions were refused, the first because: {reason}")
    bucket = os.environ.get("DEAD_LETTER_BUCKET")
    for document_id, content in refused.items():
        body = json.dumps(content).encode()
        if bucket:
            key = f"dead-letter/{document_id}.json"
            boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        else:
            path = Path("production/dead-letter", f"{document_id}.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)


def forward(lines: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Index the predictions among log lines, which are (id, text) pairs; return how many.

    The result counts those that are indexed and those that were refused. Raises an error of
    Elasticsearch's client when some are undelivered.
    """
    documents = find_predictions(lines)
    refused = index_documents(connect(), documents) if documents else {}
    if refused:
        store_refused(refused)
    return {"indexed": len(documents) - len(refused), "refused": len(refused)}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Forward the batch of an event; return how many predictions were indexed and refused."""
    # In an event that failed before, Lambda has put the original one under requestPayload.
    batch = decode(event.get("requestPayload", event))
    if batch["messageType"] != "DATA_MESSAGE":  # CloudWatch Logs tests the subscription
        return {"indexed": 0, "refused": 0}
    return forward((line["id"], line["message"]) for line in batch["logEvents"])
