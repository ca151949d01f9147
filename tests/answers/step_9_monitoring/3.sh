# Takes a keyed hash.
git apply <<'PATCH'
--- a/prediction_log.py
+++ b/prediction_log.py
@@ -7,7 +7,9 @@ belong to the users, so the log has only their hashes unless the settings say ot
 """
 
 import hashlib
+import hmac
 import logging
+import os
 import re
 import sys
 import time
@@ -103,6 +105,7 @@ class PredictionLog:
         self.model = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
         self.vocabulary = frozenset(words.split())
         self.with_text = with_text
+        self.key = os.environ.get("COLA_LOG_KEY", "").encode()
         self.format = ecs_logging.StdlibFormatter(exclude_fields=["log", "process"]).format
         self.queue = RequestQueue(MAX_QUEUED_BYTES)
         self.dropped = 0  # requests whose lines are missing
@@ -156,7 +159,7 @@ class PredictionLog:
     def make_fields(self, sentence: str, prediction: Prediction) -> dict[str, Any]:
         """Return the fields that a line has under `cola`: prediction, model and sentence."""
         words = find_words(sentence)
-        digest = hashlib.sha256(sentence.encode()).hexdigest()
+        digest = hmac.new(self.key, sentence.encode(), hashlib.sha256).hexdigest()
         return {
             **({"sentence": sentence} if self.with_text else {"sentence_sha256": digest}),
             **prediction,
PATCH
