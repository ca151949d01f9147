"""What every benchmark ends with: rows that compare two sides, printed, and kept for report.py."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass
class Row:
    """One measure of both sides; its title ends with the unit, which says if more is better.

    limit is what was measured of the machine, or of a library without the course's code around it.
    """

    title: str
    courses: float
    ours: float
    limit: float | None = None
    limit_name: str = ""

    @property
    def more_is_better(self) -> bool:
        return self.title.endswith(("/s", "MCC"))

    @property
    def ratio(self) -> float | None:
        """How many times better ours is; of correlations there is no such number."""
        if self.title.endswith("MCC"):
            return None
        return self.ours / self.courses if self.more_is_better else self.courses / self.ours

    @property
    def share(self) -> float | None:
        """How much of what the limit allows is reached, from 0 to 1."""
        if self.limit is None:
            return None
        return self.ours / self.limit if self.more_is_better else self.limit / self.ours


def write_number(value: float) -> str:
    """Three digits, or all of those before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def publish(name: str, rows: list[Row]) -> None:
    """Print the rows as a table, and keep them as results/NAME.json."""
    width = max(len(row.title) for row in rows)
    print(f"\n{'':<{width}}{'courses':>9}{'ours':>9}{'ratio':>9}   of its limit")
    for row in rows:
        share = "" if row.share is None else f"{row.share:>7.0%} of {row.limit_name}"
        ratio = "" if row.ratio is None else f"{row.ratio:.1f} ×"
        print(
            f"{row.title:<{width}}{write_number(row.courses):>9}{write_number(row.ours):>9}"
            f"{ratio:>9}{share}"
        )
    keep(name, [asdict(row) for row in rows])


def keep(name: str, content: object) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
