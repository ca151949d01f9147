"""Call the forwarder with an event of LINES predictions of 20 KB each and SECONDS of time left.

It prints the result, or the name of the exception and its message; then the memory, in MB, that the
process has taken at most during the call, and the seconds of it.
"""

import base64
import gzip
import io
import json
import resource
import sys
import time
from types import SimpleNamespace

from monitoring.elastic import forwarder

lines, seconds = map(int, sys.argv[1:])


def pack_event() -> dict[str, dict[str, str]]:
    """Return an event of CloudWatch Logs, which is packed without being in memory as a whole."""
    message = {
        "@timestamp": "2026-03-02T00:00:00.000Z",
        "event": {"dataset": "cola.predictions"},
        "message": "x" * 20_000,
    }
    packed = io.BytesIO()
    with gzip.open(packed, "wt") as file:
        file.write('{"messageType": "DATA_MESSAGE", "logEvents": [')
        for number in range(lines):
            line = {"id": str(number), "timestamp": 0, "message": json.dumps(message)}
            file.write((", " if number else "") + json.dumps(line))
        file.write("]}")
    return {"awslogs": {"data": base64.b64encode(packed.getvalue()).decode()}}


def read_peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


event = pack_event()
context = SimpleNamespace(get_remaining_time_in_millis=lambda: 1000 * seconds)
before, start = read_peak(), time.monotonic()
try:
    print(forwarder.handler(event, context))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
print(f"{read_peak() - before} MB, {time.monotonic() - start:.1f} s")
