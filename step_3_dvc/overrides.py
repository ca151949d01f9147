"""A clear error for a mistyped name on the command line.

Hydra's own says that a name is wrong, but not which one was meant.
"""

import sys
from difflib import get_close_matches
from pathlib import Path

from omegaconf import OmegaConf

from errors import InputError, exit_on_input_error

CONFIGS = Path(__file__).parent / "configs"


def list_names() -> list[str]:
    """Every name that the configuration files define: `seed`, `data`, `data.batch_size`, ..."""
    names = []
    for path in [CONFIGS / "config.yaml", *sorted(CONFIGS.glob("*/*.yaml"))]:
        keys = [str(key) for key in OmegaConf.load(path)]
        group = path.parent.name
        names += keys if path.parent == CONFIGS else [group, *(f"{group}.{key}" for key in keys)]
    return names


@exit_on_input_error()
def check_overrides() -> None:
    """Raise InputError for a name=value on the command line whose name isn't in any file."""
    names = list_names()
    for argument in sys.argv[1:]:
        name, equals, _ = argument.partition("=")
        if not equals or name in names or name.startswith(("+", "~", "-", "hydra.", "hydra/")):
            continue
        nearest = get_close_matches(name, names, n=1, cutoff=0)[0]
        raise InputError(
            f"The configuration has no {name!r}. Did you mean {nearest!r}? "
            "All names: python train.py --cfg job"
        )
