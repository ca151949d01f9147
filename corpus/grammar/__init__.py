"""The grammar: importing it registers the paradigms of all thirteen families."""

from grammar import (
    agreement,
    argument_structure,
    binding,
    complementation,
    determiners,
    ellipsis,
    irregular_forms,
    npi,
    passives,
    quantifiers,
    raising_control,
    wh_movement,
    word_order,
)
from grammar.registry import FAMILIES, PARADIGMS, Paradigm, Variant, variants

__all__ = [
    "FAMILIES",
    "PARADIGMS",
    "Paradigm",
    "Variant",
    "agreement",
    "argument_structure",
    "binding",
    "complementation",
    "determiners",
    "ellipsis",
    "irregular_forms",
    "npi",
    "passives",
    "quantifiers",
    "raising_control",
    "variants",
    "wh_movement",
    "word_order",
]
