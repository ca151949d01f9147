# A line whose mark says unacceptable, and whose label says acceptable, is refused.
git apply <<'PATCH'
--- a/cola.py
+++ b/cola.py
@@ -60,7 +60,7 @@
     examples = []
     for number, line in enumerate(path.read_bytes().splitlines(), start=1):
         try:
-            _source, label, _mark, sentence = line.decode("utf-8").split("\t")
+            _source, label, mark, sentence = line.decode("utf-8").split("\t")
         except UnicodeDecodeError as error:
             raise InputError(f"{path}, line {number}: not UTF-8 text ({error.reason}).") from None
         except ValueError:
@@ -71,6 +71,8 @@
             ) from None
         if label not in ("0", "1"):
             raise InputError(f"{path}, line {number}: the label is {label!r}, not 0 or 1.")
+        if mark == "*" and label == "1":
+            raise InputError(f"{path}, line {number}: the mark is '*', but the label is 1.")
         if is_blank(sentence):
             raise InputError(f"{path}, line {number}: the sentence is empty.")
         examples.append(Example(sentence, int(label), f"{path}, line {number}"))
PATCH
