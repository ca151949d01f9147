# Only matrices are quantized; the embeddings are looked up by Gather.
git apply <<'PATCH'
--- a/convert_model_to_onnx.py
+++ b/convert_model_to_onnx.py
@@ -80,7 +80,7 @@ def save_tokenizer(predictor: ColaPredictor, path: Path) -> None:
 
 
 def quantize(path: Path, quantized: Path) -> None:
-    """Write a copy of the ONNX file at path whose matrices and embeddings are 8-bit integers."""
+    """Write a copy of the ONNX file at path whose matrices, not embeddings, are 8-bit integers."""
     graph = onnx.load(path).graph
     # layer_weights is a vector, and quantize_dynamic scales by the columns of a matrix.
     vectors = {weight.name for weight in graph.initializer if len(weight.dims) == 1}
@@ -90,7 +90,7 @@ def quantize(path: Path, quantized: Path) -> None:
         quantized,
         weight_type=QuantType.QInt8,
         per_channel=True,
-        op_types_to_quantize=["MatMul", "Gather"],
+        op_types_to_quantize=["MatMul"],
         nodes_to_exclude=[node.name for node in products if vectors & set(node.input)],
     )
 
PATCH
