"""Errors that the user can mend, shown as one line instead of a traceback."""

import os
import sys
from contextlib import ContextDecorator
from io import TextIOWrapper


class InputError(ValueError):
    """The user's input can't be used; the message says what is wrong and what to do."""


class exit_on_input_error(ContextDecorator):
    """Print an InputError as one line on standard error, and exit with status 1.

    The same happens with an error of the operating system, such as a full disk or a missing
    program. When the reader of the output has gone, as in `python data.py | head -1`, the script
    exits without a message. The output is UTF-8 in every locale. It decorates the scripts' main(),
    which can still be pickled, as it couldn't be with contextlib.contextmanager.
    """

    def __enter__(self) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            sys.stdout.flush()
        except OSError as lost:
            # So that Python doesn't try again when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            error = error or lost
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        if isinstance(error, InputError | OSError):
            sys.exit(f"error: {error}")
