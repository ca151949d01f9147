# Asks Git for the commit.
git apply <<'PATCH'
--- a/aws/push_to_ecr.py
+++ b/aws/push_to_ecr.py
@@ -44,6 +44,11 @@ def read_image(image: str) -> tuple[str, str]:
             f"{image} doesn't say which commit it was built from: build it with "
             '`docker build --build-arg REVISION="$(git rev-parse HEAD)" --tag cola .`'
         )
+    find = ["git", "cat-file", "-e", f"{revision}^{{commit}}"]
+    if subprocess.run(find, capture_output=True, check=False).returncode:
+        raise InputError(
+            f"{image} was built from {revision}, which is no commit here: commit, and build again."
+        )
     return content["Id"], revision
 
 
PATCH
