"""What the benchmarks use of step 0; no other module imports from that step.

A process can import either this module or step_4, since the modules of both steps have the same
names.
"""

import sys

from paths import STEP_0

sys.path.insert(0, str(STEP_0))
from cola import Example, read_splits
from data import DataModule
from model import DEFAULT_MODEL, ColaModel, find_pretrained, load_tokenizer

__all__ = [
    "DEFAULT_MODEL",
    "ColaModel",
    "DataModule",
    "Example",
    "find_pretrained",
    "load_tokenizer",
    "read_splits",
]
