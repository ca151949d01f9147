#!/usr/bin/env python3
"""Check that the READMEs of the steps have the parts of a lesson: python tools/readme_anatomy.py

- The headings are those of HEADINGS, in this order.
- Each question links to the section that answers it, in at least three sentences.
- No more than eight lines of commands stand between two paragraphs of explanation.
- No command has an exclamation mark in double quotes, which a terminal would replace.
- A ```diff block quotes the diff to the step before, word for word. Its first line names the file,
  as in `@@ train.py @@`, and an explanation follows it. Every step but the first has at least two.
- Each exercise has a folded hint.
- A page has at most MAX_WORDS words outside of its code. The README links its step's other pages.
- The part "What you have now" links to the next step.
"""

import re
import sys
from pathlib import Path

from readme_blocks import find_blocks, find_headings, find_section
from steps import find_steps, git, list_files

HEADINGS = [
    "Where you are",
    "Questions this step answers",
    "The idea",
    "The smallest example",
    "Read the change",
    "Run it",
    "Going deeper",
    "On the real service",
    "Exercises",
    "What you have now",
    "Troubleshooting",
    "References",
]
# The steps whose READMEs are written in this form
WRITTEN = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
MAX_WORDS = 1_800  # of a page, outside of its blocks of code
MAX_COMMANDS = 8  # lines between two paragraphs of explanation
MIN_SENTENCES = 3  # of a section that answers a question
MIN_HUNKS = 2  # of a step with a step before it
QUESTION = re.compile(r"- \[(?P<question>.+)\]\((?P<page>[^)#]*)#(?P<anchor>[^)]+)\)")
HEREDOC = re.compile(r"(?<=<<'END').*?\nEND$", re.DOTALL | re.MULTILINE)  # a file's text
NOT_PROSE = re.compile(r"<|#|\||!\[|\s*$")  # HTML, headings, tables, pictures and blank lines


class Page:
    """A page of a step's lesson: its lines, its blocks and its sections."""

    def __init__(self, step: Path, name: str = "README.md"):
        self.step, self.name = step, name
        self.lines = (step / name).read_text(encoding="utf-8").splitlines()
        self.blocks = find_blocks(self.lines)
        self.headings = find_headings(self.lines)
        fenced = {n for block in self.blocks for n in range(block.start, block.end + 1)}
        # The lines of explanation, by their numbers
        self.prose = {
            number: line
            for number, line in enumerate(self.lines)
            if number not in fenced and not NOT_PROSE.match(line)
        }

    def get_section(self, heading: str) -> str:
        """Return the explanations of the section under a heading; empty if there is none."""
        try:
            section = find_section(self.lines, heading)
        except LookupError:
            return ""
        return "\n".join(self.prose[number] for number in section if number in self.prose)

    def describe(self, number: int) -> str:
        """Return where a line is: the page and the line's number, counted from 1."""
        return f"{self.step.name}/{self.name}, line {number + 1}"


def make_anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def check_headings(page: Page) -> list[str]:
    """Return a sentence if a README's headings aren't those of HEADINGS, in their order."""
    found = [text for _, level, text in page.headings if level == 2]
    if found == HEADINGS:
        return []
    return [f"{page.describe(0)}: its headings are {found}, and not {HEADINGS}."]


def check_questions(readme: Page, pages: dict[str, Page]) -> list[str]:
    """Return a sentence for each question whose link doesn't lead to an answer."""
    questions = list(QUESTION.finditer(readme.get_section("Questions this step answers")))
    problems = [] if questions else [f"{readme.describe(0)}: there is no question with a link."]
    for match in questions:
        page = pages.get(match["page"] or readme.name)
        headings = [text for _, _, text in page.headings] if page else []
        answers = [text for text in headings if make_anchor(text) == match["anchor"]]
        sentences = 0
        if page and answers:
            sentences = len(re.findall(r"[.!?:](?=\s|$)", page.get_section(answers[0])))
        if sentences < MIN_SENTENCES:
            where = f"{readme.step.name}/{readme.name}"
            problems.append(
                f"{where}: the link of the question {match['question']!r} leads to "
                f"{sentences} sentences; an answer has at least {MIN_SENTENCES}."
            )
    return problems


def check_commands(page: Page) -> list[str]:
    """Return a sentence for each place where too many commands follow each other."""
    problems, lines, end = [], 0, 0
    for block in page.blocks:
        if not block.is_executable or "exercise" in block.directives:
            continue
        explained = any(number in page.prose for number in range(end, block.start))
        commands = [line for line in HEREDOC.sub("", block.text).splitlines() if line.strip()]
        lines = len(commands) + (0 if explained else lines)
        if block.language == "bash" and lines > MAX_COMMANDS:
            problems.append(
                f"{page.describe(block.start)}: {lines} lines of commands without an explanation "
                f"between them; at most {MAX_COMMANDS}."
            )
        end = block.end
    return problems


