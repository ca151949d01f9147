"""The folders that the benchmarks read and write, and the names of the models' files."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
STEP_0 = ROOT / "step_0_project_setup"
STEP_4 = ROOT / "step_4_onnx"
STEP_5 = ROOT / "step_5_docker"
STEP_8 = ROOT / "step_8_lambda"

RESULTS = HERE / "results"
README = ROOT / "README.md"
PAGE = HERE / "README.md"
CHART = HERE / "chart.svg"

FP32_MODEL = "model.onnx"
INT8_MODEL = "model.int8.onnx"
