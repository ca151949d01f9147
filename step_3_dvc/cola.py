"""Read CoLA from the bundled corpus, from a folder in its layout, or from the Hugging Face hub."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from errors import InputError
from predictions import is_blank

BUNDLED = Path(__file__).parent / "data"
HUB_DATASET = ("nyu-mll/glue", "cola")


class Example(NamedTuple):
    """A sentence, its label (1 is acceptable, 0 is unacceptable), and where it was read."""

    sentence: str
    label: int
    place: str = ""


@dataclass
class Splits:
    """The sentences to train on, and those to measure the model with (dev, by name).

    validation_name is the dev split by which training chooses the best epoch.
    """

    train: list[Example]
    dev: dict[str, list[Example]]
    validation_name: str

    @property
    def validation(self) -> list[Example]:
        """The sentences by which training chooses the best epoch."""
        return self.dev[self.validation_name]

    @property
    def by_name(self) -> dict[str, list[Example]]:
        """All splits by their names, "train" first."""
        return {"train": self.train, **self.dev}

    @property
    def all_dev(self) -> list[Example]:
        """The sentences of all dev splits together."""
        return [example for examples in self.dev.values() for example in examples]


def read_file(path: Path) -> list[Example]:
    """Read one file in CoLA's layout, whose columns are separated by tabs.

    The four columns are the source, the label, the author's mark and the sentence. Raises
    InputError, with file and line, where the file is missing or has another layout.
    """
    if not path.is_file():
        raise InputError(
            f"{path} does not exist. The data can be 'bundled', 'hub', or a folder with "
            "in_domain_train.tsv, in_domain_dev.tsv and out_of_domain_dev.tsv."
        )
    examples = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            _source, label, _mark, sentence = line.decode("utf-8").split("\t")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}, line {number}: not UTF-8 text ({error.reason}).") from None
        except ValueError:
            columns = line.count(b"\t") + 1
            raise InputError(
                f"{path}, line {number}: {columns} columns where CoLA has 4, separated by tabs: "
                "source, label, mark, sentence."
            ) from None
        if label not in ("0", "1"):
            raise InputError(f"{path}, line {number}: the label is {label!r}, not 0 or 1.")
        if is_blank(sentence):
            raise InputError(f"{path}, line {number}: the sentence is empty.")
        examples.append(Example(sentence, int(label), f"{path}, line {number}"))
    if not examples:
        raise InputError(f"{path} is empty.")
    return examples


def read_folder(folder: Path) -> Splits:
    """Read the three files of CoLA's layout; raises InputError where one is missing or wrong."""
    return Splits(
        train=read_file(folder / "in_domain_train.tsv"),
        dev={
            "in_domain_dev": read_file(folder / "in_domain_dev.tsv"),
            "out_of_domain_dev": read_file(folder / "out_of_domain_dev.tsv"),
        },
        validation_name="in_domain_dev",
    )


def read_hub() -> Splits:
    """Download CoLA from the Hugging Face hub, where both dev files are one validation split.

    Raises InputError when the hub can't be reached.
    """
    import datasets  # noqa: PLC0415 - takes a second, and only the hub needs it

    try:
        hub = datasets.load_dataset(*HUB_DATASET)
    except OSError as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(
            f"Can't get CoLA from the Hugging Face hub ({reason}). Use the bundled corpus "
            "('bundled') or a folder with CoLA's files, such as cola_public/raw."
        ) from None
    train, validation = (
        [
            Example(row["sentence"], row["label"], f"{split}, sentence {number}")
            for number, row in enumerate(hub[split], start=1)
        ]
        for split in ("train", "validation")
    )
    return Splits(train, {"validation": validation}, validation_name="validation")


def read_splits(source: str) -> Splits:
    """Read all splits from "bundled", "hub" or a folder in CoLA's layout.

    Several sources can be joined by "+": training then uses the training sentences of all of them,
    and the dev splits are those of the first. Raises InputError for a source that can't be read.
    """
    # A folder's own name may have a "+", too.
    first, *others = [source] if Path(source).is_dir() else source.split("+")
    if first == "hub":
        splits = read_hub()
    else:
        splits = read_folder(BUNDLED if first == "bundled" else Path(first))
    for other in others:
        splits.train += read_splits(other).train
    return splits
