"""Run a module as `python -m MODULE ...`, and write the calls to AWS to the file CALLS names.

Each line is an IAM action, such as lambda:GetAlias: boto3 has the same names for these calls.
"""

import os
import runpy
import sys
from pathlib import Path

import boto3

calls = Path(os.environ["CALLS"])


def record(event_name: str, **details: object) -> None:
    _, service, operation = event_name.split(".")
    with calls.open("a") as file:
        file.write(f"{service}:{operation}\n")


boto3.setup_default_session()
assert boto3.DEFAULT_SESSION
boto3.DEFAULT_SESSION.events.register("before-call", record)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
