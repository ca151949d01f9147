"""Ask the dashboard's questions: does each chart, as Kibana has it, get data from Elasticsearch?

Run `python check_dashboard.py`; it fails when one gets none.
"""

import json
from typing import Any

from elasticsearch import ApiError, TransportError

from elasticsearch_client import connect
from errors import InputError, exit_on_input_error
from setup_kibana import DASHBOARD, send


def fill_in(part: Any) -> Any:
    """A query with what Kibana fills in, as it does it: here the bars of a chart are days."""
    if not isinstance(part, dict):
        return part
    if part.get("interval") == {"%autointerval%": True}:
        part = {"field": part["field"], "fixed_interval": "1d"}
    return {name: fill_in(value) for name, value in part.items()}


def count_points(answer: Any, path: str) -> int:
    """How many buckets with documents there are at a path like aggregations.days.buckets."""
    for name in path.split("."):
        answer = answer.get(name, {})  # with no index at all, nothing is there
    return sum(bucket["doc_count"] > 0 for bucket in answer)


@exit_on_input_error()
def main() -> None:
    dashboard = {"type": "dashboard", "id": DASHBOARD}
    query = json.dumps({"objects": [dashboard], "includeReferencesDeep": True}).encode()
    exported = send("/api/saved_objects/_export", query, "application/json")
    objects = [json.loads(line) for line in exported.splitlines()]
    empty = []
    for one in objects:
        if one.get("type") != "visualization":
            continue
        specification = json.loads(json.loads(one["attributes"]["visState"])["params"]["spec"])
        data = specification["data"]
        try:
            answer = (
                connect().search(index=data["url"]["index"], **fill_in(data["url"]["body"])).body
            )
        except (ApiError, TransportError) as error:
            raise InputError(f"Elasticsearch refused {one['id']}: {error}") from None
        points = count_points(answer, data["format"]["property"])
        print(f"{one['id']:<24}{points:>6} points")
        if not points:
            empty.append(one["id"])
    if empty:
        raise InputError(f"No data for {', '.join(empty)}.")


if __name__ == "__main__":
    main()
