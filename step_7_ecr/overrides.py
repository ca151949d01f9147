"""The command line's name=value: a clear error for a mistyped name, and the output folder.

Hydra's own error says that a name is wrong, but not which one was meant.
"""

import sys
from difflib import get_close_matches
from pathlib import Path

from omegaconf import OmegaConf

from errors import InputError, exit_on_input_error

CONFIGS = Path(__file__).parent / "configs"


def list_names() -> list[str]:
    """Return every name that the configuration files define: seed, data, data.batch_size, ..."""
    names = []
    for path in [CONFIGS / "config.yaml", *sorted(CONFIGS.glob("*/*.yaml"))]:
        keys = [str(key) for key in OmegaConf.load(path)]
        group = path.parent.name
        names += keys if path.parent == CONFIGS else [group, *(f"{group}.{key}" for key in keys)]
    return names


@exit_on_input_error()
def check_overrides() -> None:
    """Raise InputError for a name=value on the command line that Hydra would not understand.

    Either its name isn't in any file, or its value has characters that mean something to Hydra.
    """
    # The scripts that don't use Hydra start faster without these imports.
    from hydra.core.override_parser.overrides_parser import OverridesParser  # noqa: PLC0415
    from hydra.errors import HydraException  # noqa: PLC0415

    names = list_names()
    parser = OverridesParser.create()
    for argument in sys.argv[1:]:
        name, equals, value = argument.partition("=")
        if equals and not argument.startswith("-"):
            try:
                parser.parse_override(argument)
            except HydraException:
                raise InputError(
                    f"Hydra can't read the value of {name}. Put it into two kinds of quotes, one "
                    f"for the shell and one for Hydra: '{name}=\"{value}\"'"
                ) from None
        if not equals or name in names or name.startswith(("+", "~", "-", "hydra.", "hydra/")):
            continue
        nearest = get_close_matches(name, names, n=1, cutoff=0)[0]
        raise InputError(
            f"The configuration has no {name!r}. Did you mean {nearest!r}? "
            "All names: python train.py --cfg job. A plus adds a new one, such as another argument "
            "of Lightning's Trainer: +training.accelerator=cpu"
        )


def find_output() -> Path:
    """Return the folder with the model: that of `output=FOLDER`, or the one of config.yaml.

    The scripts that use a trained model take `output=FOLDER` as train.py does. It is removed from
    the command line, so that a script can read its own arguments as if it was not there.
    """
    output = OmegaConf.load(CONFIGS / "config.yaml").output
    for argument in [argument for argument in sys.argv if argument.startswith("output=")]:
        output = argument.removeprefix("output=").strip("'\"")  # quotes, such as Hydra takes
        sys.argv.remove(argument)
    return Path(output)
