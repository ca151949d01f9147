"""Call the Lambda handler with each event of a JSON list on stdin; print an answer on each line."""

import json
import sys
from types import SimpleNamespace

from lambda_handler import handler

for event in json.load(sys.stdin):
    context = SimpleNamespace(function_version="3", aws_request_id="the-id")
    print(json.dumps({"answer": handler(event, context)}))
