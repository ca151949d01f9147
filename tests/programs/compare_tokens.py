"""Check that both predictors give the sentences of standard input, a JSON list, the same tokens."""

import json
import sys

from inference import ColaPredictor
from inference_onnx import ColaONNXPredictor

sentences = json.load(sys.stdin)
expected = ColaPredictor("models/best.ckpt").tokenizer(sentences)["input_ids"]
encodings = ColaONNXPredictor().tokenizer.encode_batch(sentences)
assert [encoding.ids for encoding in encodings] == expected
print(len(expected))
