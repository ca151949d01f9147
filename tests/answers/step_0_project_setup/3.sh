# --limit reaches DataModule, which cuts the training sentences and no others.
git apply <<'PATCH'
--- a/data.py
+++ b/data.py
@@ -60,6 +60,7 @@
         model_name: str = DEFAULT_MODEL,
         batch_size: int = 32,
         seed: int = 0,
+        limit: int | None = None,
     ):
         super().__init__()
         self.save_hyperparameters()
@@ -67,6 +68,7 @@
         self.model_name = model_name
         self.batch_size = batch_size
         self.seed = seed
+        self.limit = limit
 
     @cached_property
     def splits(self) -> Splits:
@@ -82,7 +84,7 @@
             name: ColaDataset(examples, tokenizer)
             for name, examples in self.splits.by_name.items()
         }
-        self.train_data = datasets["train"]
+        self.train_data = ColaDataset(self.splits.train[: self.limit], tokenizer)
         self.val_data = datasets[self.splits.validation_name]
 
     def train_dataloader(self) -> DataLoader:
--- a/train.py
+++ b/train.py
@@ -57,6 +57,7 @@
     )
     add = parser.add_argument
     add("--data", default="bundled", help="'bundled', 'hub', or a folder; or several by '+'")
+    add("--limit", type=int, help="train with so many sentences only")
     add("--model", default=DEFAULT_MODEL, help="packaged model, a name on the hub, or a folder")
     add("--epochs", type=int, default=5, help="most passes over the training data")
     add("--patience", type=int, default=3, help="stop after so many epochs without a better one")
@@ -96,7 +97,7 @@
 def train(cfg: argparse.Namespace, output: Path) -> None:
     """Train a model, keep its best and its last checkpoint in output, and print how good it is."""
     pl.seed_everything(cfg.seed, verbose=False)
-    datamodule = DataModule(cfg.data, cfg.model, cfg.batch_size, cfg.seed)
+    datamodule = DataModule(cfg.data, cfg.model, cfg.batch_size, cfg.seed, cfg.limit)
     datamodule.setup()
     model = ColaModel(cfg.model, cfg.learning_rate)
     # The checkpoints of an earlier training stay as they are until this one has finished.
PATCH
