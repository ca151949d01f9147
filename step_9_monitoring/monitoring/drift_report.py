"""Compare a week of predictions with those that the model made when it was trained.

    python -m monitoring.drift_report --week 2026-03-02

It reads the prediction log, writes the result to production/drift.json, and adds a report to a
workspace of Evidently, which shows the reports over time:
`evidently ui --workspace production/workspace`. The exit status is 3 when a column has moved by
more than monitoring/drift.yaml allows, so that a scheduler can act on it; it is 4 when the week has
too few predictions to compare, and 1 for an error.
"""

import argparse
import heapq
import json
import os
import random
import shutil
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ["DO_NOT_TRACK"] = "1"  # else Evidently reports its use; it reads this at the import
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.core.metric_types import TestStatus
from evidently.metrics import ValueDrift
from evidently.sdk.models import PanelMetric
from evidently.sdk.panels import line_plot_panel
from evidently.ui.workspace import Workspace
from omegaconf import DictConfig, OmegaConf

from errors import InputError, exit_on_input_error
from overrides import find_output
from prediction_log import DATASET

DRIFT_STATUS = 3  # the exit status when a column has moved too far
TOO_FEW_STATUS = 4  # the exit status when there are too few predictions to compare
SETTINGS = Path(__file__).parent / "drift.yaml"
RESULT = Path("production/drift.json")
EARLIEST, LATEST = (day.replace(tzinfo=UTC) for day in (datetime.min, datetime.max))


def read_log(
    path: Path, since: datetime = EARLIEST, until: datetime = LATEST
) -> Iterator[dict[str, Any]]:
    """Yield the columns of each prediction that was made from `since` on and before `until`.

    Lines that others wrote into the same log are skipped. Raises InputError when the file can't be
    read, or when a line of a prediction is incomplete.
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
                cola = record["cola"]
                is_wanted = since <= datetime.fromisoformat(record["@timestamp"]) < until
                row = {
                    "words": cola["words"],
                    "unknown": cola["unknown_words"] / max(cola["words"], 1),
                    "acceptable": float(cola["scores"]["acceptable"]),
                    "predicted": cola["label"],
                    "model": cola["model"],
                }
            except (ValueError, KeyError, TypeError):
                raise InputError(f"{path}, line {number} is not a complete prediction.") from None
            if is_wanted:
                yield row


def draw_sample(rows: Iterable[dict[str, Any]], at_most: int) -> pd.DataFrame:
    """Return all rows, or a random sample of `at_most` rows; no more are kept in memory."""
    rng = random.Random(0)  # noqa: S311 - not a secret
    # The rows with the largest random numbers: each row is among them with the same probability.
    return pd.DataFrame(heapq.nlargest(at_most, rows, key=lambda row: rng.random()))


def compare(
    week: pd.DataFrame, reference: pd.DataFrame, columns: DictConfig, first_day: datetime
) -> Any:
    """Return Evidently's snapshot: how far each column is from the reference, and if too far."""
    metrics = [
        ValueDrift(column=name, method=settings.method, threshold=settings.threshold)
        for name, settings in columns.items()
    ]
    definition = DataDefinition(
        numerical_columns=["words", "unknown", "acceptable"], categorical_columns=["predicted"]
    )
    datasets = [Dataset.from_pandas(frame, definition) for frame in (week, reference)]
    report = Report(metrics, include_tests=True)
    return report.run(*datasets, timestamp=first_day, name=f"{first_day:%F}")


def add_to_workspace(snapshot: Any, folder: Path, columns: DictConfig) -> None:
    """Add a snapshot to the workspace, which is made, with a plot of distances, if it's new.

    Evidently writes into a copy. What is new there is moved once all of it is complete: a project,
    or the files of one that the workspace has.
    """
    unfinished = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a process that was killed
    if folder.exists():
        shutil.copytree(folder, unfinished)
    add_snapshot(snapshot, unfinished, columns)
    folder.mkdir(parents=True, exist_ok=True)
    for project in unfinished.iterdir():
        if (folder / project.name).exists():
            for path in project.rglob("*.json"):
                path.replace(folder / path.relative_to(unfinished))
        else:
            project.rename(folder / project.name)
    shutil.rmtree(unfinished)


