"""The connection to Elasticsearch, as the environment says.

ELASTICSEARCH_URL is its address. The forwarder's key is in AWS Secrets Manager, under the name that
ELASTICSEARCH_SECRET gives; people and set-up scripts are the user elastic, with ELASTIC_PASSWORD.
"""

import os

import boto3
from elasticsearch import Elasticsearch

from errors import InputError

# A data stream: Elastic's names are type-dataset-namespace.
STREAM = "logs-cola.predictions-default"


def connect() -> Elasticsearch:
    """Raises InputError when the environment has neither a key's name nor a password."""
    url = os.environ.get("ELASTICSEARCH_URL", "http://127.0.0.1:9200")
    name, password = os.environ.get("ELASTICSEARCH_SECRET"), os.environ.get("ELASTIC_PASSWORD")
    if name:
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)
        return Elasticsearch(url, api_key=secret["SecretString"])
    if password:
        return Elasticsearch(url, basic_auth=("elastic", password))
    raise InputError("Set ELASTIC_PASSWORD, or ELASTICSEARCH_SECRET, to log in to Elasticsearch.")
