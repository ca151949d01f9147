"""The connection to Elasticsearch, configured by environment variables.

ELASTICSEARCH_URL is the server's address. The forwarder logs in with a key in AWS Secrets Manager,
whose name is ELASTICSEARCH_SECRET. People and set-up scripts log in with an API key,
ELASTIC_API_KEY, or as the user elastic, with the password ELASTIC_PASSWORD.
"""

import os
import re
from base64 import b64encode

import boto3
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from errors import InputError

# A data stream: Elastic's names are type-dataset-namespace.
DATASET = "cola.predictions"
STREAM = f"logs-{DATASET}-default"
PATTERN = f"logs-{DATASET}-*"  # matches the data streams of all namespaces
AMAZON_OPENSEARCH = re.compile(r"\.(es|aoss)\.amazonaws\.com|\.aos\.[\w-]+\.on\.aws")


def make_authorization() -> str:
    """Return the header Authorization with which people log in to Elasticsearch and Kibana.

    Raises InputError when there is neither a key nor a password.
    """
    key, password = os.environ.get("ELASTIC_API_KEY"), os.environ.get("ELASTIC_PASSWORD")
    if key:
        return f"ApiKey {key}"
    if password:
        return "Basic " + b64encode(f"elastic:{password}".encode()).decode()
    raise InputError("Set ELASTIC_API_KEY or ELASTIC_PASSWORD to log in to Elasticsearch.")


def check_server(client: Elasticsearch, url: str) -> None:
    """Raise InputError if the server is not Elasticsearch 9 with indices of your own.

    This asks for the version only. With another product, the client raises its own error after the
    server has carried out the first request.
    """
    needs = "This step needs Elasticsearch 9, self-managed or in Elastic Cloud Hosted."
    if AMAZON_OPENSEARCH.search(url):
        raise InputError(f"{url} is Amazon OpenSearch Service, another product. {needs}")
    try:
        version = client.info()["version"]
    except UnsupportedProductError:
        raise InputError(f"{url} is another product, such as OpenSearch. {needs}") from None
    except ApiError as error:
        # Older versions don't know the media type that the client of version 9 asks for.
        if error.status_code in (400, 406):
            raise InputError(f"{url} is Elasticsearch 8 or older. {needs}") from None
        raise
    if version.get("build_flavor") == "serverless":
        raise InputError(f"{url} is Elastic Cloud Serverless. {needs}")
    if not version["number"].startswith("9."):
        raise InputError(f"{url} is Elasticsearch {version['number']}. {needs}")


def connect() -> Elasticsearch:
    """Return a client.

    Raises InputError when there is nothing to log in with, when the address is not a URL with a
    port, or when the server is not Elasticsearch 9.
    """
    url = os.environ.get("ELASTICSEARCH_URL", "http://127.0.0.1:9200")
    name = os.environ.get("ELASTICSEARCH_SECRET")
    if name:
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)
        authorization = f"ApiKey {secret['SecretString']}"
    else:
        authorization = make_authorization()
    try:
        client = Elasticsearch(url, headers={"Authorization": authorization})
    except ValueError as error:
        raise InputError(f"ELASTICSEARCH_URL is {url!r}: {error}") from None
    if not name:  # the forwarder's key may not ask for the version
        check_server(client, url)
    return client
