"""Write the bundled corpus: python corpus/generate.py [FOLDER ...]

Three files in CoLA's layout go into each folder; without one, into the `data` folder of every
step. The same sentences come out on every machine.
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
MIN_WORDS = 3
# At least so many of the out-of-domain content words must be new.
MIN_UNSEEN = 0.6
# A rule that has not filled its share after so many calls has too few words to choose from.
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
    """A random order that does not depend on the version of Python."""
    keyed = [(rng.random(), item) for item in items]
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]


def shares(size: int, count: int) -> list[tuple[int, int]]:
    """How many good and how many bad sentences each of so many paradigms has to give."""
    totals = (round(size * SHARE_ACCEPTABLE), size - round(size * SHARE_ACCEPTABLE))
    good, bad = (
        [total * (i + 1) // count - total * i // count for i in range(count)] for total in totals
    )
    return list(zip(good, bad, strict=True))


def collect(paradigm: Paradigm, speaker: Speaker, good: int, bad: int, seen: set[str]) -> list[Row]:
    """New sentences of a paradigm: of each call, at most one that is good and one that is bad."""
    wanted = {True: good, False: bad}
    found: list[Row] = []
    for _ in range(MAX_CALLS):
        options = variants(paradigm, speaker)
        for label in (True, False):
            choices = [v.text for v in options if v.acceptable is label]
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
    """The rows of the three files, by file name."""
    seen: set[str] = set()
    train, dev, held_out = [], [], []
    known = [p for p in PARADIGMS.values() if not p.held_out]
    unknown = [p for p in PARADIGMS.values() if p.held_out]
    sizes = zip(known, shares(TRAIN_SIZE, len(known)), shares(DEV_SIZE, len(known)), strict=True)
    for paradigm, train_share, dev_share in sizes:
        speaker = Speaker(Random(f"{SEED} {paradigm.code}"), TRAIN)
        train += collect(paradigm, speaker, *train_share, seen)
        dev += collect(paradigm, speaker, *dev_share, seen)
    for paradigm, share in zip(unknown, shares(HELD_OUT_SIZE, len(unknown)), strict=True):
        speaker = Speaker(Random(f"{SEED} {paradigm.code}"), HELD_OUT)
        held_out += collect(paradigm, speaker, *share, seen)
    splits = {
        "in_domain_train.tsv": shuffled(train, Random(f"{SEED} train")),
        "in_domain_dev.tsv": shuffled(dev, Random(f"{SEED} dev")),
        "out_of_domain_dev.tsv": shuffled(held_out, Random(f"{SEED} held out")),
    }
    if unseen_share(splits) < MIN_UNSEEN:
        raise RuntimeError("the out-of-domain sentences share too many words with training")
    return splits


def content_words(rows: Iterable[Row]) -> set[str]:
    """The word forms of some sentences, without function words."""
    words = re.findall(r"[a-z']+", " ".join(row.sentence.lower() for row in rows))
    return {word.removesuffix("'s").strip("'") for word in words} - FUNCTION_WORDS


def unseen_share(splits: Splits) -> float:
    """How many of the out-of-domain content words do not occur in training."""
    held_out = content_words(splits["out_of_domain_dev.tsv"])
    return len(held_out - content_words(splits["in_domain_train.tsv"])) / len(held_out)


def summary(splits: Splits) -> str:
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
    share = unseen_share(splits)
    lines.append(f"out-of-domain content words that do not occur in training: {share:.0%}")
    return "\n".join(lines)


def example(paradigm: Paradigm) -> tuple[str, str]:
    """A good and a bad sentence of a paradigm."""
    words = HELD_OUT if paradigm.held_out else TRAIN
    speaker = Speaker(Random(f"example {paradigm.code}"), words)
    while True:
        options: Sequence[Variant] = variants(paradigm, speaker)
        good = [v.text for v in options if v.acceptable]
        bad = [v.text for v in options if not v.acceptable]
        if good and bad:
            return good[0], bad[0]


def table() -> str:
    """All paradigms by family, in Markdown."""
    lines = ["| code | phenomenon | acceptable | not acceptable |", "|---|---|---|---|"]
    for family in FAMILIES.values():
        members = [p for p in PARADIGMS.values() if p.family == family]
        lines.append(f"| **{family}** | {len(members)} paradigms | | |")
        for paradigm in members:
            good, bad = example(paradigm)
            code = f"`{paradigm.code}`" + (" (held out)" if paradigm.held_out else "")
            lines.append(f"| {code} | {paradigm.description} | {good} | \\*{bad} |")
    return "\n".join(lines)


def step_folders() -> list[Path]:
    root = Path(__file__).resolve().parent.parent
    return [step / "data" for step in sorted(root.glob("step_*"))]


def write(splits: Splits, folder: Path) -> None:
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
        print(table())
        return
    splits = make_splits()
    for folder in args.folders or step_folders():
        write(splits, folder)
    print(summary(splits))


if __name__ == "__main__":
    main()
