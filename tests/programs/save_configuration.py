"""Write models/.hydra/config.yaml, as train.py does, with the overrides of the command line."""

import sys
from pathlib import Path

from hydra import compose, initialize
from omegaconf import OmegaConf

with initialize(version_base="1.3", config_path="configs"):
    config = compose("config", overrides=sys.argv[1:])
Path("models/.hydra").mkdir(exist_ok=True)
OmegaConf.save(config, "models/.hydra/config.yaml")
