"""Print the names of the arguments of a module's command line that have no help, as a JSON list.

The module runs as `python -m MODULE` does, up to the point where it parses its arguments.
"""

import argparse
import json
import runpy
import sys
from collections.abc import Iterator


def find_arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a parser and of its subcommands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                yield from find_arguments(subparser)
        else:
            yield action


def print_and_exit(parser: argparse.ArgumentParser, *arguments: object) -> None:
    print(json.dumps([action.dest for action in find_arguments(parser) if not action.help]))
    sys.exit()


argparse.ArgumentParser.parse_args = print_and_exit  # type: ignore[assignment, method-assign]
runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
