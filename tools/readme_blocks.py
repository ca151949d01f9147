"""The fenced blocks and the sections of a README."""

import re
from dataclasses import dataclass

DIRECTIVE = re.compile(r"<!-- (\w+): (.+) -->")
HEADING = re.compile(r"(#+) (.+)")
EXCERPT = re.compile(r"# \S+\.\w+\n")  # the first line names the file, as in `# data.py`


@dataclass
class Block:
    """A fenced block: the line numbers of its fences, its language, its text and its directives.

    A directive is a comment above the block, such as `<!-- exit: 1 -->`.
    """

    start: int
    end: int
    language: str
    text: str
    directives: dict[str, str]

    @property
    def is_excerpt(self) -> bool:
        """Return whether the block quotes a file."""
        return self.language in ("python", "yaml") and bool(EXCERPT.match(self.text))

    @property
    def is_executable(self) -> bool:
        """Return whether the block is executed, as a command or as the check of an exercise."""
        return self.language in ("bash", "python") and not self.is_excerpt

    @property
    def command(self) -> str:
        """Return the command with which bash executes the block."""
        if self.language == "python":
            return f"python - <<'END_OF_PYTHON'\n{self.text}\nEND_OF_PYTHON"
        return self.text

    @property
    def first_line(self) -> str:
        """Return the first line of the block's text."""
        return self.text.partition("\n")[0]


def find_blocks(lines: list[str]) -> list[Block]:
    """Return the fenced blocks of a README, each with the directives right above it."""
    blocks: list[Block] = []
    start: int | None = None
    directives: dict[str, str] = {}
    for number, line in enumerate(lines):
        if start is None and line.startswith("```"):
            start = number
        elif start is not None and line.rstrip() == "```":
            text = "\n".join(lines[start + 1 : number])
            language = lines[start].strip("` \n")
            blocks.append(Block(start, number, language, text, directives))
            start, directives = None, {}
        elif start is None and (match := DIRECTIVE.match(line)):
            directives[match[1]] = match[2]
        elif start is None and line.strip():
            directives = {}
    return blocks


def find_output(blocks: list[Block], index: int, lines: list[str]) -> Block | None:
    """Return the ```text block with the output of the block at an index, or None without one.

    Nothing but blank lines may be between the two blocks.
    """
    if index + 1 == len(blocks) or blocks[index + 1].language != "text":
        return None
    following = blocks[index + 1]
    between = lines[blocks[index].end + 1 : following.start]
    return None if any(line.strip() for line in between) else following


def find_section(lines: list[str], heading: str | None) -> range:
    """Return the line numbers of the section under a heading, or of all lines without a heading.

    A section ends before the next heading of the same or a higher level. Raises LookupError, with a
    list of the README's headings, if there is no such heading.
    """
    if heading is None:
        return range(len(lines))
    headings = find_headings(lines)
    for number, level, text in headings:
        if text == heading.lstrip("#").strip():
            ends = [end for end, other, _ in headings if end > number and other <= level]
            return range(number, min(ends, default=len(lines)))
    names = "\n".join(f"  {text}" for _, _, text in headings)
    raise LookupError(f'there is no heading "{heading}". The headings are:\n{names}')


def find_headings(lines: list[str]) -> list[tuple[int, int, str]]:
    """Return the line number, the level and the text of each heading outside of the blocks."""
    fenced = {n for block in find_blocks(lines) for n in range(block.start, block.end)}
    matches = [(number, HEADING.match(line)) for number, line in enumerate(lines)]
    return [(n, len(match[1]), match[2]) for n, match in matches if match and n not in fenced]


def choose_blocks(blocks: list[Block], section: range) -> list[Block]:
    """Return the blocks of a section, and before them the earlier blocks that it needs."""
    return [
        block
        for block in blocks
        if block.start in section
        or (block.start < section.start and block.directives.keys() & {"setup", "makes"})
    ]
