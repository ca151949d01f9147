# --limit reaches DataModule, which cuts the training sentences and no others.
git apply <<'PATCH'
--- a/data.py
+++ b/data.py
@@ -153,6 +153,7 @@ class DataModule(L.LightningDataModule):
         model_name: str = DEFAULT_MODEL,
         batch_size: int = 32,
         seed: int = 0,
+        limit: int | None = None,
     ):
         super().__init__()
         self.save_hyperparameters()
@@ -160,6 +161,7 @@ class DataModule(L.LightningDataModule):
         self.model_name = model_name
         self.batch_size = batch_size
         self.seed = seed
+        self.limit = limit
         self.splits: dict[str, list[Example]] = {}

     def setup(self, stage: str = "fit") -> None:
@@ -168,7 +170,7 @@ class DataModule(L.LightningDataModule):
         self.splits = read_splits(self.source)
         train, validation, *_ = self.splits.values()
         tokenizer = load_tokenizer(self.model_name)
-        self.train_data = ColaDataset(train, tokenizer)
+        self.train_data = ColaDataset(train[: self.limit], tokenizer)
         self.val_data = ColaDataset(validation, tokenizer)

     def train_dataloader(self) -> DataLoader:
--- a/train.py
+++ b/train.py
@@ -48,6 +48,7 @@ def parse_args() -> argparse.Namespace:
     )
     add = parser.add_argument
     add("--data", default="bundled", help="'bundled', 'hub', or a folder; or several by '+'")
+    add("--limit", type=int, help="train with so many sentences only")
     add("--model", default=DEFAULT_MODEL, help="packaged model, a name on the hub, or a folder")
     add("--epochs", type=int, default=5, help="most passes over the training data")
     add("--patience", type=int, default=3, help="stop after so many epochs without a better one")
@@ -143,6 +144,6 @@ def main() -> None:
     args = parse_args()
     L.seed_everything(args.seed, verbose=False)
-    datamodule = DataModule(args.data, args.model, args.batch_size, args.seed)
+    datamodule = DataModule(args.data, args.model, args.batch_size, args.seed, args.limit)
     datamodule.setup()
     model = ColaModel(args.model, args.learning_rate)
     output = args.output
PATCH
