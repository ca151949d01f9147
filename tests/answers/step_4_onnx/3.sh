# Predict each different sentence of a call once; checks and errors count them all, as before.
git apply <<'PATCH'
--- a/inference_onnx.py
+++ b/inference_onnx.py
@@ -60,13 +60,18 @@ class ColaONNXPredictor:
         input_ids = [encoding.ids for encoding in encodings]
         lengths = [len(ids) for ids in input_ids]
         check_lengths(lengths, self.max_length, first)
+        # The model predicts each different sentence once, where it stands for the first time.
+        places: dict[str, int] = {}
+        first_places = [places.setdefault(sentence, i) for i, sentence in enumerate(sentences)]
+        different = list(places.values())
         predictions: dict[int, Prediction] = {}
-        for indices in group_by_length(lengths, max_tokens=1024):
+        for group in group_by_length([lengths[i] for i in different], max_tokens=1024):
+            indices = [different[i] for i in group]
             batch = pad([input_ids[i] for i in indices], self.pad_token_id)
             [logits] = self.session.run(["logits"], batch)
             probabilities = softmax(logits).tolist()
             predictions.update(zip(indices, map(make_prediction, probabilities), strict=True))
-        return [predictions[i] for i in range(len(sentences))]
+        return [predictions[i] for i in first_places]
 
     def predict_all(self, sentences: Iterable[str]) -> Iterator[tuple[str, Prediction]]:
         """Yield each sentence with its prediction; at most WINDOW of them are in memory."""
PATCH
