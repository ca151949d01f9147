"""Prediction of the usual path: an fp32 model in ONNX Runtime, with the training's tokenizer."""

from typing import Any

import numpy as np
import onnxruntime
from scipy.special import softmax

from usual_path.data import UsualDataModule

LABELS = ["unacceptable", "acceptable"]


class UsualONNXPredictor:
    """A converted model that predicts one sentence at a time."""

    def __init__(self, model: str, pretrained: str):
        """Load an ONNX file, and the tokenizer of the pre-trained model that was fine-tuned."""
        self.session = onnxruntime.InferenceSession(model)
        self.processor = UsualDataModule(pretrained)

    def predict(self, sentence: str) -> list[dict[str, Any]]:
        """Return the score of each label, a probability."""
        encoded = self.processor.tokenize(sentence)
        inputs = {
            "input_ids": np.expand_dims(encoded["input_ids"], axis=0),
            "attention_mask": np.expand_dims(encoded["attention_mask"], axis=0),
        }
        scores = softmax(self.session.run(None, inputs)[0])[0]
        return [
            {"label": label, "score": float(score)}
            for label, score in zip(LABELS, scores, strict=True)
        ]
