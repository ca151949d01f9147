"""Send a log on this machine to Elasticsearch, by the forwarder: `python ship_log.py [LOG]`.

The lines go to the forwarder's handler in batches, as CloudWatch Logs sends them. Sending a log
again adds only what is new since, as long as the data stream's newest index is the same.
"""

import argparse
import base64
import gzip
import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

from elasticsearch import ApiError, TransportError

from cloudwatch_to_elasticsearch import handler
from errors import InputError, exit_on_input_error

BATCH = 1_000  # lines


def make_event(lines: list[str]) -> dict[str, Any]:
    """What CloudWatch Logs would send for these lines; the same line gets the same id again."""
    events = [{"id": hashlib.sha256(x.encode()).hexdigest(), "message": x} for x in lines]
    batch = {"messageType": "DATA_MESSAGE", "logEvents": events}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(batch).encode()))}}


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(description="Send a prediction log to Elasticsearch.")
    parser.add_argument("log", nargs="?", type=Path, default=Path("monitoring/predictions.jsonl"))
    args = parser.parse_args()
    indexed = refused = 0
    try:
        file = args.log.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"Can't read {args.log}: {error.strerror}.") from None
    try:
        with file:
            while lines := list(islice(file, BATCH)):
                counts = handler(make_event(lines), None)
                indexed += counts["indexed"]
                refused += counts["refused"]
    except (ApiError, TransportError, RuntimeError) as error:
        raise InputError(f"{indexed:,} predictions are in Elasticsearch, then: {error}") from None
    print(f"{indexed:,} predictions are in Elasticsearch, {refused:,} were refused.")


if __name__ == "__main__":
    main()
