# --limit reaches DataModule, which cuts the training sentences and no others.
git apply <<'PATCH'
--- a/data.py
+++ b/data.py
@@ -53,6 +53,7 @@ class DataModule(pl.LightningDataModule):
         model_name: str = DEFAULT_MODEL,
         batch_size: int = 32,
         seed: int = 0,
+        limit: int | None = None,
     ):
         super().__init__()
         self.save_hyperparameters()
@@ -60,6 +61,7 @@ class DataModule(pl.LightningDataModule):
         self.model_name = model_name
         self.batch_size = batch_size
         self.seed = seed
+        self.limit = limit
 
     @cached_property
     def splits(self) -> Splits:
@@ -70,7 +72,7 @@ class DataModule(pl.LightningDataModule):
         if hasattr(self, "train_data"):  # train.py has called this, and Lightning calls it again
             return
         tokenizer = load_tokenizer(self.model_name)
-        self.train_data = ColaDataset(self.splits.train, tokenizer)
+        self.train_data = ColaDataset(self.splits.train[: self.limit], tokenizer)
         self.val_data = ColaDataset(self.splits.validation, tokenizer)
 
     def train_dataloader(self) -> DataLoader:
--- a/train.py
+++ b/train.py
@@ -55,6 +55,7 @@ def parse_args() -> argparse.Namespace:
     )
     add = parser.add_argument
     add("--data", default="bundled", help="'bundled', 'hub', or a folder; or several by '+'")
+    add("--limit", type=int, help="train with so many sentences only")
     add("--model", default=DEFAULT_MODEL, help="packaged model, a name on the hub, or a folder")
     add("--epochs", type=int, default=5, help="most passes over the training data")
     add("--patience", type=int, default=3, help="stop after so many epochs without a better one")
@@ -94,7 +95,7 @@ def make_callbacks(output: Path, patience: int, seed: int) -> list[pl.Callback]:
 def train(cfg: argparse.Namespace, output: Path) -> None:
     """Train a model, keep its best and its last checkpoint in output, and print how good it is."""
     pl.seed_everything(cfg.seed, verbose=False)
-    datamodule = DataModule(cfg.data, cfg.model, cfg.batch_size, cfg.seed)
+    datamodule = DataModule(cfg.data, cfg.model, cfg.batch_size, cfg.seed, cfg.limit)
     datamodule.setup()
     model = ColaModel(cfg.model, cfg.learning_rate)
     best, last = output / "best.ckpt", output / "last.ckpt"
PATCH
