"""Serve the same app in AWS Lambda: by API Gateway, by a Function URL, or invoked directly.

A direct event is `{"sentence": "The boy is sitting on a bench"}`. Whatever the event, the answer
has the form of an HTTP response: statusCode, headers, body.
"""

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


class DirectEvent(BaseModel):
    sentence: Sentence


@app.post("/invoke", include_in_schema=False)
async def predict_event(event: DirectEvent) -> SentencePrediction:
    [prediction] = await predict([event.sentence])
    return prediction


async def app_in_stage(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Call the app, and tell it the name of API Gateway's stage, if it has one, as root path."""
    stage = scope["aws.event"]["requestContext"].get("stage", "$default")
    scope["root_path"] = "" if stage == "$default" else f"/{stage}"
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


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Return the answer to an event; a malformed event gets one with status 422."""
    is_request = isinstance(event, dict) and "requestContext" in event
    try:
        answer: dict[str, Any] = adapter(event if is_request else make_request(event), context)
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        # The app's own errors don't come here: Mangum can't read this event.
        reason = f"This is no request of API Gateway or a Function URL: {error!r}"
        headers = {"content-type": "application/json"}
        answer = {"statusCode": 422, "headers": headers, "body": json.dumps({"detail": reason})}
    # Which version answered: with a canary, there are two.
    answer["headers"]["x-function-version"] = context.function_version
    log.flush()  # between events Lambda stops all threads
    return answer
