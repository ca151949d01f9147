# Asks Git for the commit.
git apply <<'PATCH'
--- a/aws/push_to_ecr.py
+++ b/aws/push_to_ecr.py
@@ -48,6 +48,11 @@ def read_image(image: str) -> tuple[str, str]:
             f"{image} doesn't say which commit it was built from: give `docker build` the option "
             '`--build-arg REVISION="$(git rev-parse HEAD)"`.'
         )
+    find = ["git", "cat-file", "-e", f"{revision}^{{commit}}"]
+    if subprocess.run(find, capture_output=True, check=False).returncode:
+        raise InputError(
+            f"{image} was built from {revision}, which is no commit here: commit, and build again."
+        )
     return content["Id"], revision
 
 
PATCH
