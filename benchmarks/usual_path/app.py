"""The HTTP server of the usual path: the coroutine predicts itself, which blocks the event loop.

The environment variables ONNX_MODEL and PRETRAINED name the model's file and the pre-trained model.
"""

import os
from typing import Any

from fastapi import FastAPI

from usual_path.inference_onnx import UsualONNXPredictor

app = FastAPI()
predictor = UsualONNXPredictor(os.environ["ONNX_MODEL"], os.environ["PRETRAINED"])


@app.get("/health")
async def health() -> str:
    """Answer as soon as the model is loaded."""
    return "ok"


@app.get("/predict")
async def get_prediction(text: str) -> list[dict[str, Any]]:
    """Return the score of each label for one sentence."""
    return predictor.predict(text)
