"""A stand-in for Elasticsearch and Kibana, where their images can't be pulled.

It follows the documented API in what the forwarder, the set-up scripts and the dashboard use:
logins, index templates, bulk requests as NDJSON with a status for each item, conflicting versions,
documents that don't fit the mapping, the aggregations of the charts, and saved objects. As in
Elasticsearch 9, the template with the highest priority counts, and a data stream logs-*-* has the
mode logsdb, which drops values that don't fit, unless its template says otherwise; so it is with
the failure store, which accepts refused documents, as if the cluster's settings had it for logs.

The list `faults` says what goes wrong in the next bulk requests: an HTTP status for the whole
request, "hang up" for a closed connection, "items" for the status 429 for a third of the documents,
"forbid" for 403 for all, "page" for a page of HTML, "other ids" for the results of other documents,
"drip" for an answer that never ends.

In a container, `python elastic_stand_in.py PORT` takes its passwords as the images do, from the
environment: as Elasticsearch from ELASTIC_PASSWORD; as Kibana, with ELASTICSEARCH_HOSTS set, it
asks Elasticsearch there about every login. This file needs nothing but Python.
"""

import email
import email.policy
import json
import math
import os
import re
import sys
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

PASSWORD = "a password of the tests"  # noqa: S105
JSON = "application/vnd.elasticsearch+json;compatible-with=9"
NUMBERS = ("long", "integer", "float")
DAY = 24 * 3600 * 1000  # milliseconds


def read_field(document: dict[str, Any], path: str) -> Any:
    """Return the value at a path like cola.words, or {} where there is none, or a null."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name, {})
        if value is None:
            return {}
    return value


def find_mismatch(
    document: Any, mapping: dict[str, Any], ignore_malformed: bool, parent: str = ""
) -> str | None:
    """Return why a document doesn't fit the mapping, in Elasticsearch's words, or None.

    Where malformed values are ignored, they are removed from the document instead.
    """
    for name, field_mapping in mapping.get("properties", {}).items():
        value = document.get(name)
        field = f"{parent}{name}"
        if value is None:
            continue
        if "properties" in field_mapping:
            if not isinstance(value, dict):
                return f"object mapping for [{field}] tried to parse as object, but found a value"
            mismatch = find_mismatch(value, field_mapping, ignore_malformed, f"{field}.")
            if mismatch:
                return mismatch
        elif not is_of_type(value, field_mapping["type"]):
            if not ignore_malformed or field == "@timestamp":
                return f"failed to parse field [{field}] of type [{field_mapping['type']}]"
            del document[name]
    return None


def is_of_type(value: Any, field_type: str) -> bool:
    """Return if Elasticsearch accepts a value for a number or a date; other types accept all."""
    try:
        if field_type in NUMBERS:
            return not isinstance(value, bool) and math.isfinite(float(value))
        if field_type == "date":
            datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def aggregate(documents: list[dict[str, Any]], aggregations: dict[str, Any]) -> dict[str, Any]:
    """Return the results of a search's aggregations, by their names."""
    answer = {}
    for name, aggregation in aggregations.items():
        [method] = set(aggregation) - {"aggs"}
        parameters, inner = aggregation[method], aggregation.get("aggs", {})
        if method == "filter":
            answer[name] = count_below(documents, parameters["range"])
            continue
        found = [
            document for document in documents if read_field(document, parameters["field"]) != {}
        ]
        values = [read_field(document, parameters["field"]) for document in found]
        if method in ("sum", "percentiles"):
            answer[name] = compute_metric(method, parameters, values)
        else:
            keys = [find_bucket(method, parameters, value) for value in values]
            answer[name] = {"buckets": make_buckets(found, keys, inner)}
    return answer


def count_below(documents: list[dict[str, Any]], limits: dict[str, Any]) -> dict[str, Any]:
    [(field, limit)] = limits.items()
    values = [read_field(document, field) for document in documents]
    return {"doc_count": sum(value != {} and value < limit["lt"] for value in values)}


def compute_metric(method: str, parameters: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    if method == "sum":
        return {"value": float(sum(values))}
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        "values": [
            {
                "key": float(percent),
                "value": ordered[round(percent / 100 * last)] if ordered else None,
            }
            for percent in parameters["percents"]
        ]
    }


