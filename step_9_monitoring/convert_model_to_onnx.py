"""Convert the trained model to ONNX, in 32-bit floats and in 8-bit integers, and check both.

Nothing is written unless the converted models predict what the trained one predicts.
Run `python convert_model_to_onnx.py`, with output=FOLDER if train.py was run with it.
"""

import argparse
import json
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch.export import Dim

from checkpoints import load_checkpoint, replace_files
from cola import Splits
from data import DataModule
from errors import InputError, exit_on_input_error
from evaluate import calc_metrics
from inference import ColaPredictor
from inference_onnx import ColaONNXPredictor
from overrides import find_output

# isort: split
# After inference_onnx, which turns the telemetry of ONNX Runtime off.
from onnxruntime.quantization import QuantType, quantize_dynamic

MAX_LOGIT_DIFFERENCE = 1e-4
MAX_MCC_DIFFERENCE = 0.02

# The libraries' advice is for those who develop them.
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore", module="torch|copyreg")


def export(predictor: ColaPredictor, path: Path) -> None:
    """Write the model as an ONNX file that takes any number of sentences and of tokens."""
    # In PyTorch's faster attention the exporter finds checks that sentences don't need.
    predictor.model.encoder.set_attn_implementation("eager")
    input_ids = torch.ones((2, 9), dtype=torch.long)
    attention_mask = torch.ones_like(input_ids)
    shape = {0: Dim("sentences"), 1: Dim("tokens")}
    torch.onnx.export(
        predictor.model,
        (input_ids, attention_mask),
        path,
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes=(shape, shape),
        external_data=False,
        verbose=False,
    )
    predictor.model.encoder.set_attn_implementation("sdpa")
    # Prediction must know these two numbers, so they are kept in the same file as the weights.
    model = onnx.load(path)
    tokenizer = predictor.tokenizer
    onnx.helper.set_model_props(
        model,
        {
            "max_length": str(tokenizer.model_max_length),
            "pad_token_id": str(tokenizer.pad_token_id),
        },
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def save_tokenizer(predictor: ColaPredictor, path: Path) -> None:
    """Write the tokenizer as a file that the library tokenizers reads, without transformers."""
    tokenizer = predictor.tokenizer.backend_tokenizer
    # Batches are padded to their own longest sentence, and too long a sentence is refused.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(path))


def quantize(path: Path, quantized: Path) -> None:
    """Write a copy of the ONNX file at path whose matrices and embeddings are 8-bit integers."""
    graph = onnx.load(path).graph
    # layer_weights is a vector, and quantize_dynamic scales by the columns of a matrix.
    vectors = {weight.name for weight in graph.initializer if len(weight.dims) == 1}
    products = [node for node in graph.node if node.op_type == "MatMul"]
    quantize_dynamic(
        path,
        quantized,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=[node.name for node in products if vectors & set(node.input)],
    )


@torch.inference_mode()
def find_largest_difference(predictor: ColaPredictor, converted: ColaONNXPredictor) -> float:
    """Return the largest difference of a logit, over a grid of batch sizes and lengths."""
    generator = np.random.default_rng(0)
    differences = []
    for sentences in (1, 2, 8, 33):
        for tokens in (1, 9, 64, predictor.tokenizer.model_max_length):
            ids = generator.integers(len(predictor.tokenizer), size=(sentences, tokens))
            lengths = generator.integers(1, tokens, size=(sentences, 1), endpoint=True)
            mask = (np.arange(tokens) < lengths).astype(np.int64)
            expected = predictor.model(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
            [logits] = converted.session.run(None, {"input_ids": ids, "attention_mask": mask})
            differences.append(np.abs(logits - expected).max())
    return float(np.max(differences))  # not a number, if any of them is not


def check(predictor: ColaPredictor, folder: Path, splits: Splits) -> dict[str, Any]:
    """Print how far the converted models in a folder are from the trained one, and return it.

    Raises InputError when they are too far.
    """
    fp32 = ColaONNXPredictor(folder / "model.onnx")
    int8 = ColaONNXPredictor(folder / "model.int8.onnx")
    difference = find_largest_difference(predictor, fp32)
    print(f"Largest difference of a logit between PyTorch and fp32: {difference:.1e}")
    dev = splits.all_dev
    sentences = [example.sentence for example in dev]
    mcc = {}
    for name, model in {"PyTorch": predictor, "fp32": fp32, "int8": int8}.items():
        mcc[name] = calc_metrics(dev, model.predict(sentences))["mcc"]
        print(f"MCC on {len(dev):,} dev sentences, {name}: {mcc[name]:.3f}")
    if not difference <= MAX_LOGIT_DIFFERENCE:
        raise InputError(
            f"A logit differs by more than {MAX_LOGIT_DIFFERENCE}: nothing was written."
        )
    if max(mcc.values()) - min(mcc.values()) > MAX_MCC_DIFFERENCE:
        raise InputError(f"MCC differs by more than {MAX_MCC_DIFFERENCE}: nothing was written.")
    return {"largest_logit_difference": difference, "mcc": mcc}


@exit_on_input_error()
def main() -> None:
    models = find_output()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()

    checkpoint, output = models / "best.ckpt", models / "onnx"
    predictor = ColaPredictor(checkpoint)
    splits = load_checkpoint(DataModule, checkpoint).splits
    with replace_files(output) as folder:
        print("Exporting ...")
        export(predictor, folder / "model.onnx")
        save_tokenizer(predictor, folder / "tokenizer.json")
        print("Quantizing ...")
        quantize(folder / "model.onnx", folder / "model.int8.onnx")
        print("Checking ...")
        result = check(predictor, folder, splits)
        text = json.dumps(result, indent=2) + "\n"
        (folder / "metrics.json").write_text(text, encoding="utf-8")
    for path in sorted(output.iterdir()):
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
