# A stage that depends on what evaluate makes.
git apply <<'PATCH'
--- a/dvc.yaml
+++ b/dvc.yaml
@@ -56,6 +56,14 @@ stages:
     metrics:
       - evaluation/metrics.json:
           cache: false
+  mistakes:
+    cmd: python mistakes.py
+    deps:
+      - mistakes.py
+      - evaluation/predictions.csv
+    outs:
+      - evaluation/mistakes.csv:
+          cache: false
 
 plots:
   - evaluation/predictions.csv:
PATCH
cat > mistakes.py <<'END'
"""Pick the wrong ones from the predictions of the evaluation."""

import csv
from pathlib import Path

with Path("evaluation/predictions.csv").open(encoding="utf-8", newline="") as file:
    reader = csv.DictReader(file)
    wrong = [row for row in reader if row["actual"] != row["predicted"]]
with Path("evaluation/mistakes.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, reader.fieldnames or [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(wrong)
END
dvc repro mistakes
