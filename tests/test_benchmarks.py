"""benchmarks/: the rows, the tables and the chart that are made from the measurements."""

import json
import sys

import pytest

from support.steps import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import report
from rows import Row, print_and_save


@pytest.mark.parametrize(
    ("row", "ratio", "share"),
    [
        (Row("p50", "ms", "lower", usual_path=20, this_course=2, limit=1), 10, 0.5),
        (Row("8 connections", "requests/s", "higher", 50, 500, limit=1000), 10, 0.5),
        (Row("memory", "MB", "lower", 100, 50), 2, None),
        (Row("learning", "MCC", "higher", 0, 0.4), None, None),
    ],
)
def test_ratio_and_share_of_the_limit_depend_on_the_better_direction(row, ratio, share):
    assert (row.ratio, row.share_of_limit) == (ratio, share)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """The folder of results that are made up, and of the pages and the chart made from them."""
    for module in ("rows", "report"):
        monkeypatch.setattr(sys.modules[module], "RESULTS", tmp_path)
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    monkeypatch.setattr(report, "PAGE", tmp_path / "PAGE.md")
    monkeypatch.setattr(report, "CHART", tmp_path / "chart.svg")
    for name in report.TITLES:
        print_and_save(name, [Row(name, "ms", "lower", 1234.5, 2.345, 2, "the bare session")])
    print_and_save("learning", [Row("after 9 s", "MCC", "higher", 0.0, 0.4)])
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


def test_a_benchmark_prints_its_rows_with_unit_and_direction(results, capsys):
    print_and_save("prediction", [Row("memory", "MB", "lower", 100, 50, 40, "the bare session")])
    printed = capsys.readouterr().out.splitlines()[-1]
    assert printed.split("  ")[0] == "memory, MB (lower is better)"
    assert printed.split()[-9:] == ["100", "50", "2.0", "×", "80%", "of", "the", "bare", "session"]


def test_the_page_gets_all_rows_and_the_readme_the_last_of_each_benchmark(results):
    first = Row("p50", "ms", "lower", 8, 4, 2, "the bare session")
    last = Row("p99", "ms", "lower", 1234.5, 2.345, 2, "the bare session")
    print_and_save("server", [first, last])
    readme, page = results / "README.md", results / "PAGE.md"
    start, end = "<!-- benchmark: written by `make bench` -->", "<!-- benchmark: end -->"
    for path in (readme, page):
        path.write_text(f"before\n{start}\nstale\n{end}\nafter\n")
    rows = report.read_rows()
    report.draw_chart(rows)
    report.write_pages(rows)
    for path in (readme, page):
        text = path.read_text()
        assert text.startswith(f"before\n{start}\n") and text.endswith(f"\n{end}\nafter\n")
        assert "stale" not in text
    columns = "ms, lower is better | 1,234 | 2.35 | 526.4 × |"
    assert f"| server: p99 | {columns} 85% of the bare session |\n" in page.read_text()
    assert "| server: p50 |" in page.read_text()
    assert f"| server: p99 | {columns}\n" in readme.read_text()
    assert "| server: p50 |" not in readme.read_text()
    assert "| learning: after 9 s | MCC, higher is better | 0 | 0.4 |  |  |" in page.read_text()
    assert (results / "chart.svg").read_text().count("<svg") == 1
    assert "![The ratios, and how the cost grows](chart.svg)" in page.read_text()


@pytest.mark.parametrize("path", [report.README, report.PAGE])
def test_the_repositorys_pages_have_a_place_for_the_table(path):
    text = path.read_text(encoding="utf-8")
    assert "<!-- benchmark: written by `make bench` -->" in text
    assert "<!-- benchmark: end -->" in text


def test_the_readmes_rows_are_among_those_of_the_page():
    page = report.PAGE.read_text(encoding="utf-8")
    for line in report.README.read_text(encoding="utf-8").splitlines():
        if " is better | " in line:
            assert line.rstrip("|") in page
