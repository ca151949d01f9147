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
@@ -46,6 +46,9 @@ stages:
       - models/best.ckpt
       - overrides.py
       - predictions.py
+    params:
+      - configs/config.yaml:
+          - thresholds
     outs: # small enough for Git, so DVC leaves them out of its cache
       - evaluation/model_card.md:
           cache: false
--- a/evaluate.py
+++ b/evaluate.py
@@ -12,6 +12,7 @@ from dataclasses import dataclass
 from pathlib import Path
 
 import torch
+from omegaconf import OmegaConf
 from torchmetrics.functional.classification import binary_roc
 
 from checkpoints import load_checkpoint, replace_files
@@ -21,7 +22,7 @@ from errors import exit_on_input_error
 from inference import ColaPredictor
 from model import make_metrics
 from model_card import make_model_card
-from overrides import find_output
+from overrides import CONFIGS, find_output
 from predictions import LABELS, Prediction
 
 EVALUATION = Path("evaluation")
@@ -86,8 +87,9 @@ def write_plots(evaluation: Evaluation, folder: Path) -> None:
 
     scores = [prediction["scores"]["acceptable"] for prediction in evaluation.predictions]
     labels = [example.label for example in evaluation.examples]
+    thresholds = OmegaConf.load(CONFIGS / "config.yaml").thresholds
     false_positives, true_positives, _ = binary_roc(
-        torch.tensor(scores), torch.tensor(labels), thresholds=100
+        torch.tensor(scores), torch.tensor(labels), thresholds=thresholds
     )
     points = zip(false_positives.tolist(), true_positives.tolist(), strict=True)
     columns = ["false_positive_rate", "true_positive_rate"]
PATCH
dvc repro
