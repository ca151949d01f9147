"""Write models/best.ckpt without weights: only the record that it was trained on a source of data.

The source is the argument, "bundled" by default.
"""

import sys

import pytorch_lightning as pl
import torch

source = sys.argv[1] if len(sys.argv) > 1 else "bundled"
content = {
    "pytorch-lightning_version": pl.__version__,
    "datamodule_hyper_parameters": {"source": source},
}
torch.save(content, "models/best.ckpt")
