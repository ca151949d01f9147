"""Compare the output that a README shows for a command with the output that the command printed."""

import re

FACTOR = 8.0  # by which numbers with a unit may differ
TOLERANCE = 0.12  # by which other numbers with decimals may differ

UNITS = r"(?=\s*(s\b|ms\b|min\b|sentences/s|MB\b|GB\b|[kK]B\b|M\b))"
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?")
# These are new in every run: dates, times, W&B's run ids, and Lambda's request ids.
VARYING = [
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\d{4}-?\d{2}-?\d{2}[T_ ]\d{2}[:-]?\d{2}[:-]?\d{2}(\.\d{3}Z)?"), "<time>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}/\d{2}-\d{2}-\d{2}"), "<time>"),
    (re.compile(r"(run-<time>-|offline-run-<time>-)[a-z0-9]{8}"), r"\1<id>"),
]


def is_same_output(expected: str, printed: str) -> bool:
    """Return whether two outputs differ only as two runs or two machines may differ."""
    words, numbers = split_words_and_numbers(expected)
    other_words, other_numbers = split_words_and_numbers(printed)
    if words != other_words:
        return False
    for (a, unit, has_decimals), (b, _, _) in zip(numbers, other_numbers, strict=True):
        if unit:
            # A difference of a second is accepted however short the time is.
            if max(a, b) > FACTOR * min(a, b) + (1000 if unit == "ms" else 1):
                return False
        elif abs(a - b) > (TOLERANCE if has_decimals else 0):
            return False
    return True


def split_words_and_numbers(text: str) -> tuple[str, list[tuple[float, str, bool]]]:
    """Return the text without its numbers, and a list of the numbers.

    Each number comes with its unit, which may be empty, and with whether it has decimals.
    """
    for pattern, replacement in VARYING:
        text = pattern.sub(replacement, text)
    numbers = []
    for match in NUMBER.finditer(text):
        unit = re.match(UNITS, text[match.end() :])
        name = unit[1] if unit else ""
        numbers.append((float(match[0].replace(",", "")), name, "." in match[0]))
    return " ".join(NUMBER.sub("#", text).split()), numbers
