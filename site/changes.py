"""The changes of a step as HTML: each file side by side, in colours, with the README's reason."""

import difflib
import itertools
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from readme_blocks import find_blocks, find_section
from steps import TABLE_HEADING, find_changes, find_row, git, read_table

CONTEXT = 3  # unchanged lines that are shown before and after a change
# Files that a tool has made, or that are no code, are folded; the longest are not shown at all.
FOLDED = re.compile(
    r"README\.md|requirements(/\w+)?\.txt|.*\.(json|tsv|ipynb)|monitoring/german\.txt"
)
NOT_SHOWN = (".tsv", ".ipynb")
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)

Line = list[tuple[str, str]]  # pieces of text, each with Pygments' CSS class
Hunk = tuple[range, range]  # the lines that are removed, and those that are added


@cache
def highlight(path: Path | None) -> list[Line]:
    """Return the lines of a file, highlighted; none for a file that is missing or not shown."""
    if path is None or path.suffix in NOT_SHOWN:
        return []
    options = {"stripnl": False, "ensurenl": False}
    try:
        lexer = get_lexer_for_filename(path.name, **options)
    except ClassNotFound:
        lexer = TextLexer(**options)
    lines: list[Line] = [[]]
    for token_type, value in lexer.get_tokens(path.read_text(encoding="utf-8")):
        types = reversed(token_type.split())
        css = next(STANDARD_TYPES[name] for name in types if name in STANDARD_TYPES)
        first, *others = value.split("\n")
        lines[-1].append((css, first))
        lines += [[(css, other)] for other in others]
    return lines if any(text for _, text in lines[-1]) else lines[:-1]


def find_hunks(old: Path | None, new: Path | None) -> list[Hunk]:
    """Return the hunks of lines that differ between two files, as Git finds them for `make diff`.

    A file that doesn't exist in one of the steps is None.
    """
    files = [str(path or os.devnull) for path in (old, new)]
    printed = git("diff", "--no-index", "--unified=0", *files, check=False).stdout

    def make_range(start: str, count: str | None) -> range:
        first = int(start) - (count != "0")  # for an empty range, Git gives the line before it
        return range(first, first + int(count or 1))

    hunks = HUNK.finditer(printed.decode())
    return [(make_range(hunk[1], hunk[2]), make_range(hunk[3], hunk[4])) for hunk in hunks]


def find_changed_characters(old: Line, new: Line) -> tuple[set[int], set[int]]:
    """Return the positions of the characters that differ between two lines, in each of them.

    The lines are compared word by word. If less than half is equal, both sets are empty.
    """
    words = [re.findall(r"\w+|\s+|.", "".join(text for _, text in line)) for line in (old, new)]
    matcher = difflib.SequenceMatcher(None, words[0], words[1], autojunk=False)
    marks: tuple[set[int], set[int]] = (set(), set())
    if matcher.ratio() > 0.5:
        for change, i1, i2, j1, j2 in matcher.get_opcodes():
            for side, (first, last) in enumerate([(i1, i2), (j1, j2)]):
                start, end = (len("".join(words[side][:end])) for end in (first, last))
                marks[side].update(range(start, end) if change != "equal" else ())
    return marks


def render_line(line: Line, marks: set[int]) -> str:
    """Return a line as HTML, with the characters at some positions marked."""
    characters = [(css, char) for css, text in line for char in text]
    html = ""
    for (css, marked), group in itertools.groupby(
        enumerate(characters), key=lambda item: (item[1][0], item[0] in marks)
    ):
        text = escape("".join(char for _, (_, char) in group))
        tag = "mark" if marked else "span"
        html += f'<{tag} class="{css}">{text}</{tag}>' if css or marked else text
    return html


def render_side(lines: list[Line], number: int | None, css: str, marks: set[int]) -> str:
    """Return the two cells of a line: its number and its code; empty ones if the number is None."""
    if number is None:
        return '<td class="none" colspan="2"></td>'
    code = render_line(lines[number], marks)
    number_cell = f'<td class="number {css}" data-n="{number + 1}"></td>'
    return f'{number_cell}<td class="code {css}">{code}</td>'


def render_rows(old: list[Line], new: list[Line], hunk: Hunk, change: bool) -> str:
    """Return the rows of a hunk, which has changed lines, or lines that are equal on both sides."""
    rows = ""
    for i, j in itertools.zip_longest(*hunk):
        marks: tuple[set[int], set[int]] = (set(), set())
        if change and None not in (i, j):
            marks = find_changed_characters(old[i], new[j])
        left = render_side(old, i, "removed" if change else "", marks[0]) if old else ""
        right = render_side(new, j, "added" if change else "", marks[1]) if new else ""
        rows += f"<tr>{left}{right}</tr>\n"
    return f'<tbody class="{"change" if change else "same"}">{rows}</tbody>\n' if rows else ""


