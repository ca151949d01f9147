"""Phrases: noun phrases with their features, verb groups in all tenses, and plain clauses.

A `Speaker` makes random choices from one vocabulary. Clauses have no capital and no full stop
yet, so that they can be embedded; `grammar.registry.finish` adds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from lexicon import Frame, Lexicon, phrases
from morphology import ing, participle, past, plural, third, with_article

T = TypeVar("T")

# Verbs of states, which have no progressive and take no adverb of manner or place.
STATIVE = set(
    phrases("""
    like/love/hate/want/need/know/hear/see/admire/trust/respect/lose/find/discover/forget/miss
    remember/enjoy/adore/despise/envy/fear/pity/recognize/overhear/surprise/live/blame
    """)
)

REFLEXIVES = {"m": "himself", "f": "herself", "n": "itself", "pl": "themselves"}
SUBJECT_PRONOUNS = {"m": "he", "f": "she", "n": "it", "pl": "they"}
OBJECT_PRONOUNS = {"m": "him", "f": "her", "n": "it", "pl": "them"}
POSSESSIVES = {"m": "his", "f": "her", "n": "its", "pl": "their"}
PLURAL_DETERMINERS = "the/these/those/some/two/three/many/several"
# Nouns that always need a possessive (my sister), and below nouns that may have one (my friend)
RELATIVES = set(
    phrases("""
    father/brother/uncle/son/husband/grandfather/mother/sister/aunt/daughter/wife/nephew/niece
    grandson/granddaughter/cousin/grandmother
    """)
)
ONE_OF_A_KIND = {"father", "husband", "grandfather", "mother", "wife", "grandmother"}
ACQUAINTANCES = set(
    phrases("""
    friend/neighbour/teacher/doctor/lawyer/student/guest/manager/dentist/tailor/banker/servant
    """)
)
MODALS = ["can", "could", "may", "might", "must", "should", "will", "would"]


@dataclass(frozen=True)
class NP:
    """A noun phrase: its words, and its features for agreement and anaphora."""

    text: str
    gender: str = "n"  # m, f, n, or p for a person whose gender the noun does not show
    number: str = "sg"
    person: int = 3
    object: str = ""  # the accusative, if it differs from the text

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """The key in the tables of pronouns: m, f, n or pl."""
        return "pl" if self.number == "pl" else self.gender

    @property
    def accusative(self) -> str:
        return self.object or self.text

    @property
    def third_singular(self) -> bool:
        return self.number == "sg" and self.person == 3

    @property
    def pronoun(self) -> str:
        return SUBJECT_PRONOUNS[self.key]

    @property
    def reflexive(self) -> str:
        return REFLEXIVES[self.key]

    @property
    def possessive(self) -> str:
        return POSSESSIVES[self.key]

    @property
    def genitive(self) -> str:
        """The genitive, such as Mary's, the boys' or the children's."""
        return self.text + ("'" if self.number == "pl" and self.text.endswith("s") else "'s")

    def agree(self, singular: str, other: str) -> str:
        """Return the form that agrees: singular for the third person singular, else the other."""
        return singular if self.third_singular else other

    @property
    def be(self) -> str:
        return "am" if self.text == "I" else self.agree("is", "are")

    @property
    def was(self) -> str:
        return "was" if self.third_singular or self.text == "I" else "were"

    @property
    def have(self) -> str:
        return self.agree("has", "have")

    @property
    def do(self) -> str:
        return self.agree("does", "do")

    def present(self, verb: str) -> str:
        return third(verb) if self.third_singular else verb


PRONOUNS = [
    NP("I", "p", "sg", 1, "me"),
    NP("you", "p", "pl", 2),
    NP("he", "m", "sg", 3, "him"),
    NP("she", "f", "sg", 3, "her"),
    NP("we", "p", "pl", 1, "us"),
    NP("they", "p", "pl", 3, "them"),
]


