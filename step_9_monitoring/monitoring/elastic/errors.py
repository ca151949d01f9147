"""Errors of Elasticsearch are shown as one line instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import ApiError, TransportError
from elasticsearch.helpers import BulkIndexError


@contextmanager
def exit_on_elasticsearch_error() -> Iterator[None]:
    """Print an error of Elasticsearch's client as one line on standard error; exit with status 1.

    It decorates the scripts' main().
    """
    try:
        yield
    except (ApiError, BulkIndexError) as error:
        sys.exit(f"error: Elasticsearch refused: {error}")
    except TransportError as error:
        sys.exit(f"error: Can't reach Elasticsearch: {error}")
