"""Run all benchmarks in turn, and write the README's table and charts from what they measured.

    python benchmarks/report.py [--data bundled] [--precision 32-true]

The options are learning.py's. Nothing else should run on the machine meanwhile.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, ScalarFormatter
from rows import RESULTS, Row, write_number

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
CHART = HERE / "chart.svg"
NAMES = {
    "training": "training",
    "learning": "learning",
    "prediction": "prediction",
    "server": "server",
    "serverless": "Lambda",
    "image": "image",
}
COURSES, OURS = "#9aa0a6", "#1a73e8"


def read_rows() -> list[tuple[str, Row]]:
    """All rows, each with the name of its benchmark."""
    return [
        (title, Row(**row))
        for name, title in NAMES.items()
        for row in json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    ]


def describe_machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else []
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "onnxruntime"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of "
        f"{models[0] if models else platform.processor()}, Python {platform.python_version()}, "
        f"{versions}"
    )


def write_table(rows: list[tuple[str, Row]]) -> str:
    """The rows in Markdown."""
    lines = ["| | the usual path | this course | ratio | of its own limit |"]
    lines.append("|---|---:|---:|---:|---|")
    for name, row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.1f} ×"
        share = "" if row.share is None else f"{row.share:.0%} of {row.limit_name}"
        figures = f"{write_number(row.courses)} | {write_number(row.ours)}"
        lines.append(f"| {name}: {row.title} | {figures} | {ratio} | {share} |")
    return "\n".join(lines)


def draw_ratios(axes: Axes, rows: list[tuple[str, Row]]) -> None:
    ratios = {f"{name}: {row.title}": row.ratio for name, row in rows if row.ratio}
    bars = axes.barh(list(ratios), list(ratios.values()), color=OURS)
    axes.bar_label(bars, [f"{ratio:.1f} ×" for ratio in ratios.values()], padding=3)
    axes.axvline(1, color=COURSES, label="the usual path")
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.set_title("how many times better than the usual path", loc="left")
    axes.legend(frameon=False, loc="lower right")


def draw_growth(axes: Axes, points: list[dict[str, float]], titles: list[str], title: str) -> None:
    x = next(iter(points[0]))
    for number, y in enumerate(titles):
        values = [point[y] for point in points]
        color = (OURS, COURSES)[number]
        axes.plot([point[x] for point in points], values, color=color, marker="o", label=y)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([point[x] for point in points], minor=False)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.set_xlabel(x)
    axes.set_title(title, loc="left")
    axes.legend(frameon=False)


def draw(rows: list[tuple[str, Row]]) -> None:
    """The ratios, and how the cost grows, in one picture."""
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
    for axes, (name, titles, title) in zip(bottom.subplots(2, 2).flat, panels, strict=True):
        draw_growth(axes, growth[name], titles, title)
    plt.rcParams["svg.hashsalt"] = "cola"
    figure.savefig(CHART, metadata={"Date": None}, facecolor="white")


def write_readme(table: str) -> None:
    text = README.read_text(encoding="utf-8")
    new = (
        "<!-- benchmark: written by `make bench` -->\n"
        f"{describe_machine()}:\n\n{table}\n\n"
        f"![The ratios, and how the cost grows]({CHART.relative_to(README.parent).as_posix()})\n"
        "<!-- benchmark: end -->"
    )
    pattern = r"(?s)<!-- benchmark: written.*<!-- benchmark: end -->"
    README.write_text(re.sub(pattern, lambda _: new, text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="bundled")
    parser.add_argument("--precision", default="32-true")
    args = parser.parse_args()
    for name in [*NAMES, "growth"]:
        print(f"\n== {name}", flush=True)
        options = [f"--data={args.data}", f"--precision={args.precision}"]
        command = [sys.executable, f"{name}.py", *(options if name == "learning" else [])]
        subprocess.run(command, cwd=HERE, check=True)
    rows = read_rows()
    draw(rows)
    write_readme(write_table(rows))
    print(f"\n{README}\n{CHART}")


if __name__ == "__main__":
    main()
