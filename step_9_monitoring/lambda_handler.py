"""Serve the same app in AWS Lambda: by API Gateway, by a Function URL, or invoked directly.

An Application Load Balancer works, too. A direct event is
`{"sentence": "The boy is sitting on a bench"}`. Whatever the event, the answer has the form of an
HTTP response: statusCode, headers, body.
"""

import binascii
import json
from collections.abc import MutableMapping
from typing import Any

from mangum import Mangum
from pydantic import BaseModel

from app import (
    Sentence,
    SentencePrediction,
    app,
    log,
    predict,
)

ACCEPTED = (
    "This is not a request that the function understands. It answers HTTP requests of API Gateway "
    "(HTTP API or REST API), of a Function URL and of an Application Load Balancer, and direct "
    'events such as {"sentence": "The boy is sitting on a bench"}.'
)


class DirectEvent(BaseModel):
    sentence: Sentence


@app.post("/invoke", include_in_schema=False)
async def predict_event(event: DirectEvent) -> SentencePrediction:
    [prediction] = await predict([event.sentence])
    return prediction


async def app_in_stage(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Call the app, and tell it the name of API Gateway's stage, if it has one, as root path."""
    context = scope["aws.event"]["requestContext"]
    stage = f"/{context.get('stage', '')}/"
    if str(context.get("path")).startswith(stage):
        scope["path"] = context["path"]  # a REST API's event has its path without the stage, too
    scope["root_path"] = stage[:-1] if scope["path"].startswith(stage) else ""
    scope["method"] = str(scope["method"])  # in an event it can be anything
    await app(scope, receive, send)


adapter = Mangum(app_in_stage, lifespan="off")


def make_request(event: Any) -> dict[str, Any]:
    """Return a Function URL's request that sends a direct event to /invoke, which checks it."""
    http = {"method": "POST", "path": "/invoke", "sourceIp": "127.0.0.1"}
    return {
        "version": "2.0",
        "requestContext": {"http": http},
        "headers": {"content-type": "application/json"},
        "body": json.dumps(event),
    }


def refuse_event(reason: str) -> dict[str, Any]:
    """Return a response with status 400 that says the reason."""
    headers = {"content-type": "application/json"}
    return {"statusCode": 400, "headers": headers, "body": json.dumps({"detail": reason})}


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Return the answer to an event; an event of an unknown form gets status 400."""
    is_request = isinstance(event, dict) and "requestContext" in event
    try:
        answer: dict[str, Any] = adapter(event if is_request else make_request(event), context)
    except binascii.Error:
        answer = refuse_event("The event says that its body is base64, and it is not.")
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError):
        # The app's own errors don't come here: Mangum can't read this event.
        answer = refuse_event(ACCEPTED)
    # Which version answered: with a canary, there are two.
    if "headers" in answer:
        answer["headers"]["x-function-version"] = context.function_version
    else:  # for a load balancer that sends and takes several values for each header
        answer["multiValueHeaders"]["x-function-version"] = [context.function_version]
    log.flush()  # between events Lambda stops all threads
    return answer
