# Adds a column, from the log to its limit.
git apply <<'PATCH'
--- a/monitoring/drift.yaml
+++ b/monitoring/drift.yaml
@@ -8,6 +8,9 @@ columns:
   unknown: # share of a sentence's words that the training data doesn't have
     method: wasserstein
     threshold: 0.5
+  capitals: # share of letters
+    method: wasserstein
+    threshold: 0.5
   acceptable: # the score of this label
     method: wasserstein
     threshold: 0.5
--- a/monitoring/drift_report.py
+++ b/monitoring/drift_report.py
@@ -60,6 +60,7 @@ def read_log(
                 row = {
                     "words": cola["words"],
                     "unknown": cola["unknown_words"] / max(cola["words"], 1),
+                    "capitals": cola["capitals"],
                     "acceptable": float(cola["scores"]["acceptable"]),
                     "predicted": cola["label"],
                     "model": cola["model"],
@@ -86,7 +87,7 @@ def compare(
         for name, settings in columns.items()
     ]
     definition = DataDefinition(
-        numerical_columns=["words", "unknown", "acceptable"], categorical_columns=["predicted"]
+        numerical_columns=["words", "unknown", "capitals", "acceptable"], categorical_columns=["predicted"]
     )
     datasets = [Dataset.from_pandas(frame, definition) for frame in (week, reference)]
     report = Report(metrics, include_tests=True)
--- a/monitoring/elastic/setup_elasticsearch.py
+++ b/monitoring/elastic/setup_elasticsearch.py
@@ -49,6 +49,7 @@ MAPPINGS: dict[str, Any] = {
                 "characters": {"type": "integer"},
                 "words": {"type": "integer"},
                 "unknown_words": {"type": "integer"},
+                "capitals": {"type": "float"},
                 "dropped": {"type": "integer"},
             }
         },
--- a/prediction_log.py
+++ b/prediction_log.py
@@ -40,6 +40,12 @@
     return WORD.findall(sentence.lower().replace("’", "'"))
 
 
+def measure_capitals(sentence: str) -> float:
+    """Return the share of the letters that are capitals."""
+    letters = [character for character in sentence if character.isalpha()]
+    return round(sum(map(str.isupper, letters)) / max(len(letters), 1), 4)
+
+
 class RequestId:
     """ASGI middleware: gives each request an id, which its response and its lines have."""
 
@@ -167,6 +173,7 @@
             "characters": len(sentence),
             "words": len(words),
             "unknown_words": sum(word not in self.vocabulary for word in words),
+            "capitals": measure_capitals(sentence),
             "dropped": self.dropped,
         }
 
PATCH