def add_snapshot(snapshot: Any, folder: Path, columns: DictConfig) -> None:
    """Add a snapshot to the workspace in a folder, in Evidently's own way."""
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


def compute_mean(column: pd.Series) -> float:
    """Return the mean of a column; for predicted labels, the share of "acceptable"."""
    return float((column == "acceptable").mean() if column.name == "predicted" else column.mean())


def summarize(
    snapshot: Any, week: pd.DataFrame, reference: pd.DataFrame, columns: DictConfig
) -> dict[str, dict[str, Any]]:
    """Return for each column its two means, its distance, its limit, and if it has moved."""
    metrics, tests = snapshot.dict()["metrics"], snapshot.tests_results
    return {
        str(name): {
            "reference": compute_mean(reference[name]),
            "week": compute_mean(week[name]),
            "distance": float(metric["value"]),
            "limit": settings.threshold,
            "moved": test.status == TestStatus.FAIL,
        }
        for (name, settings), metric, test in zip(columns.items(), metrics, tests, strict=True)
    }


def print_table(summary: dict[str, dict[str, Any]]) -> None:
    print(f"{'column':<12}{'reference':>10}{'week':>10}{'distance':>10}{'limit':>8}")
    for name, column in summary.items():
        numbers = "".join(f"{column[key]:>10.2f}" for key in ("reference", "week", "distance"))
        print(f"{name:<12}{numbers}{column['limit']:>8}{'  moved' if column['moved'] else ''}")


def parse_arguments(models: Path) -> argparse.Namespace:
    """Read the command line; models is the folder with the model and its reference."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--week",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="first day of the week, in UTC, such as 2026-03-02 (default: the last seven days)",
    )
    for name, path, text in (
        ("--log", "production/predictions.jsonl", "log of the predictions"),
        ("--reference", models / "monitoring/reference.jsonl", "log that make_reference.py wrote"),
        ("--workspace", "production/workspace", "folder that gets Evidently's report"),
    ):
        parser.add_argument(name, type=Path, default=path, help=f"{text} (default: {path})")
    return parser.parse_args()


@exit_on_input_error()
def main() -> None:
    args = parse_arguments(find_output())
    settings = OmegaConf.load(SETTINGS)
    if args.week:
        since = datetime.combine(args.week, datetime.min.time(), UTC)
    else:
        since = datetime.now(UTC) - timedelta(days=7)
    reference = draw_sample(read_log(args.reference), settings.at_most)
    if reference.empty:
        raise InputError(
            f"{args.reference} is empty: make it anew with `python -m monitoring.make_reference`."
        )
    model = reference["model"][0]
    rows = read_log(args.log, since, since + timedelta(days=7))
    week = draw_sample((row for row in rows if row["model"] == model), settings.at_most)
    if len(week) < settings.at_least:
        print(
            f"warning: {args.log} has {len(week)} predictions by model {model}, which is that of "
            f"the reference, in the week from {since:%F} on; a comparison needs "
            f"{settings.at_least}.",
            file=sys.stderr,
        )
        sys.exit(TOO_FEW_STATUS)
    snapshot = compare(week, reference, settings.columns, since)
    summary = summarize(snapshot, week, reference, settings.columns)
    moved = [name for name, column in summary.items() if column["moved"]]
    result = {"week": f"{since:%F}", "model": model, "columns": summary, "moved": moved}
    try:
        add_to_workspace(snapshot, args.workspace, settings.columns)
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        unfinished = RESULT.with_suffix(".new")
        unfinished.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        unfinished.replace(RESULT)
    except OSError as error:
        raise InputError(f"Can't write the report: {error}") from None
    print_table(summary)
    print(f"{args.workspace}\n{RESULT}")
    if moved:
        print(f"Drift in the week from {since:%F} on: {', '.join(moved)}.")
        sys.exit(DRIFT_STATUS)
    print(f"No drift in the week from {since:%F} on.")


if __name__ == "__main__":
    main()
