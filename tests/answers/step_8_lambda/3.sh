# Measures the version's answers.
git apply <<'PATCH'
--- a/aws/deploy_lambda.py
+++ b/aws/deploy_lambda.py
@@ -34,6 +34,8 @@
 # version is taken for the cause, because it may fail to start.
 UNKNOWN_ERRORS = 10
 
+SLOW_S = 1.0  # a warm version must be faster; a cold start may take longer
+
 
 def find_alias(lambda_: Any) -> dict[str, Any] | None:
     """Return the alias, or None if nothing is deployed."""
@@ -112,12 +114,14 @@
 def check_version(url: str, version: str) -> str:
     """Send test requests until a version has answered three of them.
 
-    Return its first wrong answer, or an empty string if all three are right. The answers of other
-    versions, which the alias may have as well, don't count.
+    Return its first wrong answer, or that all of them were slow, or an empty string if all three
+    are right. The answers of other versions, which the alias may have as well, don't count.
     """
-    answers = unknown_errors = 0
+    durations: list[float] = []
+    unknown_errors = 0
     deadline = time.monotonic() + 120
     while time.monotonic() < deadline:
+        start = time.monotonic()
         answered_by, problem = probe(url)
         if answered_by == version and problem:
             return problem
@@ -125,9 +129,11 @@
             if unknown_errors == UNKNOWN_ERRORS:
                 return problem or "of an unknown version"
             time.sleep(1)
-        answers += answered_by == version
-        if answers == 3:
-            return ""
+        if answered_by == version:
+            durations.append(time.monotonic() - start)
+        if len(durations) == 3:
+            fastest = min(durations)
+            return f"right, but took {fastest:.1f} s at least" if fastest > SLOW_S else ""
         time.sleep(0.05)
     return f"missing: in two minutes, only other versions than {version} answered"
 
PATCH
