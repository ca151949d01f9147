#!/usr/bin/env python3
"""Draw the plots of two DVC versions as one PNG: step_3_dvc/images/plots_diff.png is made so.

    uv run tools/pictures/dvc_plots.py FOLDER v1 v2 step_3_dvc/images/plots_diff.png

The folder is a DVC repository in which the commands of step_3_dvc/pipeline.md have been run, and
`dvc` is on PATH. `dvc plots diff` makes a web page that loads a drawing library from the network.
This program draws the same charts (Vega-Lite) without a browser and without a network.
"""

# /// script
# dependencies = ["vl-convert-python==1.9.0"]
# ///

import argparse
import json
import subprocess
from pathlib import Path

import vl_convert  # pyrefly: ignore[missing-import]


def read_charts(folder: Path, revisions: list[str]) -> list[dict]:
    """Return the Vega-Lite specification of each plot of a repository, the ROC curve first."""
    command = ["dvc", "plots", "diff", *revisions, "--json"]
    printed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    plots = json.loads(printed)["data"]
    return [plot["content"] for name in sorted(plots, reverse=True) for plot in plots[name]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("revisions", nargs=2, metavar="revision")
    parser.add_argument("picture", type=Path)
    args = parser.parse_args()
    charts = read_charts(args.folder, args.revisions)
    settings = [setting for chart in charts for setting in chart.pop("params", [])]
    for setting in settings:  # those that the page shows as a checkbox or a slider
        if setting["name"] == "showValues":
            setting["value"] = True
    picture = {"params": settings, "hconcat": charts}
    png = vl_convert.vegalite_to_png(picture, vl_version="5.21")
    args.picture.write_bytes(png)


if __name__ == "__main__":
    main()
