"""Errors that the user can mend, shown as one line instead of a traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper


class InputError(ValueError):
    """The user's input can't be used; the message says what is wrong and what to do."""


@contextmanager
def exit_on_input_error() -> Iterator[None]:
    """Print an InputError as one line on standard error, and exit with status 1.

    The same happens with an error of the operating system, such as a full disk or a missing
    program. When the reader of the output has gone, as in `python data.py | head -1`, the script
    exits without a message. The output is UTF-8 in every locale. It decorates the scripts' main().
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        yield
        sys.stdout.flush()
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        try:
            sys.stdout.flush()
        except OSError:  # so that Python doesn't try again when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1 if isinstance(error, BrokenPipeError) else f"error: {error}")
