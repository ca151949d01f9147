# Carry the phenomenon from the data file into the table; the score stays the last column.
git apply <<'PATCH'
--- a/cola.py
+++ b/cola.py
@@ -11,10 +11,11 @@ HUB_DATASET = ("nyu-mll/glue", "cola")
 
 
 class Example(NamedTuple):
-    """A sentence and its label: 1 is acceptable, 0 is unacceptable."""
+    """A sentence, its label (1 is acceptable, 0 is unacceptable), and what it is an example of."""
 
     sentence: str
     label: int
+    phenomenon: str = ""
 
 
 @dataclass
@@ -57,7 +58,7 @@ def read_file(path: Path) -> list[Example]:
     examples = []
     for number, line in enumerate(path.read_bytes().splitlines(), start=1):
         try:
-            _source, label, _mark, sentence = line.decode("utf-8").split("\t")
+            phenomenon, label, _mark, sentence = line.decode("utf-8").split("\t")
         except UnicodeDecodeError as error:
             raise InputError(f"{path}, line {number}: not UTF-8 text ({error.reason}).") from None
         except ValueError:
@@ -70,7 +71,7 @@ def read_file(path: Path) -> list[Example]:
             raise InputError(f"{path}, line {number}: the label is {label!r}, not 0 or 1.")
         if not sentence.strip():
             raise InputError(f"{path}, line {number}: the sentence is empty.")
-        examples.append(Example(sentence, int(label)))
+        examples.append(Example(sentence, int(label), phenomenon))
     if not examples:
         raise InputError(f"{path} is empty.")
     return examples
--- a/wandb_logging.py
+++ b/wandb_logging.py
@@ -55,12 +55,18 @@ def save_plots(probabilities: torch.Tensor, labels: torch.Tensor, folder: Path)
 
 
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
@@ -91,7 +97,7 @@ def log_evaluation(
     )
     logger.log_table(
         "val/wrong_predictions",
-        columns=["sentence", "label", "predicted", "score"],
+        columns=["sentence", "phenomenon", "label", "predicted", "score"],
         data=list_wrong_predictions(evaluation),
     )
     logger.log_table(
PATCH
