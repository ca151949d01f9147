"""Errors of AWS are shown as one line instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from errors import InputError, exit_on_input_error


@contextmanager
def exit_on_aws_error() -> Iterator[None]:
    """Print an error of AWS, or an InputError, as one line on standard error; exit with status 1.

    A ClientError is what AWS answers when it refuses a request. A BotoCoreError is raised on this
    machine, for example for missing credentials, a lost connection, or a wait that took too long.
    It decorates the main() of each script that uses boto3.
    """
    with exit_on_input_error():
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise InputError(f"The request to AWS failed: {error}") from None
