"""Watch the function in CloudWatch, and forward its predictions to Elasticsearch.

    python -m aws.setup_cloudwatch apply IMAGE --elasticsearch URL --bucket BUCKET
    python -m aws.setup_cloudwatch teardown

Run it after aws.deploy_lambda, as often as you like: `apply` brings up to date what is there.
"""

import argparse
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import boto3

from aws.errors import exit_on_aws_error
from aws.lambda_resources import (
    LOG_DAYS,
    LOGS,
    NAME,
    create_function,
    delete_role,
    ensure_log_group,
    ensure_role,
    find_function,
    find_role,
)
from errors import InputError
from prediction_log import DATASET

FORWARDER = "cola-forwarder"  # the function, its role, its log, and the subscription
FORWARDER_LOGS = f"/aws/lambda/{FORWARDER}"
TOPIC = "cola-alarms"
NAMESPACE = "Cola"  # of the metrics that are made of log lines
PREDICTION = f'{{ $.event.dataset = "{DATASET}" }}'
UNSURE = f'{{ ($.event.dataset = "{DATASET}") && ($.cola.score < 0.6) }}'
METRICS = [
    # name, which lines of which log, and what of them is counted
    ("Predictions", LOGS, PREDICTION, "1"),
    ("UnsurePredictions", LOGS, UNSURE, "1"),
    ("Latency", LOGS, PREDICTION, "$.event.duration"),
    # Errors that were answered or dealt with, so that Lambda doesn't count them
    ("LoggedErrors", LOGS, '"[ERROR]"', "1"),
    ("ForwarderLoggedErrors", FORWARDER_LOGS, '"[ERROR]"', "1"),
]
# Metrics of which any value above 0 in five minutes is an alarm: namespace, metric, function
ERROR_ALARMS = {
    "failures": ("AWS/Lambda", "Errors", NAME),
    "forwarder-failures": ("AWS/Lambda", "Errors", FORWARDER),
    "errors": (NAMESPACE, "LoggedErrors", None),
    "forwarder-errors": (NAMESPACE, "ForwarderLoggedErrors", None),
}
ALARMS = [*ERROR_ALARMS, "slow-answers", "unsure-answers"]

PLAN = f"""\
This makes, or brings up to date:
  log groups     {LOGS} and {FORWARDER_LOGS}, kept for {LOG_DAYS} days
  metrics        {", ".join(name for name, *_ in METRICS)}
  alarms         {", ".join(ALARMS)};
                 they notify the topic {TOPIC}
  function       {FORWARDER}, with a role of its own, and the subscription that calls it

Its parts cost in a month, in dollars: alarms 0.70, metrics 1.50, the secret 0.40."""


def ensure_forwarder(image: str, role: str, variables: dict[str, str]) -> str:
    """Create the forwarder with an image, or bring it up to date; return its ARN.

    `role` is the ARN of its role, and `variables` is its environment.
    """
    lambda_ = boto3.client("lambda")
    settings: dict[str, Any] = {"Role": role, "MemorySize": 256, "Timeout": 120}
    settings["Environment"] = {"Variables": variables}
    try:
        create_function(FORWARDER, image, **settings)
    except lambda_.exceptions.ResourceConflictException:
        lambda_.update_function_configuration(FunctionName=FORWARDER, **settings)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=FORWARDER)
        lambda_.update_function_code(FunctionName=FORWARDER, ImageUri=image)
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=FORWARDER)
    # Lambda puts a batch that has failed three times into the bucket; it can be sent again.
    lambda_.put_function_event_invoke_config(
        FunctionName=FORWARDER,
        MaximumRetryAttempts=2,
        DestinationConfig={
            "OnFailure": {"Destination": f"arn:aws:s3:::{variables['DEAD_LETTER_BUCKET']}"}
        },
    )
    return lambda_.get_function(FunctionName=FORWARDER)["Configuration"]["FunctionArn"]


def subscribe_forwarder(logs: Any, forwarder_arn: str) -> None:
    """Let CloudWatch Logs call the forwarder with the predictions in the function's log."""
    region, account = forwarder_arn.split(":")[3:5]
    lambda_ = boto3.client("lambda")
    with suppress(lambda_.exceptions.ResourceConflictException):
        lambda_.add_permission(
            FunctionName=FORWARDER,
            StatementId="the-log",
            Action="lambda:InvokeFunction",
            Principal="logs.amazonaws.com",
            SourceArn=f"arn:aws:logs:{region}:{account}:log-group:{LOGS}:*",
            SourceAccount=account,
        )
    for seconds in (2, 4, 8, 16, 32, 0):  # a new permission takes a while to be known everywhere
        try:
            logs.put_subscription_filter(
                logGroupName=LOGS,
                filterName=FORWARDER,
                filterPattern=f'"{DATASET}"',
                destinationArn=forwarder_arn,
            )
            break
        except logs.exceptions.InvalidParameterException as error:
            if not seconds or "Could not execute the lambda function" not in str(error):
                raise
            time.sleep(seconds)


def put_metric_filters(logs: Any) -> None:
    """Let CloudWatch Logs count the lines of METRICS, or bring the filters up to date."""
    for name, group, pattern, value in METRICS:
        metric = {"metricName": name, "metricNamespace": NAMESPACE, "metricValue": value}
        logs.put_metric_filter(
            logGroupName=group,
            filterName=f"{NAME}-{name}",
            filterPattern=pattern,
            metricTransformations=[metric],
        )


