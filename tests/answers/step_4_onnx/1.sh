# The labels travel in the file's metadata; quantizing keeps what is there.
git apply <<'PATCH'
--- a/convert_model_to_onnx.py
+++ b/convert_model_to_onnx.py
@@ -25,6 +25,7 @@ from evaluate import calc_metrics
 from inference import ColaPredictor
 from inference_onnx import ColaONNXPredictor
 from overrides import find_output
+from predictions import LABELS
 
 # isort: split
 # After inference_onnx, which turns the telemetry of ONNX Runtime off.
@@ -64,6 +65,7 @@ def export(predictor: ColaPredictor, path: Path) -> None:
         {
             "max_length": str(tokenizer.model_max_length),
             "pad_token_id": str(tokenizer.pad_token_id),
+            "labels": ",".join(LABELS),
         },
     )
     onnx.checker.check_model(model, full_check=True)
PATCH
