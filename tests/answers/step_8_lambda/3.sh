# Measures the version's answers.
git apply <<'PATCH'
--- a/deploy_lambda.py
+++ b/deploy_lambda.py
@@ -27,6 +27,8 @@ import lambda_resources as resources
 from lambda_resources import ALIAS, NAME
 from errors import InputError, exit_on_input_error
 from predictions import LABELS
 
+SLOW_S = 1.0  # more is too slow, even if a cold start is not
+
 
 def find_alias(lambda_: Any) -> dict[str, Any] | None:
     try:
@@ -80,16 +82,22 @@ def ask(url: str) -> tuple[str | None, str]:
 
 
 def find_problem(url: str, version: str) -> str:
-    """Ask until the version has answered three times; returns its first wrong answer, if any."""
-    answers = 0
+    """Ask until the version has answered three times; returns its first wrong answer, if any.
+
+    When all are right, but all are slow, that is returned.
+    """
+    durations: list[float] = []
     deadline = time.monotonic() + 120
     while time.monotonic() < deadline:
+        start = time.monotonic()
         answered, problem = ask(url)
         if problem and answered in (version, None):  # with None, nobody knows whose it was
             return problem
-        answers += answered == version
-        if answers == 3:
-            return ""
+        if answered == version:
+            durations.append(time.monotonic() - start)
+        if len(durations) == 3:
+            fastest = min(durations)
+            return f"right, but took {fastest:.1f} s at least" if fastest > SLOW_S else ""
         time.sleep(0.05)
     return f"nothing in two minutes: only other versions than {version} did"
 
PATCH