def make_metric_query(query_id: str, name: str) -> dict[str, Any]:
    """Return a query for the hourly sum of a metric, for an alarm that computes with it."""
    metric = {"Namespace": NAMESPACE, "MetricName": name}
    stat = {"Metric": metric, "Period": 3600, "Stat": "Sum"}
    return {"Id": query_id, "MetricStat": stat, "ReturnData": False}


def put_alarms() -> None:
    """Create the alarms and the topic that they notify, or bring them up to date.

    They are raised by errors, by a 99th percentile of the latency above 100 ms, and by more than
    30% unsure answers in an hour with more than 50 predictions.
    """
    topic = boto3.client("sns").create_topic(Name=TOPIC)["TopicArn"]
    cloudwatch = boto3.client("cloudwatch")
    common = {"AlarmActions": [topic], "TreatMissingData": "notBreaching", "EvaluationPeriods": 1}
    for alarm, (namespace, metric, function) in ERROR_ALARMS.items():
        cloudwatch.put_metric_alarm(
            AlarmName=f"{NAME}-{alarm}",
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": function}] if function else [],
            Statistic="Sum",
            Period=300,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            **common,
        )
    cloudwatch.put_metric_alarm(
        AlarmName=f"{NAME}-slow-answers",
        Namespace=NAMESPACE,
        MetricName="Latency",
        ExtendedStatistic="p99",
        Period=300,
        Threshold=100e6,  # nanoseconds
        ComparisonOperator="GreaterThanThreshold",
        **common,
    )
    share = {
        "Id": "share",
        "Expression": "IF(all > 50, 100 * unsure / all, 0)",
        "Label": "percent unsure",
    }
    cloudwatch.put_metric_alarm(
        AlarmName=f"{NAME}-unsure-answers",
        Metrics=[
            make_metric_query("all", "Predictions"),
            make_metric_query("unsure", "UnsurePredictions"),
            share | {"ReturnData": True},
        ],
        Threshold=30,
        ComparisonOperator="GreaterThanThreshold",
        **common,
    )


def check_address(text: str) -> None:
    """Raise InputError if this is not the address of an HTTPS server, with a port and no login."""
    try:
        url = urlsplit(text)
        is_address = url.scheme == "https" and url.hostname and url.port and "@" not in url.netloc
    except ValueError:  # of the port
        is_address = False
    if not is_address:
        raise InputError(f"{text!r} is not an address such as https://elastic.example.com:9200.")


def apply_setup(image: str, elasticsearch: str, bucket: str, secret: str) -> None:
    """Create all that PLAN names, or bring it up to date.

    Raises InputError if the forwarder or its role was made by others; then nothing is created.
    """
    check_address(elasticsearch)
    find_function(FORWARDER)
    find_role(FORWARDER)
    print(PLAN, end="\n\n")
    logs = boto3.client("logs")
    ensure_log_group(LOGS)
    ensure_log_group(FORWARDER_LOGS)
    values = {
        "ACCOUNT": boto3.client("sts").get_caller_identity()["Account"],
        "REGION": logs.meta.region_name,
        "SECRET": secret,
        "BUCKET": bucket,
    }
    variables = {
        "ELASTICSEARCH_URL": elasticsearch,
        "ELASTICSEARCH_SECRET": secret,
        "DEAD_LETTER_BUCKET": bucket,
    }
    role = ensure_role(FORWARDER, "forwarder_policy.json", values)
    forwarder_arn = ensure_forwarder(image, role, variables)
    put_metric_filters(logs)
    put_alarms()
    subscribe_forwarder(logs, forwarder_arn)
    print(f"{FORWARDER} gets the predictions in {LOGS}.")


def tear_down() -> None:
    """Remove all that `apply` has created, except for the log group of the deployed function.

    Raises InputError if the forwarder or its role was made by others; then nothing is removed.
    """
    find_function(FORWARDER)
    find_role(FORWARDER)
    logs, lambda_ = boto3.client("logs"), boto3.client("lambda")
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_subscription_filter(logGroupName=LOGS, filterName=FORWARDER)
    for name, group, *_ in METRICS:
        with suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_metric_filter(logGroupName=group, filterName=f"{NAME}-{name}")
    with suppress(lambda_.exceptions.ResourceNotFoundException):
        lambda_.delete_function(FunctionName=FORWARDER)
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=FORWARDER_LOGS)
    delete_role(FORWARDER)
    boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{NAME}-{alarm}" for alarm in ALARMS])
    sns = boto3.client("sns")
    sns.delete_topic(TopicArn=sns.create_topic(Name=TOPIC)["TopicArn"])
    print("removed  subscription, metrics, alarms, topic, and the forwarder with its role and log")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m aws.setup_cloudwatch",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    apply = commands.add_parser("apply", help="create metrics, alarms and the forwarder")
    apply.add_argument("image", help="the forwarder's image in ECR, as aws.push_to_ecr prints it")
    apply.add_argument(
        "--elasticsearch", metavar="URL", required=True, help="an address that Lambda can reach"
    )
    apply.add_argument(
        "--bucket", required=True, help="a bucket in S3 for predictions that can't be delivered"
    )
    apply.add_argument(
        "--secret",
        default="cola-elasticsearch",
        help="the secret in AWS Secrets Manager that has the key for Elasticsearch (default: "
        "%(default)s)",
    )
    commands.add_parser("teardown", help="remove all that `apply` has created")
    return parser.parse_args()


@exit_on_aws_error()
def main() -> None:
    args = read_arguments()
    if args.command == "teardown":
        tear_down()
    else:
        apply_setup(args.image, args.elasticsearch, args.bucket, args.secret)


if __name__ == "__main__":
    main()
