# The encoder's weights take no gradients where the configuration says so.
git apply <<'PATCH'
--- a/model.py
+++ b/model.py
@@ -108,6 +108,7 @@ class ColaModel(pl.LightningModule):
         weight_decay: float = 0.01,
         warmup: float = 0.1,
         dropout: float = 0.1,
+        freeze_encoder: bool = False,
     ):
         """Load the encoder, and add a classifier with random weights.
 
@@ -118,6 +119,7 @@ class ColaModel(pl.LightningModule):
         super().__init__()
         self.save_hyperparameters()
         self.encoder = load_pretrained(AutoModel, model_name)
+        self.encoder.requires_grad_(not freeze_encoder)
         self.encoder.pooler = None  # made for the pre-training task, and not used here
         # Half of MiniLM's weights are its vocabulary. Kept as they are, training is faster.
         self.encoder.get_input_embeddings().requires_grad_(False)
PATCH
cat > configs/model/minilm_frozen.yaml <<'END'
# Only the classifier, and the mix of layers, learns.
defaults:
  - minilm

freeze_encoder: true
END
