# Only matrices are quantized; the embeddings are looked up by Gather.
git apply <<'PATCH'
--- a/convert_model_to_onnx.py
+++ b/convert_model_to_onnx.py
@@ -76,7 +76,7 @@ def save_tokenizer(predictor: ColaPredictor, path: Path) -> None:


 def quantize(path: Path, quantized: Path) -> None:
-    """Write a copy whose matrices and embeddings are 8-bit integers."""
+    """Write a copy whose matrices are 8-bit integers, and whose embeddings are not."""
     graph = onnx.load(path).graph
     # The mix of layers is a vector. It is small, and its scales would not fit a matrix's.
     vectors = {weight.name for weight in graph.initializer if len(weight.dims) == 1}
@@ -86,7 +86,7 @@ def quantize(path: Path, quantized: Path) -> None:
         quantized,
         weight_type=QuantType.QInt8,
         per_channel=True,
-        op_types_to_quantize=["MatMul", "Gather"],
+        op_types_to_quantize=["MatMul"],
         nodes_to_exclude=[node.name for node in products if vectors & set(node.input)],
     )

PATCH
