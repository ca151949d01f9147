"""Lambda and API Gateway on this machine: moto keeps the records, and containers run the versions.

moto answers no requests to a function's URL or to an HTTP API. Here a server does, at a port of its
own: it turns each request into an event, chooses a version by the weights of the alias, and sends
the event to a container of that version's image.
"""

import base64
import os
import random
import threading
import time
from contextlib import suppress
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import moto.apigatewayv2.models as gateway_models
import requests
from moto.awslambda import exceptions, models

from aws.docker import run_docker
from aws.lambda_resources import ALIAS, NAME

PORT = int(os.environ.get("LOCAL_HTTP_PORT", "5006"))
ADDRESS = f"http://127.0.0.1:{PORT}"
LABEL = os.environ.get("LOCAL_AWS_LABEL", "aws-local")  # of the containers
EVENTS_PATH = "/2015-03-31/functions/function/invocations"

# The id and the address of the container of each version that was invoked, by the version's ARN
containers: dict[str, tuple[str, str]] = {}
lock = threading.Lock()  # the emulator in a container takes one event at a time


def start_container(function: models.LambdaFunction) -> tuple[str, str]:
    """Run a version's image as Lambda does; return the container's id and address."""
    container = run_docker(
        *("run", "--detach", "--rm", "--read-only", "--tmpfs=/tmp", f"--label={LABEL}"),
        *(f"--memory={function.memory_size}m", "--publish=127.0.0.1::8080"),
        f"--env=AWS_LAMBDA_FUNCTION_VERSION={function.version}",
        f"--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE={function.memory_size}",
        f"--env=AWS_LAMBDA_FUNCTION_TIMEOUT={function.timeout}",
        function.code["ImageUri"],
    )
    address = f"http://{run_docker('port', container, '8080')}"
    for _ in range(100):
        with suppress(requests.RequestException):
            requests.get(address, timeout=5)
            break
        time.sleep(0.1)
    return container, address


def invoke(function: models.LambdaFunction, event: dict[str, Any]) -> dict[str, Any]:
    """Return a version's answer to an event, or status 502, which Lambda answers if it fails."""
    with lock:
        if function.function_arn not in containers:
            containers[function.function_arn] = start_container(function)
        _, address = containers[function.function_arn]
        try:
            answer = requests.post(address + EVENTS_PATH, json=event, timeout=900).json()
        except requests.RequestException:  # among them: what it says of a timeout is not JSON
            answer = None
    failed = {"statusCode": 502, "headers": {}, "body": "Internal Server Error"}
    return answer if isinstance(answer, dict) and "statusCode" in answer else failed


def choose_version() -> models.LambdaFunction | None:
    """Return one of the versions that the alias points to, at random by their weights.

    Return None if nothing is deployed.
    """
    backends = [
        regions[name]
        for regions in models.lambda_backends.values()
        for name in list(regions)
        if NAME in regions[name]._lambdas._functions
    ]
    try:
        [backend] = backends
        alias = backend.get_alias(ALIAS, NAME)
    except (ValueError, exceptions.UnknownAliasException):
        return None
    weights = (alias.routing_config or {}).get("AdditionalVersionWeights") or {}
    version = alias.function_version
    for other, weight in weights.items():
        if random.random() < weight:  # noqa: S311 - not a secret
            version = other
    return backend.get_function(NAME, version)


class FunctionUrlHandler(BaseHTTPRequestHandler):
    """Turns requests into events, and answers into responses, as a Function URL does."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        http = {"method": self.command, "path": path, "sourceIp": self.client_address[0]}
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "requestContext": {"http": http, "stage": "$default"},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        version = choose_version()
        if version is None:
            self.send_error(404, "Nothing is deployed: python -m aws.deploy_lambda deploy IMAGE")
            return
        answer = invoke(version, event)
        content = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            if name != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, format: str, *arguments: object) -> None:
        """Log no requests."""


def install() -> None:
    """Replace these parts of moto's Lambda and API Gateway in this process; serve the requests."""
    create_url = models.FunctionUrlConfig.__init__
    create_api = gateway_models.Api.__init__
    set_code = models.LambdaFunction._set_function_code
    delete_function = models.LambdaBackend.delete_function

    def create_local_url(self: models.FunctionUrlConfig, *args: Any, **kwargs: Any) -> None:
        create_url(self, *args, **kwargs)
        self.url = f"{ADDRESS}/"

    def create_local_api(self: gateway_models.Api, *args: Any, **kwargs: Any) -> None:
        create_api(self, *args, **kwargs)
        self.api_endpoint = ADDRESS

    def set_own_code(self: models.LambdaFunction, *args: Any, **kwargs: Any) -> None:
        self.code = deepcopy(self.code)  # in moto, all versions share one
        set_code(self, *args, **kwargs)

    def delete_containers_too(
        self: models.LambdaBackend, function_name: str, qualifier: str | None = None
    ) -> None:
        for arn in [arn for arn in containers if f":function:{function_name}:" in arn]:
            run_docker("rm", "--force", containers.pop(arn)[0])
        delete_function(self, function_name, qualifier)

    models.FunctionUrlConfig.__init__ = create_local_url
    gateway_models.Api.__init__ = create_local_api
    models.LambdaFunction._set_function_code = set_own_code
    models.LambdaBackend.delete_function = delete_containers_too
    server = ThreadingHTTPServer(("127.0.0.1", PORT), FunctionUrlHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
