"""The Lambda handler of the usual path.

The environment variables ONNX_MODEL and PRETRAINED name the model's file and the pre-trained model.
"""

import os
from typing import Any

from usual_path.inference_onnx import UsualONNXPredictor

predictor = UsualONNXPredictor(os.environ["ONNX_MODEL"], os.environ["PRETRAINED"])


def handler(event: dict[str, str], context: object) -> list[dict[str, Any]]:
    """Return the score of each label for the sentence of the event."""
    return predictor.predict(event["sentence"])
