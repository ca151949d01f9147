"""Prepare Elasticsearch for the predictions: `python setup_elasticsearch.py`, as often as you like.

Makes the index template of a data stream, with mappings and retention. With KIBANA_PASSWORD set,
gives it to Kibana's own user. With --secret NAME, makes a key for the forwarder, which may create
the data stream and add predictions to it, and nothing else, and puts the key into AWS Secrets
Manager without showing it.
"""

import argparse
import os
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from elasticsearch import ApiError, TransportError

from elasticsearch_client import STREAM, connect
from errors import InputError, exit_on_input_error

TEMPLATE = "cola-predictions"
RETENTION = "30d"
KEYWORD = {"type": "keyword"}
# What is not named here is kept in the document, but not indexed.
MAPPINGS: dict[str, Any] = {
    "dynamic": False,
    "properties": {
        "@timestamp": {"type": "date"},
        "message": {"type": "match_only_text"},
        "event": {"properties": {"dataset": KEYWORD, "duration": {"type": "long"}}},
        "http": {"properties": {"request": {"properties": {"id": KEYWORD}}}},
        "service": {"properties": {"name": KEYWORD}},
        "cola": {
            "properties": {
                "label": KEYWORD,
                "model": KEYWORD,
                "score": {"type": "float"},
                "scores": {
                    "properties": {
                        "acceptable": {"type": "float"},
                        "unacceptable": {"type": "float"},
                    }
                },
                "sentence": {"type": "text"},
                "sentence_sha256": KEYWORD,
                "characters": {"type": "integer"},
                "words": {"type": "integer"},
                "unknown_words": {"type": "integer"},
                "dropped": {"type": "integer"},
            }
        },
    },
}


def store_key(key: str, name: str) -> None:
    secrets = boto3.client("secretsmanager")
    try:
        secrets.create_secret(Name=name, SecretString=key)
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=key)


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--secret", metavar="NAME", help="in AWS Secrets Manager")
    args = parser.parse_args()
    try:
        client = connect()
        client.indices.put_index_template(
            name=TEMPLATE,
            index_patterns=["logs-cola.predictions-*"],
            data_stream={},
            priority=200,  # Elastic's own template for logs has 100
            template={"mappings": MAPPINGS, "lifecycle": {"data_retention": RETENTION}},
        )
        print(f"template     {TEMPLATE}, for the data stream {STREAM}, kept for {RETENTION}")
        if "KIBANA_PASSWORD" in os.environ:
            password = os.environ["KIBANA_PASSWORD"]
            client.security.change_password(username="kibana_system", password=password)
            print("password     of kibana_system")
        if args.secret:
            rights = {
                "indices": [{"names": [STREAM], "privileges": ["create_doc", "auto_configure"]}]
            }
            key = client.security.create_api_key(
                name="cola-forwarder", role_descriptors={"forwarder": rights}
            )
            store_key(key["encoded"], args.secret)
            print(f"key          for the forwarder, in the secret {args.secret}")
    except (ApiError, TransportError) as error:
        raise InputError(f"Elasticsearch refused: {error}") from None
    except (BotoCoreError, ClientError) as error:
        raise InputError(f"AWS refused: {error}") from None


if __name__ == "__main__":
    main()
