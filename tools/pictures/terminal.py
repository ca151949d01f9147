#!/usr/bin/env python3
"""Make a picture of a program that runs in a terminal, for a README.

    python tools/pictures/terminal.py run.png "wandb leet models/wandb" h Escape --size 150x42

The program runs in tmux. The keys are sent one after the other, by the names that tmux gives them.
Then the screen is drawn by rich and Chromium. tmux and Chromium must be installed.
"""

import argparse
import io
import re
import subprocess
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

SESSION = "picture"
WAIT = 2.0  # seconds after each key
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]


def tmux(*arguments: str) -> str:
    """Run tmux on a server of its own, and return what it prints."""
    command = ["tmux", "-L", SESSION, "-f", "/dev/null", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def capture_screen(command: str, keys: list[str], width: int, height: int) -> str:
    """Return the screen of a program after these keys, with ANSI escape codes for the colors."""
    tmux("new-session", "-d", "-s", SESSION, "-x", str(width), "-y", str(height), command)
    try:
        time.sleep(3 * WAIT)
        for key in keys:
            tmux("send-keys", "-t", SESSION, key)
            time.sleep(WAIT)
        return tmux("capture-pane", "-t", SESSION, "-p", "-e")
    finally:
        tmux("kill-server")


def draw(screen: str, width: int, path: Path) -> None:
    """Draw a screen into a PNG file."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen.rstrip()), no_wrap=True, crop=True)
    svg = console.export_svg(title="")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # no fonts from the network
    svg = svg.replace("Fira Code", "DejaVu Sans Mono")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "screen.svg")
        page.write_text(svg, encoding="utf-8")
        size = f"--window-size={round(float(box[1]))},{round(float(box[2]))}"
        arguments = [size, "--hide-scrollbars", f"--screenshot={path.resolve()}", page.as_uri()]
        subprocess.run([*CHROMIUM, *arguments], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path, help="PNG file to write")
    parser.add_argument("command", help="program to run")
    parser.add_argument("keys", nargs="*", help="keys to send, as tmux names them")
    parser.add_argument("--size", default="120x36", help="columns and rows of the terminal")
    arguments = parser.parse_args()

    width, height = map(int, arguments.size.split("x"))
    screen = capture_screen(arguments.command, arguments.keys, width, height)
    draw(screen, width, arguments.picture)


if __name__ == "__main__":
    main()
