# Carry the phenomenon from the data file into the table; the score stays the last column.
git apply <<'PATCH'
--- a/cola.py
+++ b/cola.py
@@ -12,11 +12,12 @@
 
 
 class Example(NamedTuple):
-    """A sentence, its label (1 is acceptable, 0 is unacceptable), and where it was read."""
+    """A sentence, its label (1 is acceptable, 0 is unacceptable), its place and its phenomenon."""
 
     sentence: str
     label: int
     place: str = ""
+    phenomenon: str = ""
 
 
 @dataclass
@@ -60,7 +61,7 @@
     examples = []
     for number, line in enumerate(path.read_bytes().splitlines(), start=1):
         try:
-            _source, label, _mark, sentence = line.decode("utf-8").split("\t")
+            phenomenon, label, _mark, sentence = line.decode("utf-8").split("\t")
         except UnicodeDecodeError as error:
             raise InputError(f"{path}, line {number}: not UTF-8 text ({error.reason}).") from None
         except ValueError:
@@ -73,7 +74,7 @@
             raise InputError(f"{path}, line {number}: the label is {label!r}, not 0 or 1.")
         if is_blank(sentence):
             raise InputError(f"{path}, line {number}: the sentence is empty.")
-        examples.append(Example(sentence, int(label), f"{path}, line {number}"))
+        examples.append(Example(sentence, int(label), f"{path}, line {number}", phenomenon))
     if not examples:
         raise InputError(f"{path} is empty.")
     return examples
--- a/wandb_logging.py
+++ b/wandb_logging.py
@@ -76,12 +76,18 @@
 
 
 def list_wrong_predictions(evaluation: Evaluation) -> list[list]:
-    """Return a row for each wrong prediction: sentence, label, predicted label and its score.
+    """Return a row for each wrong prediction: sentence, phenomenon, label, prediction and score.
 
     The rows are in the order of the scores, the highest first.
     """
     rows = [
-        [example.sentence, LABELS[example.label], prediction["label"], prediction["score"]]
+        [
+            example.sentence,
+            example.phenomenon,
+            LABELS[example.label],
+            prediction["label"],
+            prediction["score"],
+        ]
         for example, prediction in zip(evaluation.examples, evaluation.predictions, strict=True)
         if prediction["label"] != LABELS[example.label]
     ]
@@ -112,7 +118,7 @@
     )
     logger.log_table(
         "val/wrong_predictions",
-        columns=["sentence", "label", "predicted", "score"],
+        columns=["sentence", "phenomenon", "label", "predicted", "score"],
         data=list_wrong_predictions(evaluation),
     )
     logger.log_table(
PATCH
