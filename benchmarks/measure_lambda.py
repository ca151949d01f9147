"""Measure the Lambda handler of the current folder under AWS's emulator; prints figures as JSON.

    python measure_lambda.py

The function starts with the first event, so the first response takes as long as a cold start.
"""

import json
import sys
import time
from statistics import median
from urllib.request import urlopen

from paths import STEP_8

sys.path.insert(0, str(STEP_8))
from aws.local.invoke import emulator

EVENT = b'{"sentence": "The boy is sitting on a bench"}'


def invoke(url: str) -> float:
    """Send the event to the function; returns the seconds until its response."""
    start = time.perf_counter()
    with urlopen(url, data=EVENT) as response:
        assert b"acceptable" in response.read()
    return time.perf_counter() - start


if __name__ == "__main__":
    with emulator() as url:
        cold = invoke(url)
        warm = 1000 * median(invoke(url) for _ in range(300))
    print(json.dumps({"cold": cold, "warm": warm}))
