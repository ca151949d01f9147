# Carry the phenomenon from the data file into the table; the score stays the last column.
git apply <<'PATCH'
--- a/data.py
+++ b/data.py
@@ -24,6 +24,7 @@ HUB_DATASET = ("nyu-mll/glue", "cola")
 class Example(NamedTuple):
     sentence: str
     label: int
+    phenomenon: str = ""


 def read_file(path: Path) -> list[Example]:
@@ -34,7 +35,7 @@ def read_file(path: Path) -> list[Example]:
     examples = []
     for number, line in enumerate(path.read_bytes().splitlines(), start=1):
         try:
-            _source, label, _mark, sentence = line.decode("utf-8").split("\t")
+            phenomenon, label, _mark, sentence = line.decode("utf-8").split("\t")
         except UnicodeDecodeError as error:
             raise InputError(f"{path}, line {number}: not UTF-8 text ({error.reason}).") from None
         except ValueError:
@@ -47,7 +48,7 @@ def read_file(path: Path) -> list[Example]:
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
@@ -45,7 +45,13 @@ def save_plots(probabilities: torch.Tensor, labels: torch.Tensor, folder: Path)
 def wrong_predictions(examples: list[Example], predictions: list[Prediction]) -> list[list]:
     """The rows of the table of errors, those that the model was surest of first."""
     rows = [
-        [example.sentence, LABELS[example.label], prediction["label"], prediction["score"]]
+        [
+            example.sentence,
+            example.phenomenon,
+            LABELS[example.label],
+            prediction["label"],
+            prediction["score"],
+        ]
         for example, prediction in zip(examples, predictions, strict=True)
         if prediction["label"] != LABELS[example.label]
     ]
@@ -75,7 +81,7 @@ def log_evaluation(
     )
     logger.log_table(
         "val/wrong_predictions",
-        columns=["sentence", "label", "predicted", "score"],
+        columns=["sentence", "phenomenon", "label", "predicted", "score"],
         data=wrong_predictions(dev, predictions),
     )
     logger.log_table(
PATCH
