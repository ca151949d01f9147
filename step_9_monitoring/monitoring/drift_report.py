"""Compare a week of predictions with those that the model made when it was trained.

    python drift_report.py --week 2026-03-02

Reads the prediction log, and adds a report to an Evidently workspace, which shows it over time:
`evidently ui --workspace monitoring/workspace`. The exit status is 3 when a column has moved by
more than configs/drift.yaml allows, so that a scheduler can act; 1 is an error.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ["DO_NOT_TRACK"] = "1"  # else Evidently reports on its use; it reads this at its import
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.core.metric_types import TestStatus
from evidently.metrics import ValueDrift
from evidently.sdk.models import PanelMetric
from evidently.sdk.panels import line_plot_panel
from evidently.ui.workspace import Workspace
from omegaconf import OmegaConf

from errors import InputError, exit_on_input_error
from prediction_log import DATASET

DRIFT = 3  # the exit status that says so
ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def read_log(path: Path, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """The predictions of a window, without the lines that others wrote into the same log.

    Raises InputError for a line that should be a prediction, but isn't one.
    """
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"Can't read {path}: {error.strerror}.") from None
    with file:
        for number, line in enumerate(file, start=1):
            if f'"{DATASET}"' not in line:
                continue
            try:
                record = json.loads(line)
                moment, cola = datetime.fromisoformat(record["@timestamp"]), record["cola"]
                row = {
                    "words": cola["words"],
                    "unknown": cola["unknown_words"] / max(cola["words"], 1),
                    "score": cola["scores"]["acceptable"],
                    "label": cola["label"],
                    "model": cola["model"],
                }
            except (ValueError, KeyError, TypeError):
                raise InputError(f"{path}, line {number}: this is half a prediction.") from None
            if since <= moment < until:
                yield row


def sample(rows: Iterator[dict[str, Any]], most: int) -> pd.DataFrame:
    """At most so many rows, each with the same chance, however many there are."""
    chance = random.Random(0)  # noqa: S311 - not a secret
    kept: list[dict[str, Any]] = []
    for count, row in enumerate(rows, start=1):
        if count <= most:
            kept.append(row)
        elif (place := chance.randrange(count)) < most:
            kept[place] = row
    return pd.DataFrame(kept)


def compare(current: pd.DataFrame, reference: pd.DataFrame, columns: Any, day: datetime) -> Any:
    """Evidently's report: how far each column is from the reference, and if that is too far."""
    metrics = [
        ValueDrift(column=name, method=one.method, threshold=one.threshold)
        for name, one in columns.items()
    ]
    definition = DataDefinition(
        numerical_columns=["words", "unknown", "score"], categorical_columns=["label"]
    )
    datasets = [Dataset.from_pandas(each, definition) for each in (current, reference)]
    return Report(metrics, include_tests=True).run(*datasets, timestamp=day, name=f"{day:%F}")


def add_to_workspace(snapshot: Any, folder: Path, columns: Any) -> None:
    """Add a report to the workspace's project; the first makes it, with a plot of distances."""
    workspace = Workspace(str(folder))
    projects = workspace.search_project("cola")
    project = projects[0] if projects else workspace.create_project("cola")
    if not projects:
        lines = [
            PanelMetric(metric="ValueDrift", metric_labels={"column": name}, legend=name)
            for name in columns
        ]
        project.dashboard.add_panel(line_plot_panel("Distance from the reference", lines))
    workspace.add_run(project.id, snapshot)


def show(snapshot: Any, week: pd.DataFrame, reference: pd.DataFrame, columns: Any) -> list[str]:
    """Print each column's mean in both, how far it has moved and may; returns what has too far."""
    distances = [metric["value"] for metric in snapshot.dict()["metrics"]]
    failed = [test.status == TestStatus.FAIL for test in snapshot.tests_results]
    print(f"{'column':<12}{'reference':>10}{'week':>10}{'distance':>10}{'limit':>8}")
    for (name, one), distance, bad in zip(columns.items(), distances, failed, strict=True):
        means = [
            (each[name] == "acceptable").mean() if name == "label" else each[name].mean()
            for each in (reference, week)
        ]
        verdict = "  moved" if bad else ""
        print(
            f"{name:<12}{means[0]:>10.2f}{means[1]:>10.2f}{distance:>10.2f}{one.threshold:>8}{verdict}"
        )
    return [name for name, bad in zip(columns, failed, strict=True) if bad]


@exit_on_input_error()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    a_week_ago = datetime.now(UTC) - timedelta(days=7)
    parser.add_argument(
        "--week", type=datetime.fromisoformat, default=a_week_ago, help="its first day"
    )
    parser.add_argument("--log", type=Path, default=Path("monitoring/predictions.jsonl"))
    parser.add_argument("--reference", type=Path, default=Path("models/monitoring/reference.jsonl"))
    parser.add_argument("--workspace", type=Path, default=Path("monitoring/workspace"))
    args = parser.parse_args()
    settings = OmegaConf.load(Path(__file__).parent / "configs/drift.yaml")
    since = args.week.replace(tzinfo=UTC)
    reference = sample(read_log(args.reference, *ALWAYS), settings.at_most)
    if reference.empty:
        raise InputError(
            f"{args.reference} is empty: make it anew with `python make_reference.py`."
        )
    model = reference["model"][0]
    rows = read_log(args.log, since, since + timedelta(days=7))
    week = sample((row for row in rows if row["model"] == model), settings.at_most)
    if len(week) < settings.at_least:
        raise InputError(
            f"{args.log} has {len(week)} predictions by model {model}, that of the reference, in "
            f"the week from {since:%F} on; to compare them takes {settings.at_least}."
        )
    snapshot = compare(week, reference, settings.columns, since)
    add_to_workspace(snapshot, args.workspace, settings.columns)
    moved = show(snapshot, week, reference, settings.columns)
    print(args.workspace)
    if moved:
        print(f"Drift in the week from {since:%F} on: {', '.join(moved)}.")
        sys.exit(DRIFT)
    print(f"No drift in the week from {since:%F} on.")


if __name__ == "__main__":
    main()
