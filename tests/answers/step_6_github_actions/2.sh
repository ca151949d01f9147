# Adds the job, and lets the other wait for it.
git apply <<'PATCH'
--- a/.github/workflows/basic.yaml
+++ b/.github/workflows/basic.yaml
@@ -36,8 +36,18 @@ jobs:
         id: count
         run: echo "files=$(find . -path ./.git -prune -o -type f -print | wc -l)" >> "$GITHUB_OUTPUT"
 
+  test:
+    runs-on: ubuntu-latest
+    timeout-minutes: 5
+    steps:
+      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
+        with:
+          persist-credentials: false
+      - run: pip install -r requirements/test.txt
+      - run: python -m pytest tests
+
   use:
-    needs: look # without this, both would start at once
+    needs: [look, test] # without this, all would start at once
     runs-on: ubuntu-latest
     timeout-minutes: 5
     strategy:
PATCH
