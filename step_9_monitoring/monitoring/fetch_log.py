"""Fetch the last week's predictions from CloudWatch Logs into production/predictions.jsonl.

    python -m monitoring.fetch_log

drift_report.py reads them there. An earlier file is replaced once the new one is complete.
"""

import argparse
import time
from pathlib import Path

import boto3

from aws.errors import exit_on_aws_error
from aws.lambda_resources import LOGS
from prediction_log import DATASET

LOG = Path("production/predictions.jsonl")
SECONDS_PER_WEEK = 7 * 24 * 3600


@exit_on_aws_error()
def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    pages = (
        boto3.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=LOGS,
            filterPattern=f'"{DATASET}"',
            startTime=round(1000 * (time.time() - SECONDS_PER_WEEK)),  # milliseconds
        )
    )
    count = 0
    unfinished = LOG.with_suffix(".new")
    with unfinished.open("w", encoding="utf-8") as file:
        for page in pages:
            for event in page["events"]:
                file.write(event["message"].rstrip("\n") + "\n")
                count += 1
    unfinished.replace(LOG)
    print(f"{LOG}  {count:,} predictions")


if __name__ == "__main__":
    main()
