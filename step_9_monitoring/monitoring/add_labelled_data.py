"""Add sentences from production that somebody has labelled to the data, to train on both.

Run `python add_labelled_data.py`, then `python train.py data.source=monitoring/data`. The labelled
sentences are those that simulate_traffic.py leaves of out_of_domain_dev.tsv, the other domain: 200
to train on, and 150 for validation. What is left stays what a trained model has never seen.
"""

from pathlib import Path

from data import BUNDLED
from errors import exit_on_input_error
from simulate_traffic import LABELLED

FOLDER = Path("monitoring/data")
TRAIN = 200


@exit_on_input_error()
def main() -> None:
    names = ("in_domain_train.tsv", "in_domain_dev.tsv", "out_of_domain_dev.tsv")
    train, validation, other = (
        (BUNDLED / name).read_text(encoding="utf-8").splitlines(keepends=True) for name in names
    )
    train += other[:TRAIN]
    validation += other[TRAIN:LABELLED]
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, lines in zip(names, (train, validation, other[LABELLED:]), strict=True):
        (FOLDER / name).write_text("".join(lines), encoding="utf-8")
        print(f"{FOLDER / name}  {len(lines):,} sentences")


if __name__ == "__main__":
    main()