@dataclass(frozen=True)
class Event:
    """The parts of a transitive clause."""

    subject: NP
    verb: str
    object: NP

    @property
    def past(self) -> str:
        return past(self.verb)

    @property
    def participle(self) -> str:
        return participle(self.verb)

    @property
    def ing(self) -> str:
        return ing(self.verb)

    @property
    def present(self) -> str:
        return self.subject.present(self.verb)


TENSES = phrases("""
    past/past/past/past/present/future/modal/perfect/progressive/past progressive/negative past
    negative present/pluperfect/negative modal
    """)


class Speaker:
    """Makes random phrases and clauses from one vocabulary.

    The methods return random choices. Those that return a string return words without a capital and
    without a full stop.
    """

    def __init__(self, rng: Random, words: Lexicon) -> None:
        self.rng = rng
        self.words = words

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options; each has the same probability."""
        return options[self.rng.randrange(len(options))]

    def word(self, text: str) -> str:
        """Return one entry of a list that is written with slashes, such as "m/f"."""
        return self.pick(phrases(text))

    def with_probability(self, probability: float) -> bool:
        """Return True with this probability, and else False."""
        return self.rng.random() < probability

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """Return so many different entries of a list, in random order."""
        pool = list(options)
        return [pool.pop(self.rng.randrange(len(pool))) for _ in range(count)]

    # Noun phrases

    def name(self, gender: str = "") -> NP:
        gender = gender or self.word("m/f")
        return NP(self.pick(self.names(gender)), gender)

    def names(self, gender: str) -> list[str]:
        return self.words.male_names if gender == "m" else self.words.female_names

    def two_names(self) -> tuple[NP, NP]:
        """Return two different names."""
        first = self.name()
        second = self.name()
        return (first, second) if first.text != second.text else self.two_names()

    def adjective(self, options: Sequence[str], probability: float = 0.2) -> str:
        """Return an adjective with a blank after it, or an empty string."""
        return self.pick(options) + " " if self.with_probability(probability) else ""

    def determined(self, noun: str, gender: str, number: str, owned: bool) -> NP:
        """Return a noun with a determiner that fits; possessives only if it can be owned."""
        owner = "my/my/our/your/his/her/their" if owned else "the/the"
        if number == "pl":
            return NP(f"{self.word(f'the/the/{owner}/{PLURAL_DETERMINERS}')} {noun}", gender, "pl")
        det = self.word(f"the/the/the/a/a/a/this/that/{owner}")
        return NP(with_article(noun) if det == "a" else f"{det} {noun}", gender)

    def relative(self, noun: str, gender: str, number: str) -> NP:
        if noun in ONE_OF_A_KIND:
            return NP(f"{self.word('my/my/your')} {noun}", gender)
        owner = self.word("my/my/our/your/his/her/their")
        text = plural(noun) if number == "pl" else noun
        return NP(
            f"{owner} {self.adjective(['older', 'little', 'favourite'], 0.1)}{text}", gender, number
        )

    def describe(self, noun: str, gender: str, number: str) -> NP:
        """Return a noun phrase for a person, such as my sisters or a guest from Spain."""
        if noun in RELATIVES:
            return self.relative(noun, gender, number)
        text = self.adjective(self.words.person_adjectives)
        text += plural(noun) if number == "pl" else noun
        if self.with_probability(0.08):
            text += f" {self.pick(self.words.modifiers)}"
        return self.determined(text, gender, number, noun in ACQUAINTANCES)

    def definite(self, noun: str, number: str = "sg", gender: str = "n") -> NP:
        return NP(f"the {plural(noun) if number == 'pl' else noun}", gender, number)

    def human_noun(self, gender: str = "", number: str = "sg") -> tuple[str, str]:
        """Return a noun for a person, and its gender (p if the noun does not show it)."""
        gender = gender or self.word("m/f/p/p")
        nouns = {"m": self.words.men, "f": self.words.women, "p": self.words.people}[gender]
        if number == "pl":
            nouns = [noun for noun in nouns if noun not in ONE_OF_A_KIND]
        return self.pick(nouns), gender

    def stranger(self) -> str:
        """Return a noun for a person that is no relative, so that `a` can go before it."""
        noun, _ = self.human_noun()
        return noun if noun not in RELATIVES else self.stranger()

    def human(self, number: str = "", gender: str = "") -> NP:
        """Return a description of a person, such as the tall teacher or my sisters."""
        number = number or self.word("sg/sg/pl")
        noun, gender = self.human_noun(gender, number)
        return self.describe(noun, gender, number)

    def the_human(self, number: str = "", gender: str = "") -> NP:
        number = number or self.word("sg/sg/pl")
        noun, gender = self.human_noun(gender, number)
        if noun in RELATIVES:
            return self.relative(noun, gender, number)
        return self.definite(noun, number, gender)

    def person(self, number: str = "", gender: str = "") -> NP:
        """Return a name or a description of a person."""
        if number != "pl" and gender != "p" and self.with_probability(0.4):
            return self.name(gender)
        return self.human(number, gender)

    def gendered(self) -> NP:
        """Return a singular person with a known gender: a name, my uncle, the queen."""
        gender = self.word("m/f")
        return self.name(gender) if self.with_probability(0.5) else self.the_human("sg", gender)

    def subject(self) -> NP:
        """Return any subject: a name, a description or a pronoun."""
        return self.pick(PRONOUNS) if self.with_probability(0.25) else self.person()

    def thing(self, noun: str, number: str = "") -> NP:
        """Return a noun phrase for an object of a frame, which may begin with the mark ~ or +."""
        if noun.startswith("~"):
            return NP(self.pick(["the ", "the ", "some ", "my ", "", "", ""]) + noun[1:])
        if noun.startswith("+"):
            return NP(self.word("the/some/a lot of/these") + " " + noun[1:], "n", "pl")
        number = number or self.word("sg/sg/sg/pl")
        text = self.adjective(self.words.thing_adjectives, 0.15)
        text += plural(noun) if number == "pl" else noun
        return self.determined(text, "n", number, self.with_probability(0.5))

    def the_thing(self, noun: str) -> NP:
        number = "pl" if noun.startswith("+") else "sg"
        return NP("the " + noun.lstrip("~+"), "n", number)

    def agent(self, frame: Frame) -> NP:
        """Return a noun phrase for a subject of a frame."""
        noun = self.pick(frame.subjects)
        if noun == "*":
            return self.person()
        if noun in ONE_OF_A_KIND:
            return NP(f"my {noun}", "m" if noun in self.words.men else "f")
        gender = "m" if noun in self.words.men else "f" if noun in self.words.women else "p"
        return self.describe(noun, gender, self.word("sg/sg/pl"))

    def frame(self, countable: bool = False) -> Frame:
        """Return the frame of a verb that is not stative.

        A countable frame has no objects that are mass nouns or used in the plural only.
        """
        frame = self.pick([frame for frame in self.words.transitive if frame.verb not in STATIVE])
        if not countable:
            return frame
        objects = tuple(noun for noun in frame.objects if noun[0] not in "~+")
        return replace(frame, objects=objects) if objects else self.frame(countable)

    def event(self, subject: NP | None = None, countable: bool = False) -> Event:
        frame = self.frame(countable)
        return Event(subject or self.agent(frame), frame.verb, self.thing(self.pick(frame.objects)))

    def deed(self) -> Event:
        """Return an event or a state whose subject can be any person."""
        frame = self.pick([frame for frame in self.words.transitive if "*" in frame.subjects])
        subject = self.name() if self.with_probability(0.5) else self.subject()
        return Event(subject, frame.verb, self.thing(self.pick(frame.objects)))

    # Verb groups and clauses

    def verb_group(self, subject: NP, verb: str, tense: str) -> str:
        match tense:
            case "past":
                return past(verb)
            case "present":
                return subject.present(verb)
            case "future":
                return f"will {verb}"
            case "modal":
                return f"{self.pick(MODALS)} {verb}"
            case "negative modal":
                return f"{self.word('cannot/could not/should not/will not/would not')} {verb}"
            case "perfect":
                return f"{subject.have} {participle(verb)}"
            case "pluperfect":
                return f"{self.word('had/had already/had just')} {participle(verb)}"
            case "progressive":
                return f"{subject.be} {ing(verb)}"
            case "past progressive":
                return f"{subject.was} {ing(verb)}"
            case "negative past":
                return self.pick(["did not ", "didn't "]) + verb
            case "negative present":
                return f"{subject.do} not {verb}"
        raise ValueError(tense)

    def tense(self, verb: str) -> str:
        tense = self.pick(TENSES)
        if verb in STATIVE and "progressive" in tense:
            return "past"
        return tense

    def time(self, tense: str) -> str:
        """Return an adverbial of time or place that goes with a tense."""
        match tense:
            case "past" | "negative past":
                return self.pick(self.words.past_times)
            case "future":
                return self.pick(self.words.future_times)
            case "present" | "negative present":
                return self.pick(self.words.habits)
        return self.pick(self.words.places)

    def tail(self, verb: str, tense: str, probability: float = 0.4) -> str:
        """Return an adverbial with a blank before it, or an empty string."""
        if not self.with_probability(probability):
            return ""
        if verb in STATIVE:
            return " " + self.time("past") if tense == "past" else ""
        return " " + (
            self.pick(self.words.manner) if self.with_probability(0.3) else self.time(tense)
        )

    def transitive(self) -> str:
        event = self.deed() if self.with_probability(0.5) else self.event()
        tense = self.tense(event.verb)
        group = self.verb_group(event.subject, event.verb, tense)
        return f"{event.subject} {group} {event.object}{self.tail(event.verb, tense)}"

    def meeting(self) -> str:
        """Return a clause in which a person does something to another person."""
        verb = self.pick(self.words.social)
        subject, other = self.subject(), self.human()
        tense = self.tense(verb)
        group = self.verb_group(subject, verb, tense)
        time = f" {self.time(tense)}" if self.with_probability(0.3) and verb not in STATIVE else ""
        return f"{subject} {group} {other.accusative}{time}"

    def intransitive_parts(self) -> tuple[NP, str, str]:
        """Return the subject, the verb and the adjunct of an intransitive clause."""
        verb, subjects, adjuncts = self.pick(self.words.intransitive)
        noun = self.word(subjects)
        subject = self.subject() if noun == "*" else self.definite(noun, self.word("sg/pl"))
        return subject, verb, self.word(adjuncts)

    def intransitive(self) -> str:
        subject, verb, adjunct = self.intransitive_parts()
        tense = self.word("past/past/past/present/modal/past progressive/negative past")
        tense = "past" if verb in STATIVE else tense
        group = self.verb_group(subject, verb, tense)
        return (
            f"{subject} {group} {adjunct}" if self.with_probability(0.8) else f"{subject} {group}"
        )

    def predication(self) -> tuple[NP, str]:
        """Return a subject, and an adjective or a place that can be its predicate."""
        if self.with_probability(0.6):
            return self.subject(), self.pick(self.words.moods)
        return self.thing(self.pick(self.words.belongings)), self.pick(self.words.qualities)

    def copular(self) -> str:
        subject, predicate = self.predication()
        copula = self.pick([subject.be, subject.was, f"{subject.be} not", f"{subject.was} not"])
        return f"{subject} {copula} {predicate}"

    def past_clause(self) -> str:
        """Return a clause in the past tense."""
        if self.with_probability(0.3):
            subject, verb, adjunct = self.intransitive_parts()
            return f"{subject} {past(verb)} {adjunct}"
        event = self.deed()
        return f"{event.subject} {event.past} {event.object}"

    def clause(self) -> str:
        """Return any plain declarative clause."""
        match self.word("transitive/transitive/transitive/meeting/intransitive/copular"):
            case "transitive":
                return self.transitive()
            case "meeting":
                return self.meeting()
            case "intransitive":
                return self.intransitive()
        return self.copular()
