# The labels travel in the file's metadata; quantizing keeps what is there.
git apply <<'PATCH'
--- a/convert_model_to_onnx.py
+++ b/convert_model_to_onnx.py
@@ -20,7 +20,7 @@ from evaluate import measure
 from inference import ColaPredictor
 from inference_onnx import ColaONNXPredictor
 from model_card import read_configuration
+from predictions import LABELS

 # isort: split
 # After inference_onnx, which turns the telemetry of ONNX Runtime off.
@@ -60,6 +60,7 @@ def export(predictor: ColaPredictor, path: Path) -> None:
         {
             "max_length": str(tokenizer.model_max_length),
             "pad_token_id": str(tokenizer.pad_token_id),
+            "labels": ",".join(LABELS),
         },
     )
     onnx.checker.check_model(model, full_check=True)
PATCH
