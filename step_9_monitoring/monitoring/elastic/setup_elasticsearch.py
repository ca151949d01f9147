"""Set up Elasticsearch for the predictions.

    python -m monitoring.elastic.setup_elasticsearch apply
    python -m monitoring.elastic.setup_elasticsearch create-key NAME
    python -m monitoring.elastic.setup_elasticsearch remove-keys NAME
    python -m monitoring.elastic.setup_elasticsearch remove

`apply` makes the index template of the data stream, with mappings and retention, or replaces it.
With --set-kibana-password, KIBANA_PASSWORD becomes the password of Kibana's own user.
`create-key` makes a new key for the forwarder, which may create the data stream and add predictions
to it, and nothing else. The key goes into AWS Secrets Manager, under this name, and is not shown.
`remove-keys` makes all these keys invalid, and deletes the secret.
`remove` deletes what `apply` has made, and with it all predictions that are in Elasticsearch.
"""

import argparse
import os
from typing import Any

import boto3
from elasticsearch import Elasticsearch

from aws.errors import exit_on_aws_error
from errors import InputError
from monitoring.elastic.client import PATTERN, STREAM, connect
from monitoring.elastic.errors import exit_on_elasticsearch_error

TEMPLATE = "cola-predictions"
KEY = "cola-forwarder"  # the name of the forwarder's keys in Elasticsearch
RETENTION = "30d"
KEYWORD = {"type": "keyword"}
# For the name logs-*-* Elasticsearch would choose the mode logsdb, which drops a value that doesn't
# fit its field and says nothing. A refused document would go to the failure store, if that was on.
SETTINGS = {"index": {"mode": "standard", "mapping": {"ignore_malformed": False}}}
OPTIONS = {"failure_store": {"enabled": False}}
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
    """Put the index template."""
    client.indices.put_index_template(
        name=TEMPLATE,
        index_patterns=[PATTERN],
        data_stream={},
        priority=200,  # higher than the 100 of Elastic's own template for logs
        template={
            "settings": SETTINGS,
            "mappings": MAPPINGS,
            "lifecycle": {"data_retention": RETENTION},
            "data_stream_options": OPTIONS,
        },
    )
    print(f"template     {TEMPLATE}, for the data stream {STREAM}, kept for {RETENTION}")


def remove(client: Elasticsearch) -> None:
    """Delete the data stream, with all predictions in it, and the index template."""
    client = client.options(ignore_status=404)  # what is gone already is no error
    client.indices.delete_data_stream(name=STREAM)  # first, because it uses the template
    client.indices.delete_index_template(name=TEMPLATE)
    print(f"removed      the template {TEMPLATE}, and {STREAM} with all its predictions")


def set_kibana_password(client: Elasticsearch) -> None:
    """Set the password of Kibana's own user, kibana_system.

    Raises InputError when there is no KIBANA_PASSWORD.
    """
    password = os.environ.get("KIBANA_PASSWORD")
    if not password:
        raise InputError("Set KIBANA_PASSWORD, which --set-kibana-password needs.")
    client.security.change_password(username="kibana_system", password=password)
    print("password     of kibana_system")


def create_key(client: Elasticsearch, name: str) -> None:
    """Make a key for the forwarder, and store it in AWS Secrets Manager under a name.

    Raises InputError when the client logs in with a key: Elasticsearch lets no key make another one
    that has rights.
    """
    if "ELASTIC_API_KEY" in os.environ:
        raise InputError("A key can't make a key: unset ELASTIC_API_KEY, set ELASTIC_PASSWORD.")
    rights = {"indices": [{"names": [STREAM], "privileges": ["create_doc", "auto_configure"]}]}
    key = client.security.create_api_key(name=KEY, role_descriptors={"forwarder": rights})
    secrets = boto3.client("secretsmanager")
    try:
        secrets.create_secret(Name=name, SecretString=key["encoded"])
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=key["encoded"])
    print(f"key          for the forwarder, in the secret {name}")


def remove_keys(client: Elasticsearch, name: str) -> None:
    """Make the forwarder's keys invalid, and delete the secret in AWS Secrets Manager."""
    keys = client.security.invalidate_api_key(name=KEY)["invalidated_api_keys"]
    boto3.client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    print(f"removed      {len(keys)} keys of the forwarder, and the secret {name}")


@exit_on_aws_error()
@exit_on_elasticsearch_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    apply_parser = commands.add_parser("apply", help="make the index template")
    apply_parser.add_argument(
        "--set-kibana-password",
        action="store_true",
        help="set the password of kibana_system too, to KIBANA_PASSWORD",
    )
    for command, text in (
        ("create-key", "make a key for the forwarder"),
        ("remove-keys", "make the forwarder's keys invalid, and delete the secret"),
    ):
        key_parser = commands.add_parser(command, help=text)
        key_parser.add_argument("name", metavar="NAME", help="of the secret in AWS Secrets Manager")
    commands.add_parser("remove", help="delete the index template and all predictions")
    args = parser.parse_args()
    client = connect()
    if args.command == "create-key":
        create_key(client, args.name)
    elif args.command == "remove-keys":
        remove_keys(client, args.name)
    elif args.command == "remove":
        remove(client)
    else:
        apply(client)
        if args.set_kibana_password:
            set_kibana_password(client)


if __name__ == "__main__":
    main()
