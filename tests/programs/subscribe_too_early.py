"""Subscribe the forwarder while CloudWatch Logs doesn't know its permission yet.

It prints the seconds that are waited, which pass at once, and at the end that it has subscribed.
"""

import time

import boto3
from botocore.stub import ANY, Stubber

from aws import setup_cloudwatch

SESSION = {"region_name": "eu-central-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:cola-forwarder"
REFUSAL = (
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission."
)

clients = {name: boto3.client(name, **SESSION) for name in ("logs", "lambda")}
boto3.client = clients.__getitem__
time.sleep = print
logs = Stubber(clients["logs"])
for _ in range(2):
    logs.add_client_error("put_subscription_filter", "InvalidParameterException", REFUSAL)
expected = {"logGroupName": "/aws/lambda/cola", "filterName": "cola-forwarder"}
expected |= {"filterPattern": '"cola.predictions"', "destinationArn": ARN}
logs.add_response("put_subscription_filter", {}, expected)
function = Stubber(clients["lambda"])
function.add_response(
    "add_permission",
    {},
    dict.fromkeys(
        ["FunctionName", "StatementId", "Action", "Principal", "SourceArn", "SourceAccount"], ANY
    ),
)
with logs, function:
    setup_cloudwatch.subscribe_forwarder(clients["logs"], ARN)
    logs.assert_no_pending_responses()
print("subscribed")
