"""Average the weights of an untrained model 60 times, as in training, and print if a buffer moves.

Argument: the model's folder.
"""

import sys
from pathlib import Path

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EMAWeightAveraging

from model import ColaModel
from train import make_callbacks

model = ColaModel(sys.argv[1])
before = {name: buffer.clone() for name, buffer in model.named_buffers()}
callbacks = make_callbacks(Path("unused"), patience=3, seed=0)
[averaging] = [callback for callback in callbacks if isinstance(callback, EMAWeightAveraging)]
averaging.setup(pl.Trainer(logger=False, enable_checkpointing=False), model, "fit")
average = averaging._average_model
assert average is not None
for _ in range(60):
    average.update_parameters(model)
for name, buffer in average.module.named_buffers():
    print(name, "kept" if torch.equal(buffer, before[name]) else "changed")
