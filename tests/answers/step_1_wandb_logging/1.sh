# Specificity is torchmetrics' name for the recall of label 0.
git apply <<'PATCH'
--- a/model.py
+++ b/model.py
@@ -15,6 +15,7 @@ from torchmetrics import MeanMetric, MetricCollection
 from torchmetrics.classification import (
     BinaryAccuracy,
     BinaryMatthewsCorrCoef,
+    BinarySpecificity,
     MulticlassF1Score,
     MulticlassPrecision,
     MulticlassRecall,
@@ -88,6 +89,7 @@ def make_metrics(prefix: str) -> MetricCollection:
         {
             "mcc": BinaryMatthewsCorrCoef(),
             "accuracy": BinaryAccuracy(),
+            "specificity": BinarySpecificity(),
             # The macro average: the mean over the two labels, with equal weights.
             "precision": MulticlassPrecision(num_classes=2, average="macro"),
             "recall": MulticlassRecall(num_classes=2, average="macro"),
PATCH
