"""A stand-in for Elasticsearch and Kibana, where their images can't be had.

It follows the documented API in what the forwarder, the set-up scripts and the dashboard use:
logins, index templates, bulk requests as NDJSON with a status for each item, conflicting versions,
documents that don't fit the mapping, the aggregations of the charts, and saved objects. `faults`
holds what goes wrong next: a status for a whole request, "hang up", or "items" for 429 in a part.

In a container, `python elastic_stand_in.py PORT` has the passwords that the images take from the
environment: ELASTIC_PASSWORD, or, as Kibana, whatever Elasticsearch at ELASTICSEARCH_HOSTS lets in.
"""

import email
import email.policy
import json
import math
import os
import sys
import threading
from base64 import b64decode, b64encode
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

PASSWORD = "a password of the tests"  # noqa: S105
NUMBERS = ("long", "integer", "float")


def get(document, field):
    for name in field.split("."):
        document = document.get(name, {})
    return document


def find_problem(value, mapping, path=""):
    """Why a document doesn't fit the mapping, if it doesn't."""
    for name, kind in mapping["properties"].items():
        inner = value.get(name)
        if inner is None:
            continue
        field = f"{path}{name}"
        if "properties" in kind:
            if not isinstance(inner, dict):
                return f"object mapping for [{field}] tried to parse as object, but found a value"
            problem = find_problem(inner, kind, f"{field}.")
            if problem:
                return problem
        elif kind["type"] in NUMBERS:
            try:
                float(inner)
            except (TypeError, ValueError):
                return f"failed to parse field [{field}] of type [{kind['type']}]"
        elif kind["type"] == "date":
            try:
                datetime.fromisoformat(inner)
            except (TypeError, ValueError):
                return f"failed to parse field [{field}] of type [date]"
    return None


def to_milliseconds(moment):
    return datetime.fromisoformat(moment).astimezone(UTC).timestamp() * 1000


def make_bucket(key, documents, aggregations):
    return {"key": key, "doc_count": len(documents), **aggregate(documents, aggregations)}


