# Log the lengths of the training sentences, in words.
git apply <<'PATCH'
--- a/wandb_logging.py
+++ b/wandb_logging.py
@@ -80,8 +80,10 @@ def log_evaluation(
     ]
     save_plots(torch.tensor(scores)[:, 1], torch.tensor(labels), folder)
 
+    lengths = [len(example.sentence.split()) for example in train]
     logger.experiment.log(
         {
+            "train/lengths": wandb.Histogram(lengths),
             "val/confusion_matrix": wandb.plot.confusion_matrix(
                 probs=scores, y_true=labels, class_names=list(LABELS)
             ),
PATCH