def render_file(old: list[Line], new: list[Line], hunks: list[Hunk]) -> str:
    """Return the tables of a file, with a column for each side, or one if a side has no lines.

    Unchanged lines that are more than CONTEXT lines away from a change are folded.
    """
    html, i, j = "<table>", 0, 0
    for removed, added in [*hunks, (range(len(old), len(old)), range(len(new), len(new)))]:
        head = i + (CONTEXT if i or j else 0)
        tail = removed.start - (CONTEXT if removed or added else 0)
        cuts = [i, head, tail, removed.start] if tail > head + 1 else [i, removed.start]
        for part, (start, end) in enumerate(itertools.pairwise(cuts)):
            same = (range(start, end), range(start + j - i, end + j - i))
            rows = render_rows(old, new, same, change=False)
            if part == 1:
                fold = f"<summary>{end - start} unchanged lines</summary>"
                rows = f"</table><details>{fold}<table>{rows}</table></details><table>"
            html += rows
        html += render_rows(old, new, (removed, added), change=True)
        i, j = removed.stop, added.stop
    return (html + "</table>").replace("<table></table>", "")


@dataclass
class Change:
    """The change of a file in a step.

    action is "added", "changed" or "removed". reason and html are HTML: the reason that the README
    gives, and the changed lines. added and removed are numbers of lines.
    """

    name: str
    action: str
    reason: str
    added: int
    removed: int
    html: str
    folded: bool


def read_change(step: Path) -> list[str]:
    """Return the lines of a README's section "Read the change", without the table at its end.

    The list is empty if the README has no such section.
    """
    lines = (step / "README.md").read_text(encoding="utf-8").splitlines()
    try:
        section = find_section(lines, "Read the change")
    except LookupError:
        return []
    text = "\n".join(lines[section.start : section.stop])
    return TABLE_HEADING.split(text)[0].splitlines()


def quote_hunks(step: Path) -> list[tuple[str, str]]:
    """Return the hunks that a README explains: the name of the file, and the lines of the diff."""
    blocks = [block for block in find_blocks(read_change(step)) if block.language == "diff"]
    return [(block.first_line.strip("@ "), block.text.partition("\n")[2]) for block in blocks]


def sort_in_reading_order(names: Iterable[str], step: Path) -> list[str]:
    """Sort files as the sentences of a README's section "Read the change" name them.

    A file that isn't named stands with the first one of its folder that is, or after all others.
    Files that are folded follow, the README last.
    """
    lines = read_change(step)
    hunks = [block for block in find_blocks(lines) if block.language == "diff"]
    quoted = {number for hunk in hunks for number in range(hunk.start, hunk.end + 1)}
    text = "\n".join(line for number, line in enumerate(lines) if number not in quoted)

    def find_position(name: str) -> tuple[bool, bool, int, str]:
        named = re.search(rf"(?<![\w/.]){re.escape(name)}", text)
        folder = f"{name.partition('/')[0]}/"
        position = named.start() if named else text.find(folder)
        folded = FOLDED.fullmatch(name) is not None
        return name == "README.md", folded, position if position >= 0 else len(text), name

    return sorted(names, key=find_position)


def show_changes(before: Path | None, step: Path) -> list[Change]:
    """Return the changes of a step in the order in which its README reads them."""
    changes = find_changes(before, step)
    changes |= {"README.md": "changed"} if before else {}
    reasons, shown = read_table(step / "README.md", "why"), []
    for name in sort_in_reading_order(changes, step):
        change = changes[name]
        old = before / name if before and change != "added" else None
        new = step / name if change != "removed" else None
        hunks = find_hunks(old, new)
        added, removed = (sum(len(hunk[side]) for hunk in hunks) for side in (1, 0))
        if name.endswith(NOT_SHOWN):
            html = f"<p>{added:,} lines, which are not shown.</p>"
        else:
            html = render_file(highlight(old), highlight(new), hunks)
        reason = MarkdownIt().renderInline(reasons.get(find_row(name, reasons), ""))
        folded = FOLDED.fullmatch(name) is not None
        shown.append(Change(name, change, reason, added, removed, html, folded))
    return shown
