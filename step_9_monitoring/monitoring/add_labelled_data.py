"""Add sentences from production that somebody has labelled to the data, to train on both.

    python -m monitoring.add_labelled_data
    python train.py data.source=production/data output=production/models

The labelled sentences are the first 350 of out_of_domain_dev.tsv, which is another domain: 200 of
them go to the training data, and 150 to the validation data. simulate_traffic.py takes the others,
so a model that was trained on this data has never seen them.
"""

import argparse
from pathlib import Path

from cola import BUNDLED
from errors import exit_on_input_error
from monitoring.simulate_traffic import LABELLED

FOLDER = Path("production/data")
TRAIN = 200  # of the labelled sentences; the rest is for validation


@exit_on_input_error()
def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    names = ("in_domain_train.tsv", "in_domain_dev.tsv", "out_of_domain_dev.tsv")
    train, validation, other = (
        (BUNDLED / name).read_text(encoding="utf-8").splitlines(keepends=True) for name in names
    )
    train += other[:TRAIN]
    validation += other[TRAIN:LABELLED]
    FOLDER.mkdir(parents=True, exist_ok=True)
    contents = dict(zip(names, (train, validation, other[LABELLED:]), strict=True))
    for name, lines in contents.items():
        (FOLDER / name).with_suffix(".new").write_text("".join(lines), encoding="utf-8")
    for name, lines in contents.items():  # all of them are complete
        (FOLDER / name).with_suffix(".new").replace(FOLDER / name)
        print(f"{FOLDER / name}  {len(lines):,} sentences")


if __name__ == "__main__":
    main()
