#!/usr/bin/env python3
"""Build the course's site from the repository's READMEs: python site/build.py [FOLDER]

Each README becomes a page at the same path as in the repository, so that its links stay right.
Beside it, each step has a page with its changes.
"""

import re
import shutil
import sys
from pathlib import Path

import mermaidx
from jinja2 import Template
from markdown_it import MarkdownIt
from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
from changes import quote_hunks, show_changes  # noqa: E402
from readme import find_blocks, find_output  # noqa: E402
from steps import TABLE_HEADING, find_steps, list_code, list_files  # noqa: E402

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    "corpus/README.md",
    "corpus/PARADIGMS.md",
]
MERMAID = re.compile(r"```mermaid\n(.*?)\n```", re.DOTALL)
# The position of a group's title, which is moved from the group's middle to its left side, where no
# arrow crosses it
GROUP_TITLE = re.compile(
    r'( x="([\d.]+)"[^>]*/><g class="cluster-label" transform="translate\()[\d.]+'
)
LINK = re.compile(r"\]\(([^)#:]+)\)")
STEP_ROW = re.compile(
    r"^\| \[(\d) (.+?)\]\((.+?)README\.md\) \| (.+?) \| (.+?) \| \d+ \|$", re.MULTILINE
)
MAX_WIDTH = 900  # of a diagram in pixels, so that it can be read in a column of text
# What the first page's terminal plays: a step, a title, and how the command in its README begins
SCENES = [
    (0, "ask the model that you trained", "python inference.py"),
    (4, "compare PyTorch with ONNX", "python compare.py"),
    (5, "ask the service in its container", "curl --silent --get"),
    (9, "a week of typos reaches the service", "python -m monitoring.simulate_traffic typos"),
]


def render_template(template: str, **values: object) -> str:
    """Return a Jinja template of this folder, filled in with the values."""
    return Template((ROOT / "site" / template).read_text(encoding="utf-8")).render(values) + "\n"


def draw_diagram(match: re.Match[str]) -> str:
    """Return the SVG of a match of MERMAID, as a block of raw HTML.

    The diagram is drawn from top to bottom, or from left to right if it would be too wide.
    """
    options = {"config": {"flowchart": {"wrappingWidth": 400}}}
    for source in (match[1].replace("flowchart LR", "flowchart TB"), match[1]):
        svg = mermaidx.render(source, **options).svg()
        width = float(svg.partition("max-width: ")[2].partition("px")[0])
        if width <= MAX_WIDTH:
            break
    svg = re.sub(
        r"<style>.*?</style>", "", svg, flags=re.DOTALL
    )  # site.css has the styles, light and dark
    svg = GROUP_TITLE.sub(r"\1\2", svg)
    figure = f'<figure class="mermaid" style="--width: {width}px">{svg}</figure>'
    return f"```{{raw}} html\n{figure}\n```"


def find_command(number: int, beginning: str) -> tuple[str, str]:
    """Return the command of a step's README that begins with a text, and the output below it.

    Raises ValueError if the README has no such command with an output.
    """
    lines = (find_steps()[number] / "README.md").read_text(encoding="utf-8").splitlines()
    blocks = find_blocks(lines)
    for index, block in enumerate(blocks):
        output = find_output(blocks, index, lines)
        if output and block.language == "bash" and block.text.startswith(beginning):
            return block.text, output.text
    raise ValueError(f"The README of step {number} has no command {beginning!r} with its output.")


def make_landing_page() -> str:
    """Return the first page, which takes its texts from the repository's README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = STEP_ROW.findall(readme)
    assert len(rows) == len(find_steps()), "the README's table of steps has another form"
    return render_template(
        "index.md.jinja",
        lead="\n\n".join(readme.split("\n\n")[:2]),
        scenes=[(number, title, *find_command(number, start)) for number, title, start in SCENES],
        commands="\n\n".join(readme.partition("## Two commands\n\n")[2].split("\n\n")[:2]),
        rows=rows,
        steps=find_steps(),
        inline=MarkdownIt().renderInline,
    )


def list_other_pages(step: Path) -> list[str]:
    """Return the names of a lesson's pages beside its README, in the order of the links to them."""
    readme = (step / "README.md").read_text(encoding="utf-8")
    names = [name for name in list_files(step) - {"README.md"} if name.endswith(".md")]
    return sorted(names, key=lambda name: (readme.find(f"]({name}"), name))


def make_step_page(step: Path) -> str:
    """Return a step's README, with a link to the page of its changes."""
    text = (step / "README.md").read_text(encoding="utf-8")
    link = "[Every changed line, side by side](changes.md)"
    text = TABLE_HEADING.sub(lambda heading: f"{heading[0]}\n{link}\n", text)
    others = "\n".join(name.removesuffix(".md") for name in list_other_pages(step))
    return f"{text}\n```{{toctree}}\n:hidden:\nchanges\n{others}\n```\n"


def make_changes_page(steps: list[Path], number: int) -> str:
    """Return the page that shows what a step changes in the step before."""
    before, step = steps[number - 1] if number else None, steps[number]
    changes = show_changes(before, step)
    shown = {change.name for change in changes}
    same = sorted(list_code(step) - shown)
    return render_template(
        "changes.md.jinja",
        number=number,
        steps=steps,
        hunks=quote_hunks(step),
        changes=changes,
        same=same,
    )


def write_pages(source: Path) -> None:
    """Write the pages, and copy the files that they link to, into a folder for Sphinx."""
    steps = find_steps()
    pages = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAGES}
    pages["corpus/PARADIGMS.md"] = f"# The corpus's paradigms\n\n{pages['corpus/PARADIGMS.md']}"
    pages["index.md"] = make_landing_page()
    for number, step in enumerate(steps):
        pages[f"{step.name}/README.md"] = make_step_page(step)
        pages[f"{step.name}/changes.md"] = make_changes_page(steps, number)
        for name in list_other_pages(step):
            pages[f"{step.name}/{name}"] = (step / name).read_text(encoding="utf-8")
    for name, text in pages.items():
        page = source / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(MERMAID.sub(draw_diagram, text), encoding="utf-8")
        for link in LINK.findall(text):
            target = (ROOT / name).parent / link
            if link not in pages and target.is_file() and target.suffix != ".md":
                copy = page.parent / link
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(target, copy)


def main() -> int:
    """Build the site; return Sphinx's exit status."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site/_build")
    for name in ("source", "html"):
        shutil.rmtree(folder / name, ignore_errors=True)
    write_pages(folder / "source")
    options = ["-q", "-W", "--keep-going", "-c", str(ROOT / "site")]
    status = sphinx([*options, str(folder / "source"), str(folder / "html")])
    for step in find_steps():  # for images in HTML; Sphinx copies the images in Markdown
        if (step / "images").is_dir():
            shutil.copytree(step / "images", folder / "html" / step.name / "images")
    print(folder / "html/index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())
