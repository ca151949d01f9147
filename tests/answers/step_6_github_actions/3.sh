# Prints the message from a variable.
git apply <<'PATCH'
--- a/.github/workflows/basic.yaml
+++ b/.github/workflows/basic.yaml
@@ -32,6 +32,10 @@ jobs:
           EVENT: ${{ github.event_name }}
           SYSTEM: ${{ runner.os }}
         run: echo "A $EVENT of ${GITHUB_SHA::7} runs on $SYSTEM."
+      - name: Say what was pushed
+        env:
+          MESSAGE: ${{ github.event.head_commit.message }}
+        run: echo "$MESSAGE"
       - name: Count the files
         id: count
         run: echo "files=$(find . -path ./.git -prune -o -type f -print | wc -l)" >> "$GITHUB_OUTPUT"
PATCH
