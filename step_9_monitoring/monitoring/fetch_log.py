"""Fetch the last week's predictions from CloudWatch Logs: `python fetch_log.py`.

They go to monitoring/predictions.jsonl, for drift_report.py.
"""

import time
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from errors import InputError, exit_on_input_error
from lambda_resources import LOGS
from prediction_log import DATASET

LOG = Path("monitoring/predictions.jsonl")
WEEK = 7 * 24 * 3600


@exit_on_input_error()
def main() -> None:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    try:
        pages = (
            boto3.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=LOGS,
                filterPattern=f'"{DATASET}"',
                startTime=round(1000 * (time.time() - WEEK)),
            )
        )
        new = LOG.with_suffix(".new")  # an older log stays until all of this one is there
        with new.open("w", encoding="utf-8") as file:
            for page in pages:
                for event in page["events"]:
                    file.write(event["message"].rstrip("\n") + "\n")
                    count += 1
        new.replace(LOG)
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"AWS refused: {error}") from None
    print(f"{LOG}  {count:,} predictions")


if __name__ == "__main__":
    main()
