"""Run all benchmarks in turn, and write the READMEs' tables and the chart from their results.

    python benchmarks/report.py [--data bundled] [--precision 32-true]

The options are those of learning.py. Nothing else should run on the machine meanwhile.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, ScalarFormatter

from paths import CHART, HERE, PAGE, README, RESULTS
from rows import Row, format_number

# The benchmarks that save rows, each with its title in the table
TITLES = {
    "training": "training",
    "learning": "learning",
    "prediction": "prediction",
    "server": "server",
    "serverless": "Lambda",
    "image": "image",
}
USUAL_PATH_COLOR, THIS_COURSE_COLOR = "#9aa0a6", "#1a73e8"


def read_rows() -> list[tuple[str, Row]]:
    """Return the saved rows of all benchmarks, each with the title of its benchmark."""
    return [
        (title, Row(**row))
        for name, title in TITLES.items()
        for row in json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    ]


def describe_machine() -> str:
    """Return the date, the processor, and the versions of what the benchmarks ran with."""
    cpuinfo = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else []
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "onnxruntime"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of "
        f"{models[0] if models else platform.processor()}, Python {platform.python_version()}, "
        f"{versions}"
    )


def format_table(rows: Iterable[tuple[str, Row]], with_limits: bool) -> str:
    """Return a table of the rows in Markdown, with or without a column for their limits."""
    header = ["", "unit", "the usual path", "this course", "ratio", "of its own limit"]
    table = [header, ["---", "---", "---:", "---:", "---:", "---"]]
    for title, row in rows:
        table.append(
            [
                f"{title}: {row.title}",
                f"{row.unit}, {row.better} is better",
                format_number(row.usual_path),
                format_number(row.this_course),
                row.ratio_text,
                row.limit_text,
            ]
        )
    return "\n".join(f"| {' | '.join(cells if with_limits else cells[:-1])} |" for cells in table)


def draw_ratios(axes: Axes, rows: list[tuple[str, Row]]) -> None:
    """Draw a bar for the ratio of each row that has one."""
    ratios = {f"{title}: {row.title}, {row.unit}": row.ratio for title, row in rows if row.ratio}
    bars = axes.barh(list(ratios), list(ratios.values()), color=THIS_COURSE_COLOR)
    axes.bar_label(bars, [f"{ratio:.1f} ×" for ratio in ratios.values()], padding=3)
    axes.axvline(1, color=USUAL_PATH_COLOR, label="the usual path")
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.set_title("how many times better than the usual path", loc="left")
    axes.legend(frameon=False, loc="lower right")


def draw_growth(axes: Axes, rows: list[dict[str, float]], columns: list[str], title: str) -> None:
    """Draw one or two columns of the rows against their first column, on logarithmic axes."""
    x_column = next(iter(rows[0]))
    x_values = [row[x_column] for row in rows]
    # With one column, the second colour is left over.
    for column, color in zip(columns, (THIS_COURSE_COLOR, USUAL_PATH_COLOR), strict=False):
        axes.plot(x_values, [row[column] for row in rows], color=color, marker="o", label=column)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(x_values, minor=False)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.set_xlabel(x_column)
    axes.set_title(title, loc="left")
    axes.legend(frameon=False)


def draw_chart(rows: list[tuple[str, Row]]) -> None:
    """Draw the ratios, and how the cost grows, into the file CHART."""
    growth = json.loads((RESULTS / "growth.json").read_text(encoding="utf-8"))
    plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 9})
    figure = plt.figure(figsize=(10, 10), layout="constrained")
    halves: Any = figure.subfigures(2, 1, height_ratios=[4, 6])
    top, bottom = halves
    draw_ratios(top.subplots(), rows)
    panels = [
        ("training", ["seconds"], "an epoch, by the size of the corpus"),
        ("file", ["seconds"], "a file, by its lines"),
        ("tokens", ["p50, ms"], "a prediction, by its length"),
        ("connections", ["p50, ms", "p99, ms"], "a request, by connections"),
    ]
    for axes, (name, columns, title) in zip(bottom.subplots(2, 2).flat, panels, strict=True):
        draw_growth(axes, growth[name], columns, title)
    plt.rcParams["svg.hashsalt"] = "cola"
    figure.savefig(CHART, metadata={"Date": None}, facecolor="white")


def replace_benchmark(page: Path, benchmark: str) -> None:
    """Replace what a page has between the two marks of the benchmark."""
    pattern = r"(?s)(<!-- benchmark: written by `make bench` -->\n).*(\n<!-- benchmark: end -->)"
    text = page.read_text(encoding="utf-8")
    page.write_text(
        re.sub(pattern, lambda match: f"{match[1]}{benchmark}{match[2]}", text), encoding="utf-8"
    )


def write_pages(rows: list[tuple[str, Row]]) -> None:
    """Write all rows and the chart into PAGE, and each benchmark's last row into the README."""
    machine = describe_machine()
    chart = f"![The ratios, and how the cost grows]({CHART.name})"
    replace_benchmark(PAGE, f"{machine}:\n\n{format_table(rows, with_limits=True)}\n\n{chart}")
    last = dict(rows).items()
    replace_benchmark(README, f"{machine}:\n\n{format_table(last, with_limits=False)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="bundled")
    parser.add_argument("--precision", default="32-true")
    args = parser.parse_args()
    for name in [*TITLES, "growth"]:
        print(f"\n== {name}", flush=True)
        options = [f"--data={args.data}", f"--precision={args.precision}"]
        command = [sys.executable, f"{name}.py", *(options if name == "learning" else [])]
        subprocess.run(command, cwd=HERE, check=True)
    rows = read_rows()
    draw_chart(rows)
    write_pages(rows)
    print(f"\n{README}\n{PAGE}\n{CHART}")


if __name__ == "__main__":
    main()
