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
@@ -76,6 +78,7 @@ class PredictionLog:
         self.model = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
         self.vocabulary = frozenset(vocabulary.read_text(encoding="utf-8").split())
         self.with_text = with_text
+        self.key = os.environ.get("COLA_LOG_KEY", "").encode()
         self.format = ecs_logging.StdlibFormatter(exclude_fields=["log", "process"]).format
         self.queue: Queue[dict[str, Any]] = Queue(MAX_QUEUED_REQUESTS)
         self.dropped = 0  # requests whose lines are missing
@@ -128,7 +131,7 @@ class PredictionLog:
     def make_fields(self, sentence: str, prediction: Prediction) -> dict[str, Any]:
         """Return the fields that a line has under `cola`: prediction, model and sentence."""
         words = find_words(sentence)
-        digest = hashlib.sha256(sentence.encode()).hexdigest()
+        digest = hmac.new(self.key, sentence.encode(), hashlib.sha256).hexdigest()
         return {
             **({"sentence": sentence} if self.with_text else {"sentence_sha256": digest}),
             **prediction,
PATCH
