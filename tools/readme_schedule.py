"""Schedule the READMEs: two run at a time, because most commands keep one core busy."""

import re
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from doctor import PORTS
from readme_shell import Shell

WORKERS = 2
# The minutes of each step's README on 2 cores, while another one runs; `check` prints them anew.
USUAL_MINUTES = {0: 8, 1: 3, 2: 5, 3: 4, 4: 4, 5: 1, 6: 0.2, 7: 2, 8: 3, 9: 8}
PAGE_MINUTES = 1  # of another page of a lesson


def find_step(readme: Path) -> int:
    """Return the number of the step that a README or another page belongs to, or -1."""
    matches = [re.match(r"step_(\d)", part) for part in readme.parts]
    return next((int(match[1]) for match in matches if match), -1)


def get_usual_minutes(readme: Path) -> float:
    """Return how many minutes a README or another page usually takes."""
    return USUAL_MINUTES.get(find_step(readme), 0) if readme.name == "README.md" else PAGE_MINUTES


def uses_ports(readme: Path) -> bool:
    """Return whether a README starts servers. Their ports are the same in all READMEs."""
    return any(str(find_step(readme)) in steps for steps, _ in PORTS.values())


def may_run_beside(readme: Path, running: Iterable[Path]) -> bool:
    """Return whether a README may run at the same time as those that are running.

    Only one README at a time may start servers.
    """
    return not uses_ports(readme) or not any(map(uses_ports, running))


def sort_readmes(readmes: Iterable[Path]) -> list[Path]:
    """Sort READMEs so that two workers end at about the same time.

    The READMEs that start servers come first: they run one after the other, so whenever none of
    them is running, the next one must start. The others come in the order of their time, the
    longest first, so that the short ones fill the rest of both workers' time.
    """
    return sorted(
        readmes,
        key=lambda path: (not uses_ports(path), -get_usual_minutes(path)),
    )


def estimate_minutes(readmes: Iterable[Path], workers: int) -> float:
    """Return how many minutes so many workers usually take for these READMEs."""
    minutes = {path: get_usual_minutes(path) for path in readmes}
    with_servers = sum(minutes[path] for path in minutes if uses_ports(path))
    return max(with_servers, sum(minutes.values()) / workers, *minutes.values())


def run_all(readmes: Iterable[Path], run: Callable[[Path], object], workers: int = WORKERS) -> None:
    """Call `run` for each README, in threads: a free worker takes the first one that may run."""
    waiting = list(readmes)
    running: dict[Future, Path] = {}
    with ThreadPoolExecutor(workers) as threads:
        try:
            while waiting or running:
                for readme in list(waiting):
                    if len(running) < workers and may_run_beside(readme, running.values()):
                        waiting.remove(readme)
                        running[threads.submit(run, readme)] = readme
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    del running[future]
                    future.result()
        except KeyboardInterrupt:
            Shell.close_all()  # otherwise the workers would go on to the end of their READMEs
            raise
