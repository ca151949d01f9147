"""Compare what a README says that a command prints with what it has printed."""

import re

FACTOR = 8.0
TOLERANCE = 0.12

UNITS = r"(?=\s*(s\b|ms\b|min\b|sentences/s|MB\b|GB\b|[kK]B\b|M\b))"
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
# What is new in every run: dates, times, W&B's run ids, and Lambda's request ids.
VARYING = [
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\d{4}-?\d{2}-?\d{2}[T_ ]\d{2}[:-]?\d{2}[:-]?\d{2}(\.\d{3}Z)?"), "<time>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}/\d{2}-\d{2}-\d{2}"), "<time>"),
    (re.compile(r"(run-<time>-|offline-run-<time>-)[a-z0-9]{8}"), r"\1<id>"),
]


def same(expected: str, printed: str) -> bool:
    """Return whether two outputs differ by no more than two runs, or two machines, do."""
    words, numbers = words_and_numbers(expected)
    other_words, other_numbers = words_and_numbers(printed)
    if words != other_words:
        return False
    for (a, unit, decimals), (b, _, _) in zip(numbers, other_numbers, strict=True):
        if unit:
            # A second more or less is no difference, however short the time.
            if max(a, b) > FACTOR * min(a, b) + (1000 if unit == "ms" else 1):
                return False
        elif abs(a - b) > (TOLERANCE if decimals else 0):
            return False
    return True


def words_and_numbers(text: str) -> tuple[str, list[tuple[float, str, bool]]]:
    """The text without its numbers; and each number, its unit if any, and if it has decimals."""
    for pattern, replacement in VARYING:
        text = pattern.sub(replacement, text)
    numbers = []
    for match in NUMBER.finditer(text):
        unit = re.match(UNITS, text[match.end() :])
        name = unit[1] if unit else ""
        numbers.append((float(match[0].replace(",", "")), name, "." in match[0]))
    return " ".join(NUMBER.sub("#", text).split()), numbers
