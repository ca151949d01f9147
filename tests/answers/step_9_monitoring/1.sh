# Adds a kind of traffic.
git apply <<'PATCH'
--- a/simulate_traffic.py
+++ b/simulate_traffic.py
@@ -4,7 +4,8 @@
     python simulate_traffic.py typos --week 2026-03-09
 
 What clients send: `clean`, sentences like the training data's; `typos`, the same with letters lost
-or swapped; `domain` and `language`, a quarter of them about other things, or in German.
+or swapped; `capitals`, the same, a third of them in capitals; `domain` and `language`, a quarter of
+them about other things, or in German.
 """
 
 import argparse
@@ -45,6 +46,8 @@ def choose_sentences(kind: str, count: int, chance: random.Random) -> list[str]:
         return sentences
     if kind == "typos":
         return [misspell(sentence, chance) for sentence in sentences]
+    if kind == "capitals":
+        return [one.upper() if chance.random() < 1 / 3 else one for one in sentences]
     if kind == "domain":
         examples = read_file(BUNDLED / "out_of_domain_dev.tsv")[LABELLED:]
         others = [example.sentence for example in examples]
@@ -58,7 +61,7 @@ def main() -> None:
     parser = argparse.ArgumentParser(
         description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
     )
-    parser.add_argument("kind", choices=["clean", "typos", "domain", "language"])
+    parser.add_argument("kind", choices=["clean", "typos", "capitals", "domain", "language"])
     parser.add_argument("--week", type=datetime.fromisoformat, required=True, help="its first day")
     parser.add_argument("--log", type=Path, default=Path("monitoring/predictions.jsonl"))
     parser.add_argument("--text", action="store_true", help="log the sentences, not their hashes")
PATCH
