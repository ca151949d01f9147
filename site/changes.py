"""What a step changes, as HTML: each file side by side and coloured, with its README's reason."""

import difflib
import itertools
import os
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from steps import find_changes, find_row, git, read_table

CONTEXT = 3
# Made by a tool, or no code: folded, and the longest not shown at all.
FOLDED = re.compile(
    r"README\.md|requirements\w*\.txt|.*\.(json|tsv|ipynb|png)|monitoring/german\.txt"
)
NOT_SHOWN = (".tsv", ".ipynb", ".png")
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

Line = list[tuple[str, str]]  # pieces of text, each with Pygments' CSS class
Hunk = tuple[range, range]  # the lines that are removed, and those that are added


@cache
def colour(path: Path | None) -> list[Line]:
    """The lines of a file, in the colours of its language."""
    if path is None or path.suffix in NOT_SHOWN:
        return []
    options = {"stripnl": False, "ensurenl": False}
    try:
        lexer = get_lexer_for_filename(path.name, **options)
    except ClassNotFound:
        lexer = TextLexer(**options)
    lines: list[Line] = [[]]
    for kind, value in lexer.get_tokens(path.read_text(encoding="utf-8")):
        css = next(STANDARD_TYPES[k] for k in reversed(kind.split()) if k in STANDARD_TYPES)
        first, *others = value.split("\n")
        lines[-1].append((css, first))
        lines += [[(css, other)] for other in others]
    return lines if any(text for _, text in lines[-1]) else lines[:-1]


def find_hunks(old: Path | None, new: Path | None) -> list[Hunk]:
    """The lines that differ, by Git, as in `make diff`."""
    files = [str(path or os.devnull) for path in (old, new)]
    printed = git("diff", "--no-index", "--unified=0", *files, check=False).stdout

    def lines(start: str, count: str | None) -> range:
        first = int(start) - (count != "0")  # an empty range is given by the line before it
        return range(first, first + int(count or 1))

    hunks = HUNK.finditer(printed.decode())
    return [(lines(hunk[1], hunk[2]), lines(hunk[3], hunk[4])) for hunk in hunks]


def find_marks(old: Line, new: Line) -> tuple[set[int], set[int]]:
    """The characters that differ between two lines, word by word; none if too much does."""
    words = [re.findall(r"\w+|\s+|.", "".join(text for _, text in line)) for line in (old, new)]
    matcher = difflib.SequenceMatcher(None, words[0], words[1], autojunk=False)
    marks: tuple[set[int], set[int]] = (set(), set())
    if matcher.ratio() > 0.5:
        for change, i1, i2, j1, j2 in matcher.get_opcodes():
            for side, (first, last) in enumerate([(i1, i2), (j1, j2)]):
                start, end = (len("".join(words[side][:end])) for end in (first, last))
                marks[side].update(range(start, end) if change != "equal" else ())
    return marks


def show_line(line: Line, marks: set[int]) -> str:
    characters = [(css, char) for css, text in line for char in text]
    html = ""
    for (css, marked), group in itertools.groupby(
        enumerate(characters), key=lambda item: (item[1][0], item[0] in marks)
    ):
        text = escape("".join(char for _, (_, char) in group))
        tag = "mark" if marked else "span"
        html += f'<{tag} class="{css}">{text}</{tag}>' if css or marked else text
    return html


def show_side(lines: list[Line], number: int | None, kind: str, marks: set[int]) -> str:
    if number is None:
        return '<td class="none" colspan="2"></td>'
    code = show_line(lines[number], marks)
    place = f'<td class="number {kind}" data-n="{number + 1}"></td>'
    return f'{place}<td class="code {kind}">{code}</td>'


def show_rows(old: list[Line], new: list[Line], hunk: Hunk, change: bool) -> str:
    rows = ""
    for i, j in itertools.zip_longest(*hunk):
        marks = find_marks(old[i], new[j]) if change and None not in (i, j) else (set(), set())
        left = show_side(old, i, "removed" if change else "", marks[0]) if old else ""
        right = show_side(new, j, "added" if change else "", marks[1]) if new else ""
        rows += f"<tr>{left}{right}</tr>\n"
    return f'<tbody class="{"change" if change else "same"}">{rows}</tbody>\n' if rows else ""


def show_file(old: list[Line], new: list[Line], hunks: list[Hunk]) -> str:
    """Two columns, or one where all is new; far from a change, the lines are folded away."""
    html, i, j = "<table>", 0, 0
    for removed, added in [*hunks, (range(len(old), len(old)), range(len(new), len(new)))]:
        head = i + (CONTEXT if i or j else 0)
        tail = removed.start - (CONTEXT if removed or added else 0)
        cuts = [i, head, tail, removed.start] if tail > head + 1 else [i, removed.start]
        for part, (start, end) in enumerate(itertools.pairwise(cuts)):
            same = (range(start, end), range(start + j - i, end + j - i))
            rows = show_rows(old, new, same, change=False)
            if part == 1:
                fold = f"<summary>{end - start} unchanged lines</summary>"
                rows = f"</table><details>{fold}<table>{rows}</table></details><table>"
            html += rows
        html += show_rows(old, new, (removed, added), change=True)
        i, j = removed.stop, added.stop
    return (html + "</table>").replace("<table></table>", "")


@dataclass
class Change:
    """What a step does to a file; `html` shows it."""

    name: str
    kind: str
    reason: str
    added: int
    removed: int
    html: str
    folded: bool


def show_changes(before: Path | None, step: Path) -> list[Change]:
    """The changes of a step, that of its README last."""
    kinds = find_changes(before, step)
    kinds |= {"README.md": "changed"} if before else {}
    reasons, shown = read_table(step / "README.md", "why"), []
    for name, kind in sorted(kinds.items(), key=lambda item: (item[0] == "README.md", item)):
        old = before / name if before and kind != "added" else None
        new = step / name if kind != "removed" else None
        hunks = find_hunks(old, new)
        added, removed = (sum(len(hunk[side]) for hunk in hunks) for side in (1, 0))
        if name.endswith(".png"):
            html = f'<img src="{name}" alt="{name}">'
        elif name.endswith(NOT_SHOWN):
            html = f"<p>{added:,} lines, which are not shown.</p>"
        else:
            html = show_file(colour(old), colour(new), hunks)
        reason = MarkdownIt().renderInline(reasons.get(find_row(name, reasons), ""))
        folded = FOLDED.fullmatch(name) is not None
        shown.append(Change(name, kind, reason, added, removed, html, folded))
    return shown
