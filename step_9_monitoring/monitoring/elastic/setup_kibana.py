"""Bring the dashboard to Kibana, and check that its charts get data.

    python -m monitoring.elastic.setup_kibana apply
    python -m monitoring.elastic.setup_kibana check
    python -m monitoring.elastic.setup_kibana remove

`apply` imports the data view, the charts in monitoring/elastic/charts, and the dashboard. All of
them have fixed ids, so that a second run replaces what the first one made. `check` sends the query
of each chart that Kibana has to Elasticsearch, and fails when a chart gets no data, or asks for a
field that the index template doesn't have. `remove` deletes what `apply` has imported. KIBANA_URL
is Kibana's address; ELASTIC_API_KEY, or ELASTIC_PASSWORD of the user elastic, logs in.

The charts are in Vega-Lite, which is Kibana's advanced way: each has its own query, and needs no
data view. The data view is for looking at single predictions, in Kibana's Discover.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import urllib3

from aws.errors import exit_on_aws_error
from errors import InputError
from monitoring.elastic.client import PATTERN, connect, make_authorization
from monitoring.elastic.errors import exit_on_elasticsearch_error
from monitoring.elastic.setup_elasticsearch import MAPPINGS

CHARTS = Path(__file__).parent / "charts"
DASHBOARD = "cola-dashboard"
# The versions of the format that these objects have; a newer Kibana migrates them at the import.
VERSIONS = {"index-pattern": "8.0.0", "visualization": "8.5.0", "dashboard": "8.9.0"}
EMPTY_QUERY = json.dumps({"query": {"query": "", "language": "kuery"}, "filter": []})


def post(path: str, **body: Any) -> bytes:
    """Send a POST request to Kibana, and return the body of its response.

    The body of the request is given by urllib3's `fields` or `json`. Raises InputError when
    there is nothing to log in with, or when Kibana can't be reached or refuses the request.
    """
    url = os.environ.get("KIBANA_URL", "http://127.0.0.1:5601")
    headers = {"kbn-xsrf": "true", "Authorization": make_authorization()}
    try:
        response = urllib3.request(
            "POST", url + path, headers=headers, retries=False, timeout=60, **body
        )
    except urllib3.exceptions.HTTPError as error:
        raise InputError(f"Can't reach Kibana at {url}: {error}") from None
    if response.status != 200:
        reason = response.data[:500].decode(errors="replace")
        raise InputError(f"Kibana refused: {response.status} {reason}")
    return response.data


def make_object(object_type: str, object_id: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """Return a saved object in the format of Kibana's import."""
    return {
        "type": object_type,
        "id": object_id,
        "attributes": attributes,
        "references": [],
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": VERSIONS[object_type],
    }


def make_chart(path: Path) -> dict[str, Any]:
    """Return the saved object of a chart, whose specification in Vega-Lite is in a file."""
    specification = path.read_text(encoding="utf-8")
    title = json.loads(specification)["title"]
    state = {"title": title, "type": "vega", "aggs": [], "params": {"spec": specification}}
    attributes = {
        "title": title,
        "visState": json.dumps(state),
        "uiStateJSON": "{}",
        "kibanaSavedObjectMeta": {"searchSourceJSON": EMPTY_QUERY},
    }
    return make_object("visualization", f"cola-{path.stem}", attributes)


