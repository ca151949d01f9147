# The number of points is a setting, and a parameter of the stage that uses it.
git apply <<'PATCH'
--- a/configs/config.yaml
+++ b/configs/config.yaml
@@ -7,6 +7,7 @@ defaults:
   - _self_

 seed: 0 # two runs with the same seed end with equal weights
+thresholds: 100 # points of the ROC curve that evaluate.py writes
 patience: 3 # stop after so many epochs without a better one
 output: models # folder for checkpoints, logs, and this configuration as it was used
 resume: false # go on from the last checkpoint in the output folder
--- a/dvc.yaml
+++ b/dvc.yaml
@@ -41,6 +41,9 @@ stages:
       - models/.hydra/config.yaml
       - models/best.ckpt
       - predictions.py
+    params:
+      - configs/config.yaml:
+          - thresholds
     outs: # small enough for Git, so DVC leaves them out of its cache
       - evaluation/model_card.md:
           cache: false
--- a/evaluate.py
+++ b/evaluate.py
@@ -37,7 +37,7 @@ def write_csv(path: Path, columns: list[str], rows: Iterable[Iterable]) -> None:
         writer.writerows(rows)


-def write_plots(examples: list[Example], predictions: list[Prediction]) -> None:
+def write_plots(examples: list[Example], predictions: list[Prediction], thresholds: int) -> None:
     """What `dvc plots` draws from: every prediction, and the points of the ROC curve."""
     columns = ["sentence", "actual", "predicted", "score"]
     rows = (
@@ -48,7 +48,7 @@ def write_plots(examples: list[Example], predictions: list[Prediction]) -> None:

     scores = torch.tensor([prediction["scores"]["acceptable"] for prediction in predictions])
     labels = torch.tensor([example.label for example in examples])
-    false_positives, true_positives, _ = binary_roc(scores, labels, thresholds=100)
+    false_positives, true_positives, _ = binary_roc(scores, labels, thresholds=thresholds)
     points = zip(false_positives.tolist(), true_positives.tolist(), strict=True)
     columns = ["false_positive_rate", "true_positive_rate"]
     write_csv(EVALUATION / "roc_curve.csv", columns, points)
@@ -57,7 +57,8 @@ def write_plots(examples: list[Example], predictions: list[Prediction]) -> None:
 @exit_on_input_error()
 def main() -> None:
     with initialize(version_base="1.3", config_path="configs"):
-        models = Path(compose("config").output)
+        settings = compose("config")
+    models = Path(settings.output)
     checkpoint = models / "best.ckpt"
     predictor = ColaPredictor(checkpoint)
     configuration = read_configuration(models / ".hydra" / "config.yaml")
@@ -74,7 +75,7 @@ def main() -> None:

     EVALUATION.mkdir(exist_ok=True)
     *_, last = examples  # the only split, or all of them together
-    write_plots(examples[last], predictions[last])
+    write_plots(examples[last], predictions[last], settings.thresholds)
     text = json.dumps(metrics, indent=2) + "\n"
     (EVALUATION / "metrics.json").write_text(text, encoding="utf-8")
     card = make_model_card(
PATCH
dvc repro
