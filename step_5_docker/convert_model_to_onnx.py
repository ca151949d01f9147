"""Convert the trained model to ONNX, as it is and with 8-bit integers, and check both.

Nothing is written unless the converted models do what the trained one does.
"""

import argparse
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from hydra import compose, initialize
from torch.export import Dim

from data import read_splits
from errors import InputError, exit_on_input_error
from evaluate import measure
from inference import ColaPredictor
from inference_onnx import ColaONNXPredictor
from model_card import read_configuration

# isort: split
# After inference_onnx, which turns the telemetry of ONNX Runtime off.
from onnxruntime.quantization import QuantType, quantize_dynamic

MAX_LOGIT_DIFFERENCE = 1e-4
MAX_MCC_DIFFERENCE = 0.02

# The libraries' advice is for those who develop them.
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore", module="torch|copyreg")


def export(predictor: ColaPredictor, path: Path) -> None:
    """Write the model as ONNX, for any number of sentences and of tokens."""
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
    # What prediction must know beside the weights travels in the same file.
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
    tokenizer = predictor.tokenizer.backend_tokenizer
    # Batches are padded to their own longest sentence, and too long a sentence is refused.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(path))


def quantize(path: Path, quantized: Path) -> None:
    """Write a copy whose matrices and embeddings are 8-bit integers."""
    graph = onnx.load(path).graph
    # The mix of layers is a vector. It is small, and its scales would not fit a matrix's.
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
def check_logits(predictor: ColaPredictor, converted: ColaONNXPredictor) -> float:
    """The largest difference between logits, over a grid of batch sizes and lengths."""
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


@exit_on_input_error()
def main() -> None:
    with initialize(version_base="1.3", config_path="configs"):
        models = Path(compose("config").output)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--checkpoint", type=Path, default=models / "best.ckpt")
    parser.add_argument("--output", type=Path, default=models / "onnx", help="folder")
    args = parser.parse_args()

    predictor = ColaPredictor(args.checkpoint)
    configuration = read_configuration(args.checkpoint.parent / ".hydra" / "config.yaml")
    splits = read_splits(configuration.data.source)
    dev = [example for name in splits if name != "train" for example in splits[name]]
    sentences = [example.sentence for example in dev]

    args.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.output.parent) as temporary:
        fp32, int8 = Path(temporary, "model.onnx"), Path(temporary, "model.int8.onnx")
        print("Exporting ...")
        export(predictor, fp32)
        save_tokenizer(predictor, fp32.with_name("tokenizer.json"))
        print("Quantizing ...")
        quantize(fp32, int8)

        print("Checking ...")
        difference = check_logits(predictor, ColaONNXPredictor(fp32))
        mcc = {
            "PyTorch": measure(dev, predictor.predict(sentences))["mcc"],
            "fp32": measure(dev, ColaONNXPredictor(fp32).predict(sentences))["mcc"],
            "int8": measure(dev, ColaONNXPredictor(int8).predict(sentences))["mcc"],
        }
        print(f"Largest difference of a logit between PyTorch and fp32: {difference:.1e}")
        for name, value in mcc.items():
            print(f"MCC on {len(dev):,} dev sentences, {name}: {value:.3f}")
        if not difference <= MAX_LOGIT_DIFFERENCE:
            raise InputError(f"Logits differ by more than {MAX_LOGIT_DIFFERENCE}: nothing is kept.")
        if max(mcc.values()) - min(mcc.values()) > MAX_MCC_DIFFERENCE:
            raise InputError(f"MCC differs by more than {MAX_MCC_DIFFERENCE}: nothing is kept.")
        args.output.mkdir(exist_ok=True)
        for path in sorted(Path(temporary).iterdir()):
            size = path.stat().st_size / 1e6
            target = path.replace(args.output / path.name)
            print(f"{target}  {size:.1f} MB")


if __name__ == "__main__":
    main()
