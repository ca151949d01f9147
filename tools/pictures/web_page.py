#!/usr/bin/env python3
"""Make a picture of a web page that a program on this machine serves, for a README.

    python tools/pictures/web_page.py PICTURE PROGRAM URL [--click TEXT] [--clip X,Y,WIDTH,HEIGHT]

The program is started, the page is opened in Chromium, and the text is clicked. The picture shows
the window, or the rectangle --clip of it. These commands made the pictures of the course, the first
in a folder with tiny.onnx of step 4 (with a font for Japanese, which has the brackets of netron),
the second after a training of step 0:

    python web_page.py graph.png "uvx netron@9.3.3 --port 8199 tiny.onnx" http://127.0.0.1:8199 \\
        --click Accept --clip 310,95,140,372 --scale 2
    python web_page.py tensorboard.png "tensorboard --logdir models --port 8199" \\
        "http://127.0.0.1:8199/?tagFilter=train%2Floss%7Cval%2Fmcc&smoothing=0#timeseries" \\
        --click "Settings" --window 1000x540
"""

import argparse
import shlex
import shutil
import subprocess
import time
from pathlib import Path

from playwright.sync_api import FloatRect, sync_playwright

START, DRAW = 8, 4  # seconds until the program serves, and until the page is drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path, help="PNG file to write")
    parser.add_argument("program", help="command that serves the page")
    parser.add_argument("url", help="address of the page")
    parser.add_argument("--click", help="text to click before the picture is made")
    parser.add_argument("--clip", help="rectangle of the window, in pixels of the page")
    parser.add_argument("--window", default="760x560", help="width and height of the window")
    parser.add_argument("--scale", type=int, default=1, help="pixels of the picture for each one")
    args = parser.parse_args()

    with subprocess.Popen(shlex.split(args.program)) as program:
        time.sleep(START)
        try:
            draw(args)
        finally:
            program.terminate()


def draw(args: argparse.Namespace) -> None:
    """Open the page in Chromium, and write the picture."""
    width, height = map(int, args.window.split("x"))
    clip: FloatRect | None = None
    if args.clip:
        x, y, clip_width, clip_height = map(int, args.clip.split(","))
        clip = {"x": x, "y": y, "width": clip_width, "height": clip_height}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=args.scale
        )
        page.goto(args.url)
        if args.click:
            page.get_by_text(args.click).first.click()
        page.wait_for_timeout(DRAW * 1000)
        page.screenshot(path=args.picture, clip=clip)
        browser.close()


if __name__ == "__main__":
    main()
