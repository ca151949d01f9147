"""Write the bundled corpus: python corpus/generate.py [FOLDER ...]

This writes three files in CoLA's layout into each folder. Without a folder, it writes them into the
`data` folder of every step. The sentences are the same on every machine.
"""

import argparse
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from grammar import FAMILIES, PARADIGMS, Paradigm, Variant, variants
from lexicon import FUNCTION_WORDS, HELD_OUT, TRAIN
from phrases import Speaker

SEED = "acceptability"
TRAIN_SIZE, DEV_SIZE, HELD_OUT_SIZE = 4200, 500, 500
SHARE_ACCEPTABLE = 0.52
MIN_WORDS = 3  # of a sentence
# The least share of the out-of-domain content words that must not occur in training
MIN_UNSEEN_SHARE = 0.6
# A rule that has not yielded enough sentences after so many calls has too few words to choose from.
MAX_CALLS = 5000

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of a file."""

    code: str
    acceptable: bool
    sentence: str

    def __str__(self) -> str:
        mark = "" if self.acceptable else "*"
        return f"{self.code}\t{int(self.acceptable)}\t{mark}\t{self.sentence}"


Splits = dict[str, list[Row]]


def shuffled(items: Iterable[T], rng: Random) -> list[T]:
    """Return the items in a random order that does not depend on the version of Python."""
    keyed = [(rng.random(), item) for item in items]
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]


def split_size(size: int, count: int) -> list[tuple[int, int]]:
    """Divide a file's size among its paradigms.

    Returns the number of acceptable and that of unacceptable sentences for each of them.
    """
    totals = (round(size * SHARE_ACCEPTABLE), size - round(size * SHARE_ACCEPTABLE))
    good, bad = (
        [total * (i + 1) // count - total * i // count for i in range(count)] for total in totals
    )
    return list(zip(good, bad, strict=True))


def collect(paradigm: Paradigm, speaker: Speaker, good: int, bad: int, seen: set[str]) -> list[Row]:
    """Return rows with new sentences of a paradigm, and add the sentences to those already seen.

    Each call of the paradigm's rule gives at most one acceptable and one unacceptable sentence.
    Raises RuntimeError if MAX_CALLS calls don't give enough of them.
    """
    wanted = {True: good, False: bad}
    found: list[Row] = []
    for _ in range(MAX_CALLS):
        options = variants(paradigm, speaker)
        for label in (True, False):
            choices = [option.text for option in options if option.acceptable is label]
            if not choices or not wanted[label]:
                continue
            sentence = speaker.pick(choices)
            if sentence.lower() not in seen and sentence.count(" ") + 1 >= MIN_WORDS:
                seen.add(sentence.lower())
                wanted[label] -= 1
                found.append(Row(paradigm.code, label, sentence))
        if not any(wanted.values()):
            return found
    raise RuntimeError(f"{paradigm.code} has too few sentences: {len(found)} of {good + bad}")


def make_splits() -> Splits:
    """Return the rows of the three files, by file name.

    Raises RuntimeError if too many words of the out-of-domain sentences occur in training.
    """
    seen: set[str] = set()
    train, dev, held_out = [], [], []
    known = [paradigm for paradigm in PARADIGMS.values() if not paradigm.held_out]
    unknown = [paradigm for paradigm in PARADIGMS.values() if paradigm.held_out]
    train_sizes, dev_sizes = (split_size(size, len(known)) for size in (TRAIN_SIZE, DEV_SIZE))
    for paradigm, train_size, dev_size in zip(known, train_sizes, dev_sizes, strict=True):
        speaker = Speaker(Random(f"{SEED} {paradigm.code}"), TRAIN)
        train += collect(paradigm, speaker, *train_size, seen)
        dev += collect(paradigm, speaker, *dev_size, seen)
    for paradigm, size in zip(unknown, split_size(HELD_OUT_SIZE, len(unknown)), strict=True):
        speaker = Speaker(Random(f"{SEED} {paradigm.code}"), HELD_OUT)
        held_out += collect(paradigm, speaker, *size, seen)
    splits = {
        "in_domain_train.tsv": shuffled(train, Random(f"{SEED} train")),
        "in_domain_dev.tsv": shuffled(dev, Random(f"{SEED} dev")),
        "out_of_domain_dev.tsv": shuffled(held_out, Random(f"{SEED} held out")),
    }
    if calc_unseen_share(splits) < MIN_UNSEEN_SHARE:
        raise RuntimeError("the out-of-domain sentences share too many words with training")
    return splits


def find_content_words(rows: Iterable[Row]) -> set[str]:
    """Return the word forms of some sentences, without function words."""
    words = re.findall(r"[a-z']+", " ".join(row.sentence.lower() for row in rows))
    return {word.removesuffix("'s").strip("'") for word in words} - FUNCTION_WORDS


def calc_unseen_share(splits: Splits) -> float:
    """Return the share of the out-of-domain content words that do not occur in training."""
    held_out = find_content_words(splits["out_of_domain_dev.tsv"])
    return len(held_out - find_content_words(splits["in_domain_train.tsv"])) / len(held_out)


def summarize(splits: Splits) -> str:
    """Return a table with the sizes of the files, and the share of unseen words."""
    lines = [
        f"{'file':<22}{'sentences':>10}{'acceptable':>12}{'words':>16}{'paradigms':>11}  families"
    ]
    for name, rows in splits.items():
        lengths = [len(row.sentence.split()) for row in rows]
        words = f"{sum(lengths) / len(rows):.1f} ({min(lengths)}-{max(lengths)})"
        share = sum(row.acceptable for row in rows) / len(rows)
        codes = {row.code for row in rows}
        families = {PARADIGMS[code].family for code in codes}
        counts = f"{words:>16}{len(codes):>11}{len(families):>10}"
        lines.append(f"{name:<22}{len(rows):>10}{share:>12.1%}{counts}")
    share = calc_unseen_share(splits)
    lines.append(f"out-of-domain content words that do not occur in training: {share:.0%}")
    return "\n".join(lines)


def make_example(paradigm: Paradigm) -> tuple[str, str]:
    """Return an acceptable and an unacceptable sentence of a paradigm."""
    words = HELD_OUT if paradigm.held_out else TRAIN
    speaker = Speaker(Random(f"example {paradigm.code}"), words)
    while True:
        options: Sequence[Variant] = variants(paradigm, speaker)
        good = [option.text for option in options if option.acceptable]
        bad = [option.text for option in options if not option.acceptable]
        if good and bad:
            return good[0], bad[0]


def make_table() -> str:
    """Return a table of all paradigms by family, in Markdown."""
    lines = ["| code | phenomenon | acceptable | not acceptable |", "|---|---|---|---|"]
    for family in FAMILIES.values():
        members = [paradigm for paradigm in PARADIGMS.values() if paradigm.family == family]
        lines.append(f"| **{family}** | {len(members)} paradigms | | |")
        for paradigm in members:
            good, bad = make_example(paradigm)
            code = f"`{paradigm.code}`" + (" (held out)" if paradigm.held_out else "")
            lines.append(f"| {code} | {paradigm.description} | {good} | \\*{bad} |")
    return "\n".join(lines)


def find_data_folders() -> list[Path]:
    """Return the folder `data` of every step."""
    root = Path(__file__).resolve().parent.parent
    return [step / "data" for step in sorted(root.glob("step_*"))]


def write(splits: Splits, folder: Path) -> None:
    """Write the three files into a folder, which is made if it doesn't exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in splits.items():
        text = "".join(f"{row}\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--table", action="store_true", help="print the paradigms, write nothing")
    args = parser.parse_args(argv)
    if args.table:
        print(make_table())
        return
    splits = make_splits()
    for folder in args.folders or find_data_folders():
        write(splits, folder)
    print(summarize(splits))


if __name__ == "__main__":
    main()
