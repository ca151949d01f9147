"""A second function, the forwarder: takes lines from CloudWatch Logs and indexes the predictions.

CloudWatch Logs calls it with batches, some of them more than once. A line's id there is its
document's id here, so a repeat adds nothing to the data stream's newest index. What Elasticsearch
will never take goes to S3, with the reason. While anything is undelivered the call fails, so that
Lambda repeats it.
"""

import base64
import gzip
import json
import os
import time
from pathlib import Path
from typing import Any

import boto3
from elasticsearch import ApiError, Elasticsearch, TransportError

from elasticsearch_client import STREAM, connect

ATTEMPTS = 5
PAUSE = 0.25  # seconds before the second attempt, and twice as long before each next one


def decode(event: dict[str, Any]) -> dict[str, Any]:
    """The batch in an event of CloudWatch Logs: JSON, compressed, in base64."""
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def find_predictions(batch: dict[str, Any]) -> dict[str, Any]:
    """The documents of a batch by their ids, without lines that are no predictions."""
    documents = {}
    for line in batch["logEvents"]:
        try:
            document = json.loads(line["message"])
        except ValueError:
            continue
        if isinstance(document, dict) and "cola" in document:
            documents[line["id"]] = document
    return documents


def is_temporary(status: int) -> bool:
    return status == 429 or status >= 500


def index(client: Elasticsearch, documents: dict[str, Any]) -> dict[str, Any]:
    """Index documents by their ids; returns those refused for good, each with the reason.

    Raises RuntimeError when some are still undelivered after the last attempt.
    """
    once = client.options(max_retries=0)  # the client's own repeats don't pause
    waiting, refused, problem = dict(documents), {}, ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1))
        operations = [
            line
            for identity, document in waiting.items()
            for line in ({"create": {"_id": identity}}, document)
        ]
        try:
            items = once.bulk(index=STREAM, operations=operations)["items"]
        except ApiError as error:
            if not is_temporary(error.status_code):
                raise  # a wrong key, no such stream: nothing about the documents
            problem = str(error)
            continue
        except TransportError as error:
            problem = str(error)
            continue
        for item in items:
            result = item["create"]
            if is_temporary(result["status"]):
                problem = result["error"]["reason"]
                continue
            document = waiting.pop(result["_id"])
            if result["status"] >= 400 and result["status"] != 409:  # 409: it is there already
                refused[result["_id"]] = {"error": result["error"], "document": document}
        if not waiting:
            return refused
    raise RuntimeError(f"{len(waiting)} predictions are undelivered: {problem}")


def keep(refused: dict[str, Any]) -> None:
    """Put what was refused where somebody can look at it; a repeat writes the same files."""
    first = next(iter(refused.values()))["error"]["reason"]
    print(f"[ERROR] {len(refused)} predictions were refused, the first since: {first}")
    bucket = os.environ.get("DEAD_LETTER_BUCKET")
    for identity, content in refused.items():
        body = json.dumps(content).encode()
        if bucket:
            key = f"dead-letter/{identity}.json"
            boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        else:
            path = Path("monitoring/dead-letter", f"{identity}.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    batch = decode(event.get("requestPayload", event))  # or as Lambda keeps what has failed
    if batch["messageType"] != "DATA_MESSAGE":  # CloudWatch Logs asks whether somebody is there
        return {"indexed": 0, "refused": 0}
    documents = find_predictions(batch)
    refused = index(connect(), documents) if documents else {}
    if refused:
        keep(refused)
    return {"indexed": len(documents) - len(refused), "refused": len(refused)}
