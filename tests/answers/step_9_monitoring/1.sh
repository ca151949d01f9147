# Adds a scenario.
git apply <<'PATCH'
--- a/monitoring/simulate_traffic.py
+++ b/monitoring/simulate_traffic.py
@@ -4,7 +4,7 @@
     python -m monitoring.simulate_traffic typos --week 2026-03-09
 
 In the scenario `clean` the sentences are like those of the training data; in `typos` they are the
-same, with letters lost or swapped; in `domain` and `language` a quarter of them is about other
+same, with letters lost or swapped; in `capitals` a third of them is in capitals; in `domain` and `language` a quarter of them is about other
 things, or in German.
 """
 
@@ -46,6 +46,8 @@ def choose_sentences(scenario: str, count: int, rng: random.Random) -> list[str]
         return sentences
     if scenario == "typos":
         return [add_typos(sentence, rng) for sentence in sentences]
+    if scenario == "capitals":
+        return [sentence.upper() if rng.random() < 1 / 3 else sentence for sentence in sentences]
     if scenario == "domain":
         examples = read_file(BUNDLED / "out_of_domain_dev.tsv")[LABELLED:]
         others = [example.sentence for example in examples]
@@ -62,7 +64,9 @@ def main() -> None:
         description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
     )
     parser.add_argument(
-        "scenario", choices=["clean", "typos", "domain", "language"], help="what clients send"
+        "scenario",
+        choices=["clean", "typos", "capitals", "domain", "language"],
+        help="what clients send",
     )
     parser.add_argument(
         "--week",
PATCH
