"""The rows that every benchmark ends with: each compares one measurement of both sides."""

import json
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal

from paths import RESULTS

CORRELATION = "MCC"
Direction = Literal["higher", "lower"]


@dataclass
class Row:
    """One measurement of the usual path and of this course, in the same unit.

    better says which direction is better. limit is the value that the machine allows, or a
    library without the course's code around it; limit_name says whose value that is.
    """

    title: str
    unit: str
    better: Direction
    usual_path: float
    this_course: float
    limit: float | None = None
    limit_name: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better this course is, or None for a correlation, which has no ratio."""
        if self.unit == CORRELATION:
            return None
        if self.better == "higher":
            return self.this_course / self.usual_path
        return self.usual_path / self.this_course

    @property
    def share_of_limit(self) -> float | None:
        """The share of the limit that this course reaches, from 0 to 1, or None without a limit."""
        if self.limit is None:
            return None
        if self.better == "higher":
            return self.this_course / self.limit
        return self.limit / self.this_course

    @property
    def ratio_text(self) -> str:
        """The ratio for a table; empty where there is none."""
        return "" if self.ratio is None else f"{self.ratio:.1f} ×"

    @property
    def limit_text(self) -> str:
        """The share of the limit for a table; empty where there is none."""
        share = self.share_of_limit
        return "" if share is None else f"{share:.0%} of {self.limit_name}"


def calc_medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure over the rounds of a benchmark."""
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}


def format_number(value: float) -> str:
    """Return a number with three digits, or with all digits before the decimal point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def print_and_save(name: str, rows: list[Row]) -> None:
    """Print the rows of a benchmark as a table, and save them as results/NAME.json."""
    titles = [f"{row.title}, {row.unit} ({row.better} is better)" for row in rows]
    width = max(map(len, titles))
    print(f"\n{'':<{width}}{'usual path':>12}{'this course':>13}{'ratio':>9}  of its own limit")
    for title, row in zip(titles, rows, strict=True):
        usual_path, this_course = format_number(row.usual_path), format_number(row.this_course)
        print(
            f"{title:<{width}}{usual_path:>12}{this_course:>13}{row.ratio_text:>9}  "
            f"{row.limit_text}"
        )
    save(name, [asdict(row) for row in rows])


def save(name: str, results: object) -> None:
    """Write the results of a benchmark to results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
