"""The READMEs' quotations of code, without running their commands."""

import re

import pytest

from readme_blocks import find_blocks
from steps import list_files
from support.steps import STEPS

EXCERPTS = [
    (step, block)
    for step, folder in STEPS.items()
    for name in sorted(list_files(folder))
    if name.endswith(".md")
    for block in find_blocks((folder / name).read_text(encoding="utf-8").split("\n"))
    if block.is_excerpt
]


def test_the_excerpts_are_found():
    assert EXCERPTS


@pytest.mark.parametrize(
    ("step", "block"), EXCERPTS, ids=[f"{step}, line {block.start + 1}" for step, block in EXCERPTS]
)
def test_quoted_code_is_in_its_file_word_for_word(step, block):
    first, _, quoted = block.text.partition("\n")
    assert quoted in (STEPS[step] / first.removeprefix("# ")).read_text(encoding="utf-8")


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.name)
def test_a_step_has_the_pictures_that_its_pages_show_and_no_others(step):
    names = list_files(step)
    pages = [(step / name).read_text(encoding="utf-8") for name in names if name.endswith(".md")]
    shown = {name for page in pages for name in re.findall(r"\bimages/[\w.]+", page)}
    assert shown == {name for name in names if name.startswith("images/")}
