"""Send a log on this machine to Elasticsearch, by the forwarder's code.

    python -m monitoring.elastic.ship_log

The id of a document is the hash of its line. So a log that is sent again adds only new lines, as
long as the newest index of the data stream is the same.
"""

import argparse
import hashlib
from itertools import islice
from pathlib import Path

from aws.errors import exit_on_aws_error
from errors import InputError
from monitoring.elastic.errors import exit_on_elasticsearch_error
from monitoring.elastic.forwarder import forward

BATCH_SIZE = 1_000  # lines


@exit_on_aws_error()
@exit_on_elasticsearch_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "log",
        nargs="?",
        type=Path,
        default=Path("production/predictions.jsonl"),
        help="the prediction log (default: %(default)s)",
    )
    args = parser.parse_args()
    indexed = refused = 0
    try:
        file = args.log.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"Can't read {args.log}: {error.strerror}.") from None
    try:
        with file:
            while lines := list(islice(file, BATCH_SIZE)):
                counts = forward((hashlib.sha256(x.encode()).hexdigest(), x) for x in lines)
                indexed += counts["indexed"]
                refused += counts["refused"]
    finally:  # also when a later batch fails
        print(f"{indexed:,} predictions are in Elasticsearch, {refused:,} were refused.")


if __name__ == "__main__":
    main()
