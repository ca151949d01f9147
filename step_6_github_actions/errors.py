"""Errors that the user can mend, shown as one line instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class InputError(ValueError):
    """The user's input can't be used; the message says what is wrong and what to do."""


@contextmanager
def exit_on_input_error() -> Iterator[None]:
    """Print an InputError as one line on standard error, and exit with status 1.

    It decorates the scripts' main().
    """
    try:
        yield
    except InputError as error:
        sys.exit(f"error: {error}")
