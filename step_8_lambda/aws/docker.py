"""Docker's command line, for the scripts that build on it."""

import subprocess
from collections.abc import Mapping

from errors import InputError


def run_docker(
    *arguments: str, stdin: str | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run a docker command, in this environment unless another is given; return what it prints.

    Raises InputError if Docker is not installed, or if the command fails, with the last line of its
    errors.
    """
    try:
        result = subprocess.run(
            ["docker", *arguments],
            input=stdin,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise InputError("Docker is not installed.") from None
    if result.returncode:
        reason = (result.stderr.strip() or "no message").splitlines()[-1]
        raise InputError(f"`docker {arguments[0]}` failed: {reason}")
    return result.stdout.strip()
