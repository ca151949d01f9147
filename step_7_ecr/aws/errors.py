"""Errors of AWS are shown as one line instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from errors import InputError, exit_on_input_error

LOG_IN = "Log in again: `aws login` or `aws sso login`, or set AWS's variables anew."
KEY = "AWS doesn't know these credentials: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
CLOCK = "AWS accepts requests for a few minutes: check this machine's clock, then the secret key."
# What to do, by the code of AWS's error, which differs between services, or by botocore's exception
HINTS = {
    "ExpiredToken": LOG_IN,
    "ExpiredTokenException": LOG_IN,
    "RequestExpired": LOG_IN,
    "InvalidAccessKeyId": KEY,
    "InvalidClientTokenId": KEY,
    "UnrecognizedClientException": KEY,
    "InvalidSignatureException": CLOCK,
    "RequestTimeTooSkewed": CLOCK,
    "SignatureDoesNotMatch": CLOCK,
    "NoCredentialsError": LOG_IN,
    "NoRegionError": "For example: `export AWS_DEFAULT_REGION=eu-central-1`.",
}


@contextmanager
def exit_on_aws_error() -> Iterator[None]:
    """Print an error of AWS, or an InputError, as one line on standard error; exit with status 1.

    A ClientError is what AWS answers when it refuses a request. A BotoCoreError is raised on this
    machine, for example for missing credentials, a lost connection, or a wait that took too long.
    For an error in HINTS, the line ends with what to do. It decorates the main() of each script
    that uses boto3.
    """
    with exit_on_input_error():
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            is_answer = isinstance(error, ClientError)
            code = error.response["Error"]["Code"] if is_answer else type(error).__name__
            hint = f". {HINTS[code]}" if code in HINTS else ""
            raise InputError(f"The request to AWS failed: {str(error).rstrip('.')}{hint}") from None