def aggregate_one(documents, kind, body, inner):
    if "field" in body:
        documents = [document for document in documents if get(document, body["field"]) != {}]
    values = [get(document, body["field"]) for document in documents] if "field" in body else []
    if kind == "sum":
        return {"value": float(sum(values))}
    if kind == "percentiles":
        ordered = sorted(values)
        last = len(ordered) - 1
        points = [
            (p, ordered[round(p / 100 * last)] if ordered else None) for p in body["percents"]
        ]
        return {"values": [{"key": float(p), "value": value} for p, value in points]}
    if kind == "filter":
        [(field, limits)] = body["range"].items()
        kept = [document for document in documents if get(document, field) < limits["lt"]]
        return {"doc_count": len(kept)}
    if kind == "terms":
        keys = values
    elif kind == "histogram":
        keys = [math.floor(value / body["interval"]) * body["interval"] for value in values]
    else:
        assert kind == "date_histogram" and body["fixed_interval"] == "1d"
        day = 24 * 3600 * 1000
        keys = [int(to_milliseconds(value) // day * day) for value in values]
    groups: dict = {key: [] for key in sorted(set(keys))}
    for key, document in zip(keys, documents, strict=True):
        groups[key].append(document)
    return {"buckets": [make_bucket(key, group, inner) for key, group in groups.items()]}


def aggregate(documents, aggregations):
    result = {}
    for name, content in (aggregations or {}).items():
        [kind] = set(content) - {"aggs"}
        result[name] = aggregate_one(documents, kind, content[kind], content.get("aggs"))
    return result


class Elastic(ThreadingHTTPServer):
    """Both servers in one; what they hold is in its attributes."""

    def __init__(self, host="127.0.0.1", port=0):
        super().__init__((host, port), Handler)
        self.templates, self.documents, self.objects = {}, {}, {}
        self.keys, self.passwords = {}, {"elastic": PASSWORD}
        self.faults: list = []
        self.requests: Counter = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Elastic
    protocol_version = "HTTP/1.1"

    def answer(self, status, content):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        kind = "application/vnd.elasticsearch+json;compatible-with=9"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/api/status":  # Kibana, once its own user is let in by Elasticsearch
            password = os.environ["ELASTICSEARCH_PASSWORD"]
            login = b64encode(f"kibana_system:{password}".encode()).decode()
            level = "available" if self.ask_elasticsearch(f"Basic {login}") else "critical"
            return self.answer(200, f'{{"level":"{level}"}}'.encode())
        return self.answer(200 if self.may_come_in() else 401, {})

    def ask_elasticsearch(self, login):
        url = os.environ["ELASTICSEARCH_HOSTS"] + "/_security/_authenticate"
        try:
            with urlopen(Request(url, headers={"Authorization": login})):
                return True
        except OSError:
            return False

    def may_come_in(self):
        if "ELASTICSEARCH_HOSTS" in os.environ:
            return self.ask_elasticsearch(self.headers.get("Authorization", ""))
        kind, _, login = self.headers.get("Authorization", "").partition(" ")
        if kind == "ApiKey":
            return login in self.server.keys
        user, _, password = b64decode(login).decode().partition(":")
        return self.server.passwords.get(user) == password

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        self.server.requests[path] += 1
        if not self.may_come_in():
            return self.answer(401, {"error": {"type": "security_exception"}, "status": 401})
        fault = self.server.faults.pop(0) if self.server.faults and "_bulk" in path else None
        if fault == "hang up":
            self.close_connection = True
            return None
        if isinstance(fault, int):
            return self.answer(
                fault, {"error": {"type": "fault", "reason": "busy"}, "status": fault}
            )
        if path.endswith("/_bulk"):
            return self.bulk(path.split("/")[1], body, fault == "items")
        if path.startswith("/_index_template/"):
            self.server.templates[path.split("/")[2]] = json.loads(body)
            return self.answer(200, {"acknowledged": True})
        if path.startswith("/_security/user/"):
            self.server.passwords[path.split("/")[3]] = json.loads(body)["password"]
            return self.answer(200, {})
        if path == "/_security/api_key":
            key = f"key{len(self.server.keys)}"
            self.server.keys[key] = json.loads(body)
            return self.answer(200, {"id": "1", "name": "n", "api_key": "k", "encoded": key})
        if path.endswith("/_search"):
            found = list(self.server.documents.values())
            asked = json.loads(body)
            if not found:  # as for a pattern that no index fits
                return self.answer(200, {"hits": {"hits": []}})
            return self.answer(200, {"aggregations": aggregate(found, asked["aggs"])})
        if path.startswith("/api/saved_objects/"):
            return self.saved_objects(path.rpartition("/")[2], query, body)
        return self.answer(404, {"error": f"no {path}"})

    do_PUT = do_POST

    def bulk(self, index, body, refuse_some):
        problem = {"type": "illegal_argument_exception", "reason": "malformed bulk request"}
        if not body.endswith(b"\n"):
            return self.answer(400, {"error": problem, "status": 400})
        lines = [json.loads(line) for line in body.splitlines()]
        items = []
        for number, (action, document) in enumerate(zip(lines[::2], lines[1::2], strict=True)):
            if list(action) != ["create"]:  # all that a data stream takes
                return self.answer(400, {"error": problem, "status": 400})
            item = {"_index": index, "_id": action["create"]["_id"]}
            reason = find_problem(document, self.mapping(index))
            if refuse_some and number % 3 == 0:
                error = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
                item |= {"status": 429, "error": error}
            elif item["_id"] in self.server.documents:
                error = {"type": "version_conflict_engine_exception", "reason": "it exists"}
                item |= {"status": 409, "error": error}
            elif reason or "@timestamp" not in document:
                reason = reason or "data stream timestamp field [@timestamp] is missing"
                error = {"type": "document_parsing_exception", "reason": reason}
                item |= {"status": 400, "error": error}
            else:
                self.server.documents[item["_id"]] = document
                item |= {"status": 201}
            items.append({"create": item})
        failed = any("error" in item["create"] for item in items)
        return self.answer(200, {"took": 1, "errors": failed, "items": items})

    def mapping(self, index):
        [template] = self.server.templates.values()
        [pattern] = template["index_patterns"]
        assert index.startswith(pattern.rstrip("*")) and "data_stream" in template
        return template["template"]["mappings"]

    def saved_objects(self, action, query, body):
        if self.headers.get("kbn-xsrf") != "true":
            return self.answer(400, {"message": "Request must contain a kbn-xsrf header."})
        objects = self.server.objects
        if action == "_export":
            [asked] = json.loads(body)["objects"]
            dashboard = objects[asked["type"], asked["id"]]
            found = [objects[one["type"], one["id"]] for one in dashboard["references"]]
            lines = [*found, dashboard, {"exportedCount": len(found) + 1}]
            return self.answer(200, "\n".join(map(json.dumps, lines)).encode())
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        [part] = form.iter_parts()
        assert part.get_param("name", header="content-disposition") == "file"
        imported = [json.loads(x) for x in part.get_content().splitlines() if x.strip()]
        ids = [(one["type"], one["id"]) for one in imported]
        conflicts = [one for one in ids if one in objects and "overwrite=true" not in query]
        known = objects.keys() | set(ids)
        missing = [
            reference
            for one in imported
            for reference in one["references"]
            if (reference["type"], reference["id"]) not in known
        ]
        if conflicts or missing:
            return self.answer(200, {"success": False, "errors": [conflicts, missing]})
        objects.update(zip(ids, imported, strict=True))
        return self.answer(200, {"success": True, "successCount": len(imported)})

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    PASSWORD = os.environ.get("ELASTIC_PASSWORD", "")
    Elastic("0.0.0.0", int(sys.argv[1]))  # noqa: S104 - in a container
    threading.Event().wait()
