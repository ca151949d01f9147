# Adds a column, from the log to its limit.
git apply <<'PATCH'
--- a/configs/drift.yaml
+++ b/configs/drift.yaml
@@ -8,6 +8,9 @@ columns:
   unknown: # share of words that the training data hasn't
     method: wasserstein
     threshold: 0.5
+  capitals: # share of letters
+    method: wasserstein
+    threshold: 0.5
   score: # of "acceptable"
     method: wasserstein
     threshold: 0.5
--- a/drift_report.py
+++ b/drift_report.py
@@ -53,6 +53,7 @@ def read_log(path: Path, since: datetime, until: datetime) -> Iterator[dict[str,
                 row = {
                     "words": cola["words"],
                     "unknown": cola["unknown_words"] / max(cola["words"], 1),
+                    "capitals": cola["capitals"],
                     "score": cola["scores"]["acceptable"],
                     "label": cola["label"],
                     "model": cola["model"],
@@ -82,7 +83,7 @@ def compare(current: pd.DataFrame, reference: pd.DataFrame, columns: Any, day: d
         for name, one in columns.items()
     ]
     definition = DataDefinition(
-        numerical_columns=["words", "unknown", "score"], categorical_columns=["label"]
+        numerical_columns=["words", "unknown", "capitals", "score"], categorical_columns=["label"]
     )
     datasets = [Dataset.from_pandas(each, definition) for each in (current, reference)]
     return Report(metrics, include_tests=True).run(*datasets, timestamp=day, name=f"{day:%F}")
--- a/prediction_log.py
+++ b/prediction_log.py
@@ -32,6 +32,12 @@ def find_words(sentence: str) -> list[str]:
     return WORD.findall(sentence.lower())
 
 
+def measure_capitals(sentence: str) -> float:
+    """The share of the letters that are capitals."""
+    letters = [character for character in sentence if character.isalpha()]
+    return round(sum(map(str.isupper, letters)) / max(len(letters), 1), 4)
+
+
 class RequestId:
     """ASGI middleware: gives each request an id, which its answer and its lines carry."""
 
@@ -116,6 +122,7 @@ class PredictionLog:
             "characters": len(sentence),
             "words": len(words),
             "unknown_words": sum(word not in self.vocabulary for word in words),
+            "capitals": measure_capitals(sentence),
             "dropped": self.dropped,  # requests whose lines are missing, so far
         }
 
--- a/setup_elasticsearch.py
+++ b/setup_elasticsearch.py
@@ -44,6 +44,7 @@ MAPPINGS: dict[str, Any] = {
                 "characters": {"type": "integer"},
                 "words": {"type": "integer"},
                 "unknown_words": {"type": "integer"},
+                "capitals": {"type": "float"},
                 "dropped": {"type": "integer"},
             }
         },
PATCH