def find_bucket(method: str, parameters: dict[str, Any], value: Any) -> Any:
    """Return the key of the bucket that a value belongs to."""
    if method == "terms":
        return value
    if method == "histogram":
        return math.floor(value / parameters["interval"]) * parameters["interval"]
    assert method == "date_histogram" and parameters["fixed_interval"] == "1d"
    milliseconds = datetime.fromisoformat(value).astimezone(UTC).timestamp() * 1000
    return int(milliseconds // DAY * DAY)


def make_buckets(
    documents: list[dict[str, Any]], keys: list[Any], aggregations: dict[str, Any]
) -> list[dict[str, Any]]:
    groups: dict[Any, list[dict[str, Any]]] = {key: [] for key in sorted(set(keys))}
    for key, document in zip(keys, documents, strict=True):
        groups[key].append(document)
    return [
        {"key": key, "doc_count": len(group), **aggregate(group, aggregations)}
        for key, group in groups.items()
    ]


class Elastic(ThreadingHTTPServer):
    """Elasticsearch and Kibana in one server; its attributes hold what both have stored."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, password: str = PASSWORD):
        super().__init__((host, port), Handler)
        # Index templates by name, with Elastic's own for logs
        own = {"index_patterns": ["logs-*-*"], "priority": 100, "data_stream": {}, "template": {}}
        self.templates: dict[str, Any] = {"logs": own}
        self.documents: dict[str, dict[str, Any]] = {}  # what is indexed of each, by id
        self.failures: dict[str, dict[str, Any]] = {}  # in the failure store, by id
        self.objects: dict[tuple[str, str], Any] = {}  # Kibana's saved objects by type and id
        self.keys: dict[str, Any] = {}  # API keys, as they were asked for
        self.passwords = {"elastic": password}  # by user
        self.faults: list[int | str] = []
        self.max_bytes = 100_000_000  # of a bulk request; larger ones are answered 413
        self.version, self.build_flavor = "9.5.5", "default"
        self.is_elasticsearch = True  # other products don't have the header that says so
        self.requests: list[str] = []  # method and path of each, in order
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()


@contextmanager
def serving_elastic() -> Iterator[Elastic]:
    """Run the stand-in in a thread until the end of the `with` block."""
    with Elastic() as server:
        yield server
        server.shutdown()


class Handler(BaseHTTPRequestHandler):
    server: Elastic
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, content: Any, content_type: str = JSON) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if self.server.is_elasticsearch:
            self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/api/status":  # of Kibana, which logs in to Elasticsearch itself
            password = os.environ["ELASTICSEARCH_PASSWORD"]
            login = b64encode(f"kibana_system:{password}".encode()).decode()
            level = "available" if self.is_login_of_elasticsearch(f"Basic {login}") else "critical"
            return self.answer(200, f'{{"level":"{level}"}}'.encode())
        self.server.requests.append(f"GET {self.path}")
        if not self.is_authorized():
            return self.answer(401, {"error": {"type": "security_exception"}, "status": 401})
        if self.is_too_new():
            return None
        version = {"number": self.server.version, "build_flavor": self.server.build_flavor}
        return self.answer(200, {"version": version})

    def is_too_new(self) -> bool:
        """Refuse a request by a client of version 9 as Elasticsearch 8 does."""
        is_too_new = self.server.version.startswith("8.") and "=9" in self.headers["Accept"]
        if is_too_new:
            error = {"type": "media_type_header_exception", "reason": "Invalid media-type value"}
            self.answer(400, {"error": error, "status": 400})
        return is_too_new

    def is_authorized(self) -> bool:
        """Return if the request has a valid API key, or a user's password."""
        header = self.headers.get("Authorization", "")
        if "ELASTICSEARCH_HOSTS" in os.environ:
            return self.is_login_of_elasticsearch(header)
        scheme, _, credentials = header.partition(" ")
        if scheme == "ApiKey":
            return credentials in self.server.keys
        user, _, password = b64decode(credentials).decode().partition(":")
        return self.server.passwords.get(user) == password

    def is_login_of_elasticsearch(self, header: str) -> bool:
        url = os.environ["ELASTICSEARCH_HOSTS"] + "/_security/_authenticate"
        try:
            with urlopen(Request(url, headers={"Authorization": header})):
                return True
        except OSError:
            return False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        self.server.requests.append(f"{self.command} {path}")
        if not self.is_authorized():
            return self.answer(401, {"error": {"type": "security_exception"}, "status": 401})
        if path.endswith("/_bulk"):
            return self.bulk(path.split("/")[1], body)
        if path.endswith("/_search"):
            return self.search(json.loads(body))
        if path.startswith("/api/saved_objects/"):
            return self.handle_saved_objects(path.rpartition("/")[2], query, body)
        return self.set_up(path, body)

    do_PUT = do_DELETE = do_POST

    def set_up(self, path: str, body: bytes) -> None:
        if self.command == "DELETE" and path.startswith(("/_index_template/", "/_data_stream/")):
            return self.remove(path)
        content = json.loads(body)
        if path.startswith("/_index_template/"):
            self.server.templates[path.split("/")[2]] = content
            return self.answer(200, {"acknowledged": True})
        if path.startswith("/_security/user/"):
            self.server.passwords[path.split("/")[3]] = content["password"]
            return self.answer(200, {})
        if path == "/_security/api_key" and self.command == "DELETE":
            keys = self.server.keys
            invalid = [key for key, asked in keys.items() if asked["name"] == content["name"]]
            for key in invalid:
                del keys[key]
            return self.answer(200, {"invalidated_api_keys": invalid, "error_count": 0})
        if path == "/_security/api_key":
            key = f"key{len(self.server.keys)}"
            self.server.keys[key] = content
            return self.answer(200, {"id": "1", "name": "n", "api_key": "k", "encoded": key})
        return self.answer(404, {"error": f"no {path}"})

    def remove(self, path: str) -> None:
        """Delete the data stream, or an index template that the data stream doesn't use."""
        _, kind, name = path.split("/")
        if kind == "_data_stream" and self.server.documents:
            self.server.documents.clear()
        elif kind == "_index_template" and name in self.server.templates:
            if self.server.documents:
                error = {"type": "illegal_argument_exception", "reason": "in use"}
                return self.answer(400, {"error": error, "status": 400})
            del self.server.templates[name]
        else:
            return self.answer(404, {"error": {"type": "missing", "reason": name}, "status": 404})
        return self.answer(200, {"acknowledged": True})

    def search(self, query: dict[str, Any]) -> None:
        documents = list(self.server.documents.values())
        if not documents:  # as for a pattern that no index fits
            return self.answer(200, {"hits": {"hits": []}})
        return self.answer(200, {"aggregations": aggregate(documents, query["aggs"])})

    def bulk(self, index: str, body: bytes) -> None:
        fault = self.server.faults.pop(0) if self.server.faults else None
        if fault == "hang up":
            self.close_connection = True
            return None
        if isinstance(fault, int):
            error = {"type": "fault", "reason": "busy"}
            return self.answer(fault, {"error": error, "status": fault})
        if fault == "page":
            return self.answer(200, b"<p>Sign in to the network</p>", "text/html")
        if fault == "drip":
            return self.drip()
        if len(body) > self.server.max_bytes:
            return self.answer(413, b"", "text/plain")
        lines = body.splitlines()
        actions, documents = [json.loads(line) for line in lines[::2]], lines[1::2]
        # A data stream takes no other action than create, and NDJSON ends in a line break.
        if not body.endswith(b"\n") or any(list(action) != ["create"] for action in actions):
            error = {"type": "illegal_argument_exception", "reason": "malformed bulk request"}
            return self.answer(400, {"error": error, "status": 400})
        items = []
        for number, (action, document) in enumerate(zip(actions, documents, strict=True)):
            is_full = fault == "items" and number % 3 == 0
            identifier = action["create"]["_id"]
            if fault == "forbid":
                result = {"status": 403, "error": {"type": "security_exception", "reason": "no"}}
            else:
                result = self.create(index, identifier, document, is_full)
            if fault == "other ids":
                identifier += "0"
            items.append({"create": {"_index": index, "_id": identifier} | result})
        failed = any("error" in item["create"] for item in items)
        return self.answer(200, {"took": 1, "errors": failed, "items": items})

    def drip(self) -> None:
        """Send a byte every tenth of a second, until the client has enough of it."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b" ")
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def create(self, index: str, identifier: str, line: bytes, is_full: bool) -> dict[str, Any]:
        """Store a document, unless something is against it; return the status, and the error."""
        if is_full:
            error = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
            return {"status": 429, "error": error}
        if identifier in self.server.documents:
            error = {"type": "version_conflict_engine_exception", "reason": "it exists"}
            return {"status": 409, "error": error}
        template = self.find_template(index)["template"]
        settings = template.get("settings", {}).get("index", {})
        mode = settings.get("mode", "logsdb" if re.match("logs-.+-", index) else "standard")
        ignore_malformed = settings.get("mapping", {}).get("ignore_malformed", mode == "logsdb")
        try:
            document = json.loads(line)
            mappings = template.get("mappings", {})
            reason = find_mismatch(document, mappings, ignore_malformed)
            if "@timestamp" not in document:
                reason = reason or "data stream timestamp field [@timestamp] is missing"
        except (ValueError, AttributeError, RecursionError):
            document, reason = {}, "failed to parse"
        if not reason:
            self.server.documents[identifier] = document
            return {"status": 201}
        options = template.get("data_stream_options", {})
        if options.get("failure_store", {}).get("enabled", True):
            self.server.failures[identifier] = document
            return {"status": 201, "failure_store": "used"}
        return {"status": 400, "error": {"type": "document_parsing_exception", "reason": reason}}

    def find_template(self, index: str) -> dict[str, Any]:
        """Return the template for an index: among those that match, the one that comes first."""
        found = [
            template
            for template in self.server.templates.values()
            if any(fnmatch(index, pattern) for pattern in template["index_patterns"])
        ]
        template = max(found, key=lambda template: template.get("priority", 0))
        assert "data_stream" in template
        return template

    def handle_saved_objects(self, action: str, query: str, body: bytes) -> None:
        if self.headers.get("kbn-xsrf") != "true":
            return self.answer(400, {"message": "Request must contain a kbn-xsrf header."})
        if action == "_export":
            return self.export_objects(json.loads(body)["objects"])
        if action == "_bulk_delete":
            return self.delete_objects(json.loads(body))
        return self.import_objects(body, replaces="overwrite=true" in query)

    def export_objects(self, wanted: list[dict[str, str]]) -> None:
        """Answer a dashboard and the objects that it refers to, a line of JSON for each."""
        [reference] = wanted
        dashboard = self.server.objects[reference["type"], reference["id"]]
        charts = [self.server.objects[ref["type"], ref["id"]] for ref in dashboard["references"]]
        lines = [*charts, dashboard, {"exportedCount": len(charts) + 1}]
        return self.answer(200, "\n".join(map(json.dumps, lines)).encode())

    def delete_objects(self, keys: list[dict[str, str]]) -> None:
        """Delete objects, and say of each if it was there."""
        statuses: list[dict[str, Any]] = []
        for key in keys:
            found = self.server.objects.pop((key["type"], key["id"]), None)
            error = {} if found else {"error": {"statusCode": 404, "error": "Not Found"}}
            statuses.append(key | {"success": bool(found)} | error)
        return self.answer(200, {"statuses": statuses})

    def import_objects(self, body: bytes, replaces: bool) -> None:
        """Store the objects of a file in a form, unless one is there or refers to a missing one."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        [part] = form.iter_parts()  # type: ignore[attr-defined]
        assert part.get_param("name", header="content-disposition") == "file"
        lines = [line for line in part.get_content().splitlines() if line.strip()]
        imported = {(line["type"], line["id"]): line for line in map(json.loads, lines)}
        conflicts = [] if replaces else [key for key in imported if key in self.server.objects]
        known = self.server.objects.keys() | imported.keys()
        missing = [
            reference
            for line in imported.values()
            for reference in line["references"]
            if (reference["type"], reference["id"]) not in known
        ]
        if conflicts or missing:
            return self.answer(200, {"success": False, "errors": [conflicts, missing]})
        self.server.objects.update(imported)
        return self.answer(200, {"success": True, "successCount": len(imported)})

    def log_message(self, format: str, *arguments: object) -> None:
        pass


if __name__ == "__main__":
    Elastic("0.0.0.0", int(sys.argv[1]), os.environ.get("ELASTIC_PASSWORD", ""))  # noqa: S104
    threading.Event().wait()
