"""Run a command of aws.deploy_lambda in a process that dies when it reaches one of its functions.

The first argument is the function, and the next ones are the command; `shift VERSION` gives a
version all requests.
"""

import os
import sys

import boto3

from aws import deploy_lambda

function, command, *version = sys.argv[1:]
assert hasattr(deploy_lambda, function)
setattr(deploy_lambda, function, lambda *arguments: os._exit(9))
client = boto3.client("lambda")
if command == "shift":
    alias = deploy_lambda.find_alias(client)
    assert alias
    deploy_lambda.shift_traffic(client, alias, version[0], 100)
else:
    deploy_lambda.roll_back(client)
