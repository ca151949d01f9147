"""Bring the data view, the charts of kibana/ and their dashboard to Kibana.

Run `python setup_kibana.py`, with KIBANA_URL and ELASTIC_PASSWORD set. All of it has fixed ids, so
a second run replaces what the first made.
"""

import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from errors import InputError, exit_on_input_error

CHARTS = Path(__file__).parent / "kibana"
DASHBOARD = "cola-dashboard"
BOUNDARY = "cola"  # between the parts of a form
# The format that these objects have; a newer Kibana brings it up to date at the import.
FORMATS = {"index-pattern": "8.0.0", "visualization": "8.5.0", "dashboard": "8.9.0"}
NOTHING = json.dumps({"query": {"query": "", "language": "kuery"}, "filter": []})


def send(path: str, body: bytes, kind: str) -> bytes:
    """POST to Kibana as the user elastic; raises InputError with what it answers, if refused."""
    url = os.environ.get("KIBANA_URL", "http://127.0.0.1:5601")
    try:
        login = b64encode(f"elastic:{os.environ['ELASTIC_PASSWORD']}".encode()).decode()
    except KeyError:
        raise InputError("Set ELASTIC_PASSWORD to log in to Kibana.") from None
    headers = {"kbn-xsrf": "true", "Content-Type": kind, "Authorization": f"Basic {login}"}
    try:
        with urlopen(Request(url + path, body, headers), timeout=60) as response:
            return response.read()
    except HTTPError as error:
        raise InputError(f"Kibana refused: {error.code} {error.read(500).decode()}") from None
    except OSError as error:
        raise InputError(f"Can't reach Kibana at {url}: {error}") from None


def make_object(kind: str, identity: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "id": identity,
        "attributes": attributes,
        "references": [],
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": FORMATS[kind],
    }


def make_chart(path: Path) -> dict[str, Any]:
    specification = path.read_text(encoding="utf-8")
    title = json.loads(specification)["title"]
    state = {"title": title, "type": "vega", "aggs": [], "params": {"spec": specification}}
    attributes = {
        "title": title,
        "visState": json.dumps(state),
        "uiStateJSON": "{}",
        "kibanaSavedObjectMeta": {"searchSourceJSON": NOTHING},
    }
    return make_object("visualization", f"cola-{path.stem}", attributes)


def make_dashboard(charts: list[dict[str, Any]]) -> dict[str, Any]:
    """Two charts in a row, each half of the dashboard's 48 columns wide."""
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
        "kibanaSavedObjectMeta": {"searchSourceJSON": NOTHING},
    }
    return make_object("dashboard", DASHBOARD, attributes) | {"references": references}


def make_objects() -> list[dict[str, Any]]:
    """The data view, the charts and the dashboard, as Kibana's saved objects."""
    view = {"title": "logs-cola.predictions-*", "timeFieldName": "@timestamp"}
    charts = [make_chart(path) for path in sorted(CHARTS.glob("*.json"))]
    return [
        make_object("index-pattern", "cola-predictions", view),
        *charts,
        make_dashboard(charts),
    ]


@exit_on_input_error()
def main() -> None:
    objects = make_objects()
    lines = "".join(json.dumps(one) + "\n" for one in objects)
    disposition = 'Content-Disposition: form-data; name="file"; filename="cola.ndjson"'
    form = f"--{BOUNDARY}\r\n{disposition}\r\n\r\n{lines}\r\n--{BOUNDARY}--\r\n"
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    answer = json.loads(send("/api/saved_objects/_import?overwrite=true", form.encode(), kind))
    if not answer["success"]:
        raise InputError(f"Kibana refused: {json.dumps(answer['errors'])}")
    for one in objects:
        print(f"{one['type']:<15}{one['id']}")


if __name__ == "__main__":
    main()
