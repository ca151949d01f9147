"""Make the roles of both functions, as the scripts that deploy them do."""

from aws.lambda_resources import ROLE, ensure_role

values = {
    "ACCOUNT": "000000000000",
    "REGION": "eu-central-1",
    "BUCKET": "models",
    "SECRET": "cola-forwarder",
}
ensure_role(ROLE, "lambda_policy.json", values)
ensure_role("cola-forwarder", "forwarder_policy.json", values)
