"""The connection to Elasticsearch, configured by environment variables.

ELASTICSEARCH_URL is the server's address. The forwarder logs in with a key in AWS Secrets Manager,
whose name is ELASTICSEARCH_SECRET. People and set-up scripts log in as the user elastic, with the
password ELASTIC_PASSWORD.
"""

import os

import boto3
from elasticsearch import Elasticsearch

from errors import InputError

# A data stream: Elastic's names are type-dataset-namespace.
STREAM = "logs-cola.predictions-default"
PATTERN = "logs-cola.predictions-*"  # matches the data streams of all namespaces


def connect() -> Elasticsearch:
    """Return a client.

    Raises InputError when there is neither a key's name nor a password, or when the address is not
    a URL with a port.
    """
    url = os.environ.get("ELASTICSEARCH_URL", "http://127.0.0.1:9200")
    name, password = os.environ.get("ELASTICSEARCH_SECRET"), os.environ.get("ELASTIC_PASSWORD")
    try:
        if name:
            secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)
            return Elasticsearch(url, api_key=secret["SecretString"])
        if password:
            return Elasticsearch(url, basic_auth=("elastic", password))
    except ValueError as error:
        raise InputError(f"ELASTICSEARCH_URL is {url!r}: {error}") from None
    raise InputError("Set ELASTIC_PASSWORD, or ELASTICSEARCH_SECRET, to log in to Elasticsearch.")
