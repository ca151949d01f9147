"""A headless browser that sends no requests to other machines."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome, or None if both are missing."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Run Chromium or Chrome, which must be there, until the end of the `with` block."""
    rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu", rules]
        )
        yield browser
        browser.close()
