"""The policies in aws/iam: JSON files in which values such as ${ACCOUNT} are filled in."""

import json
from pathlib import Path
from string import Template

IAM = Path(__file__).parent / "iam"


def read_policy(name: str, values: dict[str, str]) -> str:
    """Return the policy in a file of aws/iam as JSON, with the values filled in.

    Raises KeyError when the policy needs a value that is not given.
    """
    text = (IAM / name).read_text(encoding="utf-8")
    return json.dumps(json.loads(Template(text).substitute(values)))
