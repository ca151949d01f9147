"""Compose every combination of the configuration's groups, and build the objects it describes.

Arguments: the groups and their choices, as a dict; a model's folder, which takes the place of
models on the hub; a folder for logs.
"""

import ast
import itertools
import sys
from pathlib import Path

from hydra import compose, initialize
from hydra.utils import instantiate

groups, tiny, output = ast.literal_eval(sys.argv[1]), sys.argv[2], sys.argv[3]
with initialize(version_base="1.3", config_path="configs"):
    for choices in itertools.product(*groups.values()):
        overrides = [f"{group}={choice}" for group, choice in zip(groups, choices, strict=True)]
        cfg = compose("config", overrides=[*overrides, f"model.model_name={tiny}"])
        data, model = instantiate(cfg.data), instantiate(cfg.model)
        assert data.model_name == model.hparams.model_name == tiny
        assert data.seed == cfg.seed
        logger = instantiate(cfg.logger, save_dir=Path(output))
        trainer = instantiate(cfg.training, logger=logger)
        assert trainer.max_epochs == cfg.training.max_epochs
        print("built", *overrides)
