"""A stand-in for Lambda and API Gateway on this machine, beside that for ECR.

    python local_aws.py --host 127.0.0.1 --port 5005
    export AWS_ENDPOINT_URL=http://127.0.0.1:5005

moto keeps the records, as in local_ecr.py. What moto lacks is here: an address, port 5006, at which
requests go to the versions by the alias's weights, each version a container of its own image.
"""

import base64
import json
import os
import random
import subprocess
import threading
import time
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import moto.server
from moto.apigatewayv2.models import Api
from moto.awslambda import models

import local_ecr  # noqa: F401 - changes moto's ECR

PORT = int(os.environ.get("LOCAL_LAMBDA_PORT", "5006"))
ADDRESS = f"http://127.0.0.1:{PORT}"
LABEL = f"local-lambda={PORT}"
containers: dict[str, str] = {}  # the address of each version's
lock = threading.Lock()  # the emulator takes one event at a time


def docker(*arguments: str) -> str:
    return subprocess.check_output(["docker", *arguments], text=True).strip()


def start(function) -> str:
    """Start a version's container, as Lambda does; returns the address that takes events."""
    container = docker(
        *("run", "--detach", "--rm", "--read-only", "--tmpfs=/tmp", f"--label={LABEL}"),
        *(f"--memory={function.memory_size}m", "--publish=127.0.0.1::8080"),
        f"--env=AWS_LAMBDA_FUNCTION_VERSION={function.version}",
        f"--env=AWS_LAMBDA_FUNCTION_MEMORY_SIZE={function.memory_size}",
        f"--env=AWS_LAMBDA_FUNCTION_TIMEOUT={function.timeout}",
        function.code["ImageUri"],
    )
    address = f"http://{docker('port', container, '8080')}"
    for _ in range(100):
        try:
            urlopen(address)
        except HTTPError:  # the emulator has no page, but it answers
            break
        except OSError:
            time.sleep(0.1)
    return f"{address}/2015-03-31/functions/function/invocations"


def invoke(function, event: dict) -> dict:
    """The version's answer to an event, or what Lambda says in its place when it fails."""
    with lock:
        if function.function_arn not in containers:
            containers[function.function_arn] = start(function)
        try:
            with urlopen(containers[function.function_arn], json.dumps(event).encode()) as response:
                answer = json.load(response)
        except (OSError, ValueError):  # what it says of a timeout is no JSON
            answer = None
    failed = {"statusCode": 502, "headers": {}, "body": "Internal Server Error"}
    return answer if isinstance(answer, dict) and "statusCode" in answer else failed


def choose_version():
    """One of the versions that the alias points to, by their weights."""
    [backend] = [
        regions[name]
        for regions in models.lambda_backends.values()
        for name in list(regions)
        if "cola" in regions[name]._lambdas._functions
    ]
    alias = backend.get_alias("live", "cola")
    weights = (alias.routing_config or {}).get("AdditionalVersionWeights") or {}
    version = alias.function_version
    for other, weight in weights.items():
        if random.random() < weight:  # noqa: S311 - not a secret
            version = other
    return backend.get_function("cola", version)


class FunctionUrl(BaseHTTPRequestHandler):
    """Turns requests into events, and answers into responses, as a Function URL does."""

    def do_GET(self):
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
        answer = invoke(choose_version(), event)
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
        pass


make_url = models.FunctionUrlConfig.__init__
make_api = Api.__init__
set_code = models.LambdaFunction._set_function_code
delete = models.LambdaBackend.delete_function


def make_local_url(self, *args, **kwargs):
    make_url(self, *args, **kwargs)
    self.url = f"{ADDRESS}/"


def make_local_api(self, *args, **kwargs):
    make_api(self, *args, **kwargs)
    self.api_endpoint = ADDRESS


def set_own_code(self, *args, **kwargs):
    self.code = deepcopy(self.code)  # moto's versions share one
    set_code(self, *args, **kwargs)


def delete_containers(self, *args, **kwargs):
    containers.clear()
    started = docker("ps", "--quiet", f"--filter=label={LABEL}").split()
    if started:
        docker("rm", "--force", *started)
    return delete(self, *args, **kwargs)


models.FunctionUrlConfig.__init__ = make_local_url
Api.__init__ = make_local_api
models.LambdaFunction._set_function_code = set_own_code
models.LambdaBackend.delete_function = delete_containers

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), FunctionUrl)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    moto.server.main()
