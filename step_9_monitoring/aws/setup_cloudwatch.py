"""Watch the function in CloudWatch, and forward its predictions to Elasticsearch.

    python setup_cloudwatch.py IMAGE --elasticsearch URL --bucket BUCKET
    python setup_cloudwatch.py --teardown

IMAGE is the forwarder's in ECR. Its key for Elasticsearch is in the secret that
setup_elasticsearch.py --secret makes. BUCKET, in S3, is for what can't be delivered. Run it after
deploy_lambda.py, as often as you like: what is there is brought up to date.
"""

import argparse
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from errors import InputError, exit_on_input_error
from lambda_resources import LOG_DAYS, LOGS, NAME, create_function, make_log_group, make_role
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
# By what alarms are raised in five minutes, however few: namespace, metric, function
ERRORS = {
    "failures": ("AWS/Lambda", "Errors", NAME),
    "forwarder-failures": ("AWS/Lambda", "Errors", FORWARDER),
    "errors": (NAMESPACE, "LoggedErrors", None),
    "forwarder-errors": (NAMESPACE, "ForwarderLoggedErrors", None),
}
ALARMS = [*ERRORS, "slow-answers", "unsure-answers"]

PLAN = f"""\
This makes, or brings up to date:
  log groups     {LOGS} and {FORWARDER_LOGS}, kept for {LOG_DAYS} days
  metrics        {", ".join(name for name, *_ in METRICS)}
  alarms         {", ".join(ALARMS)};
                 they notify the topic {TOPIC}
  function       {FORWARDER}, with a role of its own, and the subscription that calls it

Its parts cost in a month, in dollars: alarms 0.70, metrics 1.50, the secret 0.40."""


def make_forwarder(image: str, role: str, variables: dict[str, str]) -> str:
    """The forwarder of this image; returns its ARN."""
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
    # A batch that fails three times goes to the bucket, from where it can be sent again.
    lambda_.put_function_event_invoke_config(
        FunctionName=FORWARDER,
        MaximumRetryAttempts=2,
        DestinationConfig={
            "OnFailure": {"Destination": f"arn:aws:s3:::{variables['DEAD_LETTER_BUCKET']}"}
        },
    )
    return lambda_.get_function(FunctionName=FORWARDER)["Configuration"]["FunctionArn"]


def subscribe(logs: Any, forwarder: str) -> None:
    """Let the log call the forwarder, with its predictions and no other lines."""
    region, account = forwarder.split(":")[3:5]
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
    logs.put_subscription_filter(
        logGroupName=LOGS,
        filterName=FORWARDER,
        filterPattern=f'"{DATASET}"',
        destinationArn=forwarder,
    )


def make_metrics(logs: Any) -> None:
    for name, group, pattern, value in METRICS:
        metric = {"metricName": name, "metricNamespace": NAMESPACE, "metricValue": value}
        logs.put_metric_filter(
            logGroupName=group,
            filterName=f"{NAME}-{name}",
            filterPattern=pattern,
            metricTransformations=[metric],
        )


def make_query(identity: str, name: str) -> dict[str, Any]:
    metric = {"Namespace": NAMESPACE, "MetricName": name}
    stat = {"Metric": metric, "Period": 3600, "Stat": "Sum"}
    return {"Id": identity, "MetricStat": stat, "ReturnData": False}


def make_alarms() -> None:
    """Alarms for errors, for p99 above 100 ms, and for over 30% unsure answers in a busy hour."""
    topic = boto3.client("sns").create_topic(Name=TOPIC)["TopicArn"]
    cloudwatch = boto3.client("cloudwatch")
    common = {"AlarmActions": [topic], "TreatMissingData": "notBreaching", "EvaluationPeriods": 1}
    for alarm, (namespace, metric, function) in ERRORS.items():
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
            make_query("all", "Predictions"),
            make_query("unsure", "UnsurePredictions"),
            share | {"ReturnData": True},
        ],
        Threshold=30,
        ComparisonOperator="GreaterThanThreshold",
        **common,
    )


def tear_down() -> None:
    """Remove all that this script has made; the function's own log stays, with its function."""
    logs, lambda_, iam = boto3.client("logs"), boto3.client("lambda"), boto3.client("iam")
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_subscription_filter(logGroupName=LOGS, filterName=FORWARDER)
    for name, group, *_ in METRICS:
        with suppress(logs.exceptions.ResourceNotFoundException):
            logs.delete_metric_filter(logGroupName=group, filterName=f"{NAME}-{name}")
    with suppress(lambda_.exceptions.ResourceNotFoundException):
        lambda_.delete_function(FunctionName=FORWARDER)
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=FORWARDER_LOGS)
    with suppress(iam.exceptions.NoSuchEntityException):
        with suppress(iam.exceptions.NoSuchEntityException):
            iam.delete_role_policy(RoleName=FORWARDER, PolicyName="rights")
        iam.delete_role(RoleName=FORWARDER)
    boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{NAME}-{alarm}" for alarm in ALARMS])
    sns = boto3.client("sns")
    sns.delete_topic(TopicArn=sns.create_topic(Name=TOPIC)["TopicArn"])
    print("removed  subscription, metrics, alarms, topic, and the forwarder with its role and log")


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", nargs="?")
    parser.add_argument("--elasticsearch", metavar="URL")
    parser.add_argument("--bucket")
    parser.add_argument("--secret", default="cola-elasticsearch", help="in AWS Secrets Manager")
    parser.add_argument("--teardown", action="store_true")
    args = parser.parse_args()
    if not args.teardown and not (args.image and args.elasticsearch and args.bucket):
        parser.error("give an image, --elasticsearch and --bucket, or else --teardown")
    try:
        if args.teardown:
            tear_down()
            return
        print(PLAN, end="\n\n")
        logs = boto3.client("logs")
        make_log_group(LOGS)
        make_log_group(FORWARDER_LOGS)
        values = {
            "ACCOUNT": boto3.client("sts").get_caller_identity()["Account"],
            "REGION": logs.meta.region_name,
            "SECRET": args.secret,
            "BUCKET": args.bucket,
        }
        variables = {
            "ELASTICSEARCH_URL": args.elasticsearch,
            "ELASTICSEARCH_SECRET": args.secret,
            "DEAD_LETTER_BUCKET": args.bucket,
        }
        role = make_role(FORWARDER, "forwarder_policy.json", values)
        forwarder = make_forwarder(args.image, role, variables)
        make_metrics(logs)
        make_alarms()
        subscribe(logs, forwarder)
        print(f"{FORWARDER} gets the predictions in {LOGS}.")
    except (BotoCoreError, ClientError, WaiterError) as error:
        raise InputError(f"AWS refused: {error}") from None


if __name__ == "__main__":
    main()
