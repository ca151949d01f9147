"""Prediction: the course's ONNX predictor beside the path that it replaces, on the same weights.

The replaced path, as in the known courses: the training script's modules are imported for their
tokenizer (PyTorch, Lightning, datasets, transformers), every sentence is padded to 128 tokens, and
an fp32 model judges one at a time. Both sides take turns, each time in a process of their own, and
the ratio of the medians counts. The limit of ours is the same int8 model in ONNX Runtime alone: no
tokenising, no checks, no words around the numbers. The weights are not trained, which changes no
time.

    python benchmarks/prediction.py [--rounds 3]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import torch
from rows import Row, publish

STEP_4 = Path(__file__).resolve().parent.parent / "step_4_onnx"
sys.path.insert(0, str(STEP_4))
from convert_model_to_onnx import export, quantize, save_tokenizer  # noqa: E402
from data import read_splits  # noqa: E402
from inference import ColaPredictor  # noqa: E402
from model import DEFAULT_MODEL, ColaModel, find_pretrained  # noqa: E402

COURSES = """
import datasets, pytorch_lightning, torch
import numpy as np, onnxruntime
from scipy.special import softmax
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(os.environ["PRETRAINED"])
session = onnxruntime.InferenceSession(folder + "/model.onnx")

def predict(sentence):
    encoded = tokenizer(sentence, truncation=True, padding="max_length", max_length=128)
    inputs = {
        "input_ids": np.expand_dims(encoded["input_ids"], axis=0),
        "attention_mask": np.expand_dims(encoded["attention_mask"], axis=0),
    }
    scores = softmax(session.run(None, inputs)[0])[0]
    return [
        {"label": label, "score": score}
        for label, score in zip(["unacceptable", "acceptable"], scores)
    ]

def predict_file(sentences):
    return [predict(sentence) for sentence in sentences]
"""

OURS = """
sys.path.insert(0, os.environ["STEP_4"])
from inference_onnx import ColaONNXPredictor

predictor = ColaONNXPredictor(folder + "/model.int8.onnx")

def predict(sentence):
    return predictor.predict([sentence])

def predict_file(sentences):
    return list(predictor.predict_all(sentences))
"""

BARE = """
import numpy as np, onnxruntime

session = onnxruntime.InferenceSession(folder + "/model.int8.onnx")
TOKENS = [[101, 1996, 2879, 2003, 3564, 2006, 1037, 6847, 102]]  # the sentence, tokenised
INPUTS = {"input_ids": np.array(TOKENS), "attention_mask": np.ones((1, 9), dtype=np.int64)}

def predict(sentence):
    return session.run(["logits"], INPUTS)

def predict_file(sentences):
    return [predict(sentence) for sentence in sentences]
"""

MEASURE = """
predict("The boy is sitting on a bench")
figures = {"import, load, first prediction, s": time.perf_counter() - start}
with open("/proc/self/status") as status:
    figures["memory, MB"] = next(int(l.split()[1]) for l in status if l.startswith("VmRSS")) / 1024
times = []
for _ in range(300):
    start = time.perf_counter()
    predict("The boy is sitting on a bench")
    times.append(1000 * (time.perf_counter() - start))
figures["one sentence, p50, ms"] = statistics.median(times)
sentences = json.load(sys.stdin)
start = time.perf_counter()
predict_file(sentences)
figures["a file, sentences/s"] = len(sentences) / (time.perf_counter() - start)
print(json.dumps(figures))
"""

START = (
    "import json, os, statistics, sys, time\nstart = time.perf_counter()\nfolder = sys.argv[1]\n"
)


def make_models(folder: Path) -> None:
    """An untrained checkpoint, and its conversions."""
    model = ColaModel(DEFAULT_MODEL)
    checkpoint = folder / "best.ckpt"
    content = {"hyper_parameters": dict(model.hparams), "state_dict": model.state_dict()}
    torch.save(content | {"pytorch-lightning_version": "2.6.6"}, checkpoint)
    predictor = ColaPredictor(checkpoint)
    export(predictor, folder / "model.onnx")
    quantize(folder / "model.onnx", folder / "model.int8.onnx")
    save_tokenizer(predictor, folder / "tokenizer.json")


def measure(code: str, folder: Path, sentences: list[str]) -> dict[str, float]:
    """Run one side in a new process; returns its figures."""
    process = subprocess.run(
        [sys.executable, "-c", START + code + MEASURE, str(folder)],
        input=json.dumps(sentences),
        env=os.environ | {"STEP_4": str(STEP_4), "PRETRAINED": str(find_pretrained(DEFAULT_MODEL))},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(process.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    splits = read_splits("bundled")
    sentences = [example.sentence for name in list(splits)[1:] for example in splits[name]]
    measured: dict[str, list[dict[str, float]]] = {COURSES: [], OURS: [], BARE: []}
    with tempfile.TemporaryDirectory() as folder:
        make_models(Path(folder))
        for _ in range(args.rounds):
            for code, figures in measured.items():
                figures.append(measure(code, Path(folder), sentences))
    rows = []
    for title in measured[OURS][0]:
        courses, ours, bare = (median(one[title] for one in side) for side in measured.values())
        rows.append(Row(title, courses, ours, bare, "the bare session"))
    # The bare session takes its one sentence again and again, so it says nothing about a file.
    rows[-1].limit = None
    publish("prediction", rows)


if __name__ == "__main__":
    main()
