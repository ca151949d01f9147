"""Convert the default model before any training: for mechanics, size and speed, not quality."""

from pathlib import Path

import torch

from convert_model_to_onnx import export, quantize, save_tokenizer
from inference import ColaPredictor
from model import DEFAULT_MODEL, ColaModel

torch.manual_seed(0)
model = ColaModel(DEFAULT_MODEL)
content = {"hyper_parameters": dict(model.hparams), "state_dict": model.state_dict()}
checkpoint, folder = Path("models/best.ckpt"), Path("models/onnx")
folder.mkdir(parents=True)
torch.save(content | {"pytorch-lightning_version": "2.6.6"}, checkpoint)
predictor = ColaPredictor(checkpoint)
export(predictor, folder / "model.onnx")
quantize(folder / "model.onnx", folder / "model.int8.onnx")
save_tokenizer(predictor, folder / "tokenizer.json")
(folder.parent / "monitoring").mkdir()
(folder.parent / "monitoring/vocabulary.txt").write_text("a\nbench\nboy\nis\non\nsitting\nthe\n")
checkpoint.unlink()
