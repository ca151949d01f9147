# Takes a keyed hash.
git apply <<'PATCH'
--- a/prediction_log.py
+++ b/prediction_log.py
@@ -6,7 +6,9 @@ are the users', so they are hashed unless settings say otherwise.
 """
 
 import hashlib
+import hmac
 import logging
+import os
 import re
 import sys
 import time
@@ -62,6 +64,7 @@ class PredictionLog:
         self.model = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
         self.vocabulary = frozenset(vocabulary.read_text(encoding="utf-8").split())
         self.with_text = with_text
+        self.key = os.environ.get("COLA_LOG_KEY", "").encode()
         self.format = ecs_logging.StdlibFormatter(exclude_fields=["log", "process"]).format
         self.waiting: Queue[dict[str, Any]] = Queue(WAITING)
         self.dropped = 0
@@ -108,7 +111,7 @@ class PredictionLog:
 
     def describe(self, sentence: str, prediction: Prediction) -> dict[str, Any]:
         words = find_words(sentence)
-        digest = hashlib.sha256(sentence.encode()).hexdigest()
+        digest = hmac.new(self.key, sentence.encode(), hashlib.sha256).hexdigest()
         return {
             **({"sentence": sentence} if self.with_text else {"sentence_sha256": digest}),
             **prediction,
PATCH
