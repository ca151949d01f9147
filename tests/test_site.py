"""The course's site, built once and opened from the disk, in a browser."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from steps import find_changes, find_row, read_table
from support.steps import PROGRAMS, ROOT, STEPS

PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory):
    """The folder of the site's pages."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "site/build.py", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout == f"{folder}/html/index.html\n"
    assert not result.stderr
    return folder / "html"


@pytest.fixture
def page(browser):
    """A page of a phone's size, whose `problems` lists its requests to servers and its errors."""
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.problems = []
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:")) or page.problems.append(request.url)
            ),
        )
        page.on("requestfailed", lambda request: page.problems.append(request.url))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        yield page


def is_wider_than_screen(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


# The targets of all links of a page, images and scripts included, and the ids that links can have
READ_LINKS = """[...document.querySelectorAll("[href], [src]")].map(element =>
  new URL(element.getAttribute("href") ?? element.getAttribute("src"), document.baseURI).href)"""
READ_IDS = "[...document.querySelectorAll('[id]')].map(element => element.id)"


def test_each_page_is_whole_offline_and_fits_a_phone(site, page):
    links: dict[str, set[str]] = {}
    ids: dict[str, set[str]] = {}
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        links[path.as_uri()] = set(page.evaluate(READ_LINKS))
        ids[path.as_uri()] = set(page.evaluate(READ_IDS))
        assert not is_wider_than_screen(page), path
    assert page.problems == []
    assert len(links) > 2 * len(STEPS)
    for source, targets in links.items():
        for target in targets:
            parts = urlsplit(target)
            if parts.scheme != "file":
                continue
            file = Path(unquote(parts.path))
            assert file.is_file(), (source, target)
            if parts.fragment and file.suffix == ".html":
                assert unquote(parts.fragment) in ids[file.as_uri()], (source, target)


def test_there_is_a_page_for_each_readme(site, page):
    for step in STEPS.values():
        page.goto((site / step.name / "README.html").as_uri())
        title = (step / "README.md").read_text().partition("\n")[0].removeprefix("# ")
        assert page.title().startswith(title.replace("'", "’"))
        assert page.locator("figure.mermaid svg").first.is_visible()
        assert "<!--" not in page.inner_text("body")


@pytest.mark.parametrize("number", sorted(STEPS)[1:])
def test_a_page_of_changes_shows_what_the_folders_show(site, page, number):
    before, step = STEPS[number - 1], STEPS[number]
    page.goto((site / step.name / "changes.html").as_uri())
    shown = {
        file["name"]: file for file in page.evaluate((PROGRAMS / "read_changes.js").read_text())
    }
    changes = find_changes(before, step)
    reasons = read_table(step / "README.md", "why")
    assert shown.keys() == changes.keys() | {"README.md"}
    for name, change in changes.items():
        file = shown[name]
        assert file["reason"] == reasons[find_row(name, reasons)].replace("`", "")
        assert change in file["summary"]
        old = before / name if change != "added" else Path("/dev/null")
        new = step / name if change != "removed" else Path("/dev/null")
        command = ["git", "diff", "--no-index", "--numstat", str(old), str(new)]
        numbers = subprocess.run(
            command, capture_output=True, text=True, check=False
        ).stdout.split()
        assert [str(file["added"]), str(file["removed"])] == numbers[:2], name
        assert f"+{numbers[0]} −{numbers[1]}" in file["summary"]
        assert file["old"] == old.read_text().splitlines(), name
        assert file["new"] == new.read_text().splitlines(), name


def test_the_changes_come_in_the_order_in_which_the_readme_reads_them(site, page):
    page.goto((site / STEPS[2].name / "changes.html").as_uri())
    names = page.evaluate("[...document.querySelectorAll('details.file')].map(file => file.id)")
    folded = page.evaluate(
        "[...document.querySelectorAll('details.file:not([open])')].map(file => file.id)"
    )
    assert folded == ["requirements.txt", "README.md", "unchanged"]
    assert names[-3:] == folded
    assert names[0] == "configs/config.yaml"
    named = ["configs/model/minilm.yaml", "train.py", "overrides.py", "evaluate.py"]
    assert sorted(named, key=names.index) == named
    assert names.index("requirements.in") == len(names) - 4  # the README doesn't name it

    readme = (STEPS[2] / "README.md").read_text(encoding="utf-8")
    hunks = re.findall(r"```diff\n@@ \S+ @@\n(.+?)```", readme, re.DOTALL)
    assert len(hunks) > 2
    assert page.locator(".highlight-diff pre").all_text_contents() == hunks


def test_two_columns_become_one_on_a_phone(site, page):
    page.goto((site / STEPS[2].name / "changes.html").as_uri())
    row = page.locator('[id="train.py"] tbody.change tr:has(.removed):has(.added)').first
    removed, added = row.locator(".code.removed"), row.locator(".code.added")

    def are_side_by_side() -> bool:
        left, right = removed.bounding_box(), added.bounding_box()
        assert left and right
        return left["x"] + left["width"] <= right["x"]

    assert not are_side_by_side()
    page.set_viewport_size(DESKTOP)
    assert are_side_by_side()
    assert not is_wider_than_screen(page)


def test_search_finds_a_page(site, page):
    page.goto((site / "search.html").as_uri() + "?q=canary")
    result = page.locator("#search-results li a", has_text="Step 8").first
    result.click()
    assert "step_8" in page.url
    assert page.problems == []


def test_dark_is_dark(site, page):
    def brightness() -> int:
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(number) for number in color.strip("rgb()").split(","))

    page.emulate_media(color_scheme="light")
    page.goto((site / "index.html").as_uri())
    light = brightness()
    page.emulate_media(color_scheme="dark")
    assert brightness() < 150 < 600 < light


def test_the_terminal_plays_what_the_readmes_print(site, page):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("button", name="Step 9").click()
    command = "python -m monitoring.drift_report --week 2026-03-09"
    page.get_by_text("Drift in the week from").wait_for(timeout=15_000)
    assert page.locator("kbd:visible").last.text_content() == command
    assert page.locator(".terminal figure:visible").count() == 1


def test_the_terminal_is_all_there_for_whoever_wants_no_motion(site, page):
    page.emulate_media(reduced_motion="reduce")
    page.goto((site / "index.html").as_uri())
    scenes = page.locator(".terminal figure:visible")
    assert scenes.count() == 4
    for number, text in ((0, '"score": '), (1, "PyTorch"), (2, '"score":'), (3, "Drift in")):
        assert text in scenes.nth(number).locator("samp").inner_text()
