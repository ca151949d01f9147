"""Let aws.deploy_lambda check version 2 by several series of answers; print what it finds.

Standard input has a JSON list of series; each answer is the version that gave it, and its fault.
"""

import json
import sys

from aws import deploy_lambda

deploy_lambda.time.sleep = lambda seconds: None

for series in json.load(sys.stdin):
    answers = iter(series)
    deploy_lambda.probe = lambda url, answers=answers: next(answers)
    print(json.dumps(deploy_lambda.check_version("", "2")))
