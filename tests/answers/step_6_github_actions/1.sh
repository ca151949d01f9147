# Adds a test of the number in an error.
git apply <<'PATCH'
--- a/tests/test_predictions.py
+++ b/tests/test_predictions.py
@@ -25,3 +25,8 @@ def test_a_sentence_that_is_too_long_is_refused_by_its_number():
     check_lengths([3, 5], max_length=5)
     with pytest.raises(InputError, match="Sentence 2 has 6 tokens"):
         check_lengths([3, 6], max_length=5)
+
+
+def test_errors_number_the_sentences_from_the_first_on():
+    with pytest.raises(InputError, match="Sentence 12 is empty"):
+        check_sentences(["Fine.", ""], first=11)
PATCH
