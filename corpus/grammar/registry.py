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
    """One variant of a sentence, and whether it is acceptable."""

    text: str
    acceptable: bool


def good(text: str) -> Variant:
    """Return an acceptable variant."""
    return Variant(text, True)


def bad(text: str) -> Variant:
    """Return an unacceptable variant."""
    return Variant(text, False)


Variants = Iterator[Variant]
Rule = Callable[[Speaker], Variants]


@dataclass(frozen=True)
class Paradigm:
    """A phenomenon. Every call of its rule yields the variants of one random sentence."""

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
    """Return a decorator that registers a rule as a paradigm.

    A held-out paradigm occurs in the out-of-domain file only. A paradigm that embeds yields clauses
    that can be a part of a longer sentence. Raises ValueError if the code is in use.
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
    """Return the words before and after a clause in its sentence; mostly only a full stop."""
    if speaker.with_probability(0.85):
        return "", speaker.pick("........................................!")
    match speaker.word("opening/opening/opening/first/last"):
        case "opening":
            return speaker.pick(OPENINGS) + " ", "."
        case "first":
            return f"{speaker.clause()}, {speaker.word('and/and/but')} ", "."
    return "", f", {speaker.word('and/and/but')} {speaker.clause()}."


def finish(text: str) -> str:
    """Return a text with a capital, and with a full stop unless it ends in a punctuation mark."""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!" else text + "."


def variants(paradigm: Paradigm, speaker: Speaker) -> list[Variant]:
    """Call a paradigm's rule once; return its variants as sentences with the same surroundings."""
    drafts = list(paradigm.rule(speaker))
    before, after = "", ""
    if paradigm.embeds and not any(draft.text[-1] in ".?!" for draft in drafts):
        before, after = surroundings(speaker)
    return [Variant(finish(before + draft.text + after), draft.acceptable) for draft in drafts]