def check_quotes(page: Page) -> list[str]:
    """Return a sentence for each command that an interactive shell would not run as it stands.

    bash and zsh replace an exclamation mark, and what follows it, by an earlier command, also
    inside double quotes.
    """
    problems = []
    for block in page.blocks:
        if block.language == "bash":
            text = re.sub(r"'[^']*'", "", HEREDOC.sub("", block.text))
            problems += [
                f"{page.describe(block.start)}: {quoted} has an exclamation mark in double quotes."
                for quoted in re.findall(r'"[^"]*"', text)
                if "!" in quoted
            ]
    return problems


def find_diff(before: Path, step: Path, name: str) -> list[str]:
    """Return all lines of a file with a space, a plus or a minus before them, as in a diff."""
    files = [
        str(folder / name) if (folder / name).is_file() else "/dev/null"
        for folder in (before, step)
    ]
    printed = git("diff", "--no-index", "--unified=100000", *files, check=False).stdout
    _, _, diff = printed.decode().partition("\n@@")
    return diff.splitlines()[1:]


def check_hunks(page: Page, before: Path) -> list[str]:
    """Return a sentence for each hunk that isn't in the diff, or that nothing explains."""
    problems = []
    for index, block in enumerate(page.blocks):
        if block.language != "diff":
            continue
        title = re.fullmatch(r"@@ (\S+) @@", block.first_line)
        lines = block.text.splitlines()[1:]
        diff = find_diff(before, page.step, title[1]) if title else []
        changed = any(line.startswith(("+", "-")) for line in lines)
        if not changed or not any(lines == diff[i : i + len(lines)] for i in range(len(diff))):
            problems.append(
                f"{page.describe(block.start)}: this isn't in the diff of a file, word for word; "
                "the first line names the file, as in `@@ train.py @@`."
            )
        following = (
            page.blocks[index + 1].start if index + 1 < len(page.blocks) else len(page.lines)
        )
        if not any(number in page.prose for number in range(block.end, following)):
            problems.append(f"{page.describe(block.start)}: no explanation follows the hunk.")
    return problems


def check_exercises(readme: Page) -> list[str]:
    """Return a sentence for each exercise that has no folded hint before its check."""
    section = find_section(readme.lines, "Exercises")
    problems, start = [], section.start
    for block in readme.blocks:
        if block.start in section and "exercise" in block.directives:
            if "<details>" not in "\n".join(readme.lines[start : block.start]):
                problems.append(f"{readme.describe(block.start)}: the exercise has no folded hint.")
            start = block.end
    return problems


def check_length(page: Page) -> list[str]:
    """Return a sentence if a page has more than MAX_WORDS words outside of its code."""
    words = sum(len(line.split()) for line in page.prose.values())
    if words <= MAX_WORDS:
        return []
    return [f"{page.step.name}/{page.name}: {words:,} words; at most {MAX_WORDS:,}."]


def check_lesson(step: Path, before: Path | None, following: Path | None) -> list[str]:
    """Return a sentence for each problem of a step's README and its other pages."""
    names = sorted(name for name in list_files(step) if name.endswith(".md"))
    pages = {name: Page(step, name) for name in names}
    readme = pages["README.md"]
    problems = check_headings(readme)
    if problems:
        return problems  # the other checks look for these sections
    problems += check_questions(readme, pages) + check_exercises(readme)
    hunks = 0
    for name, page in pages.items():
        problems += check_commands(page) + check_quotes(page) + check_length(page)
        if before:
            problems += check_hunks(page, before)
        hunks += sum(block.language == "diff" for block in page.blocks)
        if page is not readme and f"]({name}" not in "\n".join(readme.lines):
            problems.append(f"{step.name}/README.md: there is no link to the page {name}.")
    if before and hunks < MIN_HUNKS:
        problems.append(f"{step.name}: {hunks} hunks of the diff; at least {MIN_HUNKS}.")
    if following and f"](../{following.name}/" not in readme.get_section("What you have now"):
        problems.append(f"{step.name}/README.md: What you have now has no link to the next step.")
    return problems


def main() -> int:
    """Print the problems of all READMEs in WRITTEN; return 1 if there is any, else 0."""
    steps = find_steps()
    problems = []
    for number, step in enumerate(steps):
        if number in WRITTEN:
            before = steps[number - 1] if number else None
            following = steps[number + 1] if number + 1 < len(steps) else None
            problems += check_lesson(step, before, following)
    print("\n".join(problems) or f"{len(WRITTEN)} READMEs have the parts of a lesson.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
