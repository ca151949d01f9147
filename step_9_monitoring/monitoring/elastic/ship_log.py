"""Send a log on this machine to Elasticsearch, by the forwarder's code.

    python -m monitoring.elastic.ship_log

The id of a document is the hash of its line, and of how many equal lines come before it: a request
with the same sentence twice has equal lines. So a log that is sent again adds only new lines, as
long as the newest index of the data stream is the same.
"""

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from aws.errors import exit_on_aws_error
from errors import InputError
from monitoring.elastic.errors import exit_on_elasticsearch_error
from monitoring.elastic.forwarder import forward


def number_lines(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each line with an id, which is the same whenever the log is read."""
    seen: Counter[bytes] = Counter()
    for line in lines:
        digest = hashlib.sha256(line.encode())
        key = digest.digest()
        digest.update(str(seen[key] or "").encode())
        seen[key] += 1
        yield digest.hexdigest(), line


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
    counts = Counter(indexed=0, refused=0)
    try:
        file = args.log.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"Can't read {args.log}: {error.strerror}.") from None
    try:
        with file:
            for part in forward(number_lines(file)):
                counts.update(part)
    finally:  # also when a later part fails
        print(
            f"{counts['indexed']:,} predictions are in Elasticsearch, "
            f"{counts['refused']:,} were refused."
        )


if __name__ == "__main__":
    main()
