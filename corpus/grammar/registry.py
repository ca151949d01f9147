"""Paradigms: what they are, how one is registered, and how a clause becomes a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phrases import Speaker

# The first part of a paradigm's code names its family.
FAMILIES = {
    "agr": "agreement",
    "bind": "binding and anaphora",
    "arg": "argument structure and alternations",
    "pass": "passives",
    "rc": "raising and control",
    "wh": "wh-movement and islands",
    "npi": "NPI licensing",
    "quant": "quantifiers",
    "ell": "ellipsis",
    "det": "determiner-noun agreement",
    "irr": "irregular forms",
    "wo": "word order",
    "comp": "complementation",
}


@dataclass(frozen=True)
class Variant:
    """One way to say it, and whether it is English."""

    text: str
    acceptable: bool


def good(text: str) -> Variant:
    return Variant(text, True)


def bad(text: str) -> Variant:
    return Variant(text, False)


Variants = Iterator[Variant]
Rule = Callable[[Speaker], Variants]


@dataclass(frozen=True)
class Paradigm:
    """A phenomenon: every call of its rule yields variants of one random sentence."""

    code: str
    family: str
    description: str
    held_out: bool
    embeds: bool
    rule: Rule


PARADIGMS: dict[str, Paradigm] = {}


def paradigm(
    code: str, description: str, held_out: bool = False, embeds: bool = True
) -> Callable[[Rule], Rule]:
    """Register a rule.

    A held-out paradigm occurs in the out-of-domain file only. One that embeds yields clauses
    that can stand inside a longer sentence.
    """
    family = FAMILIES[code.split("-", maxsplit=1)[0]]
    if code in PARADIGMS:
        raise ValueError(f"two paradigms have the code {code!r}")

    def register(rule: Rule) -> Rule:
        PARADIGMS[code] = Paradigm(code, family, description, held_out, embeds, rule)
        return rule

    return register


OPENINGS = [
    "I think",
    "I think that",
    "I know that",
    "we all know that",
    "she told me that",
    "he said that",
    "everyone says that",
    "it is true that",
    "I am sure that",
    "of course,",
    "in fact,",
    "fortunately,",
    "as you know,",
    "the truth is that",
    "they say that",
]


def surroundings(speaker: Speaker) -> tuple[str, str]:
    """What comes before and after a clause in a longer sentence; mostly a full stop only."""
    if speaker.chance(0.85):
        return "", speaker.pick("........................................!")
    match speaker.word("opening/opening/opening/first/last"):
        case "opening":
            return speaker.pick(OPENINGS) + " ", "."
        case "first":
            return f"{speaker.clause()}, {speaker.word('and/and/but')} ", "."
    return "", f", {speaker.word('and/and/but')} {speaker.clause()}."


def finish(text: str) -> str:
    """A sentence: first letter capital, a full stop at the end unless there is another mark."""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!" else text + "."


def variants(paradigm: Paradigm, speaker: Speaker) -> list[Variant]:
    """One call of a rule, as finished sentences that all have the same surroundings."""
    drafts = list(paradigm.rule(speaker))
    before, after = "", ""
    if paradigm.embeds and not any(draft.text[-1] in ".?!" for draft in drafts):
        before, after = surroundings(speaker)
    return [Variant(finish(before + draft.text + after), draft.acceptable) for draft in drafts]
