"""benchmarks/: what is written from what was measured."""

import json
import sys

import pytest

from support.steps import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import report
from rows import Row, publish


@pytest.mark.parametrize(
    ("row", "ratio", "share"),
    [
        (Row("p50, ms", 20, 2, 1), 10, 0.5),
        (Row("requests/s", 50, 500, 1000), 10, 0.5),
        (Row("memory, MB", 100, 50), 2, None),
        (Row("MCC", 0, 0.4), None, None),
    ],
)
def test_more_is_better_only_of_rates(row, ratio, share):
    assert (row.ratio, row.share) == (ratio, share)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """The results of a run whose figures are made up, and a README to write them into."""
    for module in ("rows", "report"):
        monkeypatch.setattr(sys.modules[module], "RESULTS", tmp_path)
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    monkeypatch.setattr(report, "CHART", tmp_path / "chart.svg")
    for name in report.NAMES:
        publish(name, [Row(f"{name}, ms", 1234.5, 2.345, 2, "the bare session")])
    publish("learning", [Row("MCC", 0.0, 0.4)])
    growth = {
        "training": [{"sentences": 500, "seconds": 4}, {"sentences": 1000, "seconds": 8}],
        "file": [{"lines": 10, "seconds": 1}, {"lines": 100, "seconds": 2}],
        "tokens": [{"tokens": 8, "p50, ms": 1}, {"tokens": 512, "p50, ms": 60}],
        "connections": [
            {"connections": 1, "p50, ms": 2, "p99, ms": 3, "requests/s": 500},
            {"connections": 64, "p50, ms": 99, "p99, ms": 150, "requests/s": 600},
        ],
    }
    (tmp_path / "growth.json").write_text(json.dumps(growth))
    return tmp_path


def test_the_readme_gets_the_table_and_the_chart(results):
    readme = results / "README.md"
    start, end = "<!-- benchmark: written by `make bench` -->", "<!-- benchmark: end -->"
    readme.write_text(f"before\n{start}\nstale\n{end}\nafter\n")
    rows = report.read_rows()
    report.draw(rows)
    report.write_readme(report.write_table(rows))
    text = readme.read_text()
    assert text.startswith("before\n<!--") and text.endswith("-->\nafter\n")
    assert "stale" not in text
    assert "| server: server, ms | 1,234 | 2.35 | 526.4 × | 85% of the bare session |" in text
    assert "| learning: MCC | 0 | 0.4 |  |  |" in text
    svg = (results / "chart.svg").read_text()
    assert svg.count("<svg") == 1
    assert "![The ratios, and how the cost grows](chart.svg)" in text


def test_the_repositorys_readme_has_a_place_for_it():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "<!-- benchmark: written by `make bench` -->" in text
    assert "<!-- benchmark: end -->" in text
