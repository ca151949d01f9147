"""What the benchmarks use of step 4; no other module imports from that step.

A process can import either this module or step_0, since the modules of both steps have the same
names.
"""

import os
import sys
from pathlib import Path

import torch

from paths import FP32_MODEL, INT8_MODEL, STEP_4

sys.path.insert(0, str(STEP_4))
from cola import read_splits
from convert_model_to_onnx import export, quantize, save_tokenizer
from inference import ColaPredictor
from inference_onnx import ColaONNXPredictor
from model import DEFAULT_MODEL, ColaModel, find_pretrained

__all__ = ["ColaONNXPredictor", "make_environment", "make_models", "read_splits"]


def make_models(folder: Path) -> None:
    """Write a model and its tokenizer into a folder, converted to ONNX in fp32 and in int8.

    The model is not trained, because training changes no time and no size.
    """
    model = ColaModel(DEFAULT_MODEL)
    checkpoint = folder / "best.ckpt"
    content = {"hyper_parameters": dict(model.hparams), "state_dict": model.state_dict()}
    torch.save(content | {"pytorch-lightning_version": "2.6.6"}, checkpoint)
    predictor = ColaPredictor(checkpoint)
    export(predictor, folder / FP32_MODEL)
    quantize(folder / FP32_MODEL, folder / INT8_MODEL)
    save_tokenizer(predictor, folder / "tokenizer.json")


def make_environment(models: Path) -> dict[str, str]:
    """Return the environment variables that tell the programs of both sides where the models are.

    models is a folder that make_models() wrote.
    """
    return os.environ | {
        "ONNX_MODEL": str(models / FP32_MODEL),  # of the usual path
        "PRETRAINED": find_pretrained(DEFAULT_MODEL),  # of the usual path, for its tokenizer
        "COLA_MODEL": str(models / INT8_MODEL),  # of this course
    }
