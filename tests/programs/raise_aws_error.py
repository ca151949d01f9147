"""Raise an error of AWS: an exception of botocore by its name, or an answer with this code."""

import sys

from botocore import exceptions

from aws.errors import exit_on_aws_error

name = sys.argv[1]
with exit_on_aws_error():
    if hasattr(exceptions, name):
        raise getattr(exceptions, name)
    answer = {"Error": {"Code": name, "Message": "This is what AWS says."}}
    raise exceptions.ClientError(answer, "GetCallerIdentity")
