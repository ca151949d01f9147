"""Set up Elasticsearch for the predictions.

    python -m monitoring.elastic.setup_elasticsearch apply
    python -m monitoring.elastic.setup_elasticsearch create-key NAME

`apply` makes the index template of the data stream, with mappings and retention, or replaces it.
If KIBANA_PASSWORD is set, it becomes the password of Kibana's own user. `create-key` makes a new
key for the forwarder, which may create the data stream and add predictions to it, and nothing else.
The key goes into AWS Secrets Manager, under this name, and is not shown.
"""

import argparse
import os
from typing import Any

import boto3
from elasticsearch import Elasticsearch

from aws.errors import exit_on_aws_error
from monitoring.elastic.client import PATTERN, STREAM, connect
from monitoring.elastic.errors import exit_on_elasticsearch_error

TEMPLATE = "cola-predictions"
RETENTION = "30d"
KEYWORD = {"type": "keyword"}
# A field that is not named here is kept in the document, but not indexed.
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


def apply(client: Elasticsearch) -> None:
    """Put the index template, and set the password of Kibana's own user if there is one."""
    client.indices.put_index_template(
        name=TEMPLATE,
        index_patterns=[PATTERN],
        data_stream={},
        priority=200,  # higher than the 100 of Elastic's own template for logs
        template={"mappings": MAPPINGS, "lifecycle": {"data_retention": RETENTION}},
    )
    print(f"template     {TEMPLATE}, for the data stream {STREAM}, kept for {RETENTION}")
    if "KIBANA_PASSWORD" in os.environ:
        password = os.environ["KIBANA_PASSWORD"]
        client.security.change_password(username="kibana_system", password=password)
        print("password     of kibana_system")


def create_key(client: Elasticsearch, name: str) -> None:
    """Make a key for the forwarder, and store it in AWS Secrets Manager under a name."""
    rights = {"indices": [{"names": [STREAM], "privileges": ["create_doc", "auto_configure"]}]}
    key = client.security.create_api_key(
        name="cola-forwarder", role_descriptors={"forwarder": rights}
    )
    secrets = boto3.client("secretsmanager")
    try:
        secrets.create_secret(Name=name, SecretString=key["encoded"])
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=key["encoded"])
    print(f"key          for the forwarder, in the secret {name}")


@exit_on_aws_error()
@exit_on_elasticsearch_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("apply", help="make the index template, and set Kibana's password")
    key_parser = commands.add_parser("create-key", help="make a key for the forwarder")
    key_parser.add_argument("name", metavar="NAME", help="of the secret in AWS Secrets Manager")
    args = parser.parse_args()
    if args.command == "apply":
        apply(connect())
    else:
        create_key(connect(), args.name)


if __name__ == "__main__":
    main()