def make_dashboard(charts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the dashboard: two charts in a row, each with half of its 48 columns."""
    panels, references = [], []
    for number, chart in enumerate(charts):
        grid = {"x": 24 * (number % 2), "y": 14 * (number // 2), "w": 24, "h": 14}
        panel = {"type": "visualization", "panelIndex": str(number), "embeddableConfig": {}}
        name = f"panel_{number}"
        panels.append(panel | {"panelRefName": name, "gridData": grid | {"i": str(number)}})
        references.append({"name": f"{number}:{name}", "type": "visualization", "id": chart["id"]})
    attributes = {
        "title": "Linguistic acceptability: predictions",
        "panelsJSON": json.dumps(panels),
        "optionsJSON": "{}",
        "timeRestore": True,
        "timeFrom": "now-30d",
        "timeTo": "now",
        "kibanaSavedObjectMeta": {"searchSourceJSON": EMPTY_QUERY},
    }
    return make_object("dashboard", DASHBOARD, attributes) | {"references": references}


def make_objects() -> list[dict[str, Any]]:
    """Return the data view, the charts and the dashboard, as Kibana's saved objects."""
    view = {"title": PATTERN, "timeFieldName": "@timestamp"}
    charts = [make_chart(path) for path in sorted(CHARTS.glob("*.json"))]
    return [
        make_object("index-pattern", "cola-predictions", view),
        *charts,
        make_dashboard(charts),
    ]


def apply() -> None:
    """Import all saved objects, and replace those that Kibana has already."""
    objects = make_objects()
    lines = "".join(json.dumps(saved_object) + "\n" for saved_object in objects)
    path = "/api/saved_objects/_import?overwrite=true"
    response = json.loads(post(path, fields={"file": ("cola.ndjson", lines)}))
    if not response["success"]:
        raise InputError(f"Kibana refused: {json.dumps(response['errors'])}")
    for saved_object in objects:
        print(f"{saved_object['type']:<15}{saved_object['id']}")


def remove() -> None:
    """Delete the saved objects of `apply` that Kibana has, whether somebody changed them or not."""
    keys = [{"type": saved["type"], "id": saved["id"]} for saved in make_objects()]
    for status in json.loads(post("/api/saved_objects/_bulk_delete", json=keys))["statuses"]:
        if status["success"]:
            print(f"{'removed':<15}{status['id']}")
        elif status["error"]["statusCode"] != 404:  # which says that it is gone already
            raise InputError(f"Kibana refused: {json.dumps(status['error'])}")


def fill_in_intervals(query: Any) -> Any:
    """Return a query in which days replace the intervals that Kibana would choose."""
    if not isinstance(query, dict):
        return query
    if query.get("interval") == {"%autointerval%": True}:
        query = {"field": query["field"], "fixed_interval": "1d"}
    return {name: fill_in_intervals(value) for name, value in query.items()}


def find_fields(query: Any) -> Iterator[str]:
    """Yield the fields that a part of a chart's query asks for, such as cola.score."""
    if isinstance(query, list):
        for part in query:
            yield from find_fields(part)
    elif isinstance(query, dict):
        for name, value in query.items():
            if name == "field":
                yield value
            elif name in ("match", "range", "term") and "field" not in value:  # no aggregation
                yield from value
            else:
                yield from find_fields(value)


def has_field(name: str) -> bool:
    """Return whether the index template has a field, such as cola.score."""
    found: dict[str, Any] = MAPPINGS
    for part in name.split("."):
        found = found.get("properties", {}).get(part, {})
    return "type" in found


def count_points(response: Any, path: str) -> int:
    """Return how many buckets have documents, at a path such as aggregations.days.buckets."""
    for name in path.split("."):
        response = response.get(name, {})  # without an index there are no aggregations
    return sum(bucket["doc_count"] > 0 for bucket in response)


def check() -> None:
    """Print how many points each chart of the dashboard gets.

    Raises InputError when a chart gets none, or asks for a field that there isn't: Elasticsearch
    answers such a query as if no document had a value.
    """
    dashboard = {"type": "dashboard", "id": DASHBOARD}
    export = {"objects": [dashboard], "includeReferencesDeep": True}
    lines = post("/api/saved_objects/_export", json=export).splitlines()
    client, empty = connect(), []
    for saved_object in map(json.loads, lines):
        if saved_object.get("type") != "visualization":
            continue
        name = saved_object["id"]
        print(f"{name:<24}", end="", flush=True)  # first, so that an error stands beside it
        state = json.loads(saved_object["attributes"]["visState"])
        data = json.loads(state["params"]["spec"])["data"]
        query = fill_in_intervals(data["url"]["body"])
        unknown = [field for field in find_fields(query) if not has_field(field)]
        if unknown:
            raise InputError(f"{name} asks for {', '.join(unknown)}, not in the index template.")
        response = client.search(index=data["url"]["index"], **query).body
        points = count_points(response, data["format"]["property"])
        print(f"{points:>6} points")
        if not points:
            empty.append(name)
    if empty:
        raise InputError(f"No data for {', '.join(empty)}.")


@exit_on_aws_error()
@exit_on_elasticsearch_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("apply", help="import data view, charts and dashboard")
    commands.add_parser("check", help="fail when a chart gets no data or has a wrong field")
    commands.add_parser("remove", help="delete data view, charts and dashboard")
    {"apply": apply, "check": check, "remove": remove}[parser.parse_args().command]()


if __name__ == "__main__":
    main()
