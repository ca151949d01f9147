"""Binding and anaphora: reflexives, reciprocals, bound possessives."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import past, plural
from phrases import NP, OBJECT_PRONOUNS, PRONOUNS, REFLEXIVES, Speaker

SELF_VERBS = ["hurt", "blame", "see", "wash", "praise", "teach", "admire", "hide", "defend"]
SELF_VERBS += ["introduce", "trust", "like", "ask", "forgive", "dress", "weigh", "describe"]
PERSONAL = {"I": "myself", "you": "yourself", "he": "himself", "she": "herself"}
PERSONAL |= {"we": "ourselves", "they": "themselves"}
PICTURES = ["a picture of", "a story about", "a book about", "a film about", "a photo of"]
PICTURES += ["a letter about", "an article about", "a song about", "a poem about"]


def others(right: str) -> list[str]:
    """The third-person reflexives except one and the neuter."""
    return [form for form in ("himself", "herself", "themselves") if form != right]


@paradigm("bind-gender", "a reflexive has the gender of its antecedent")
def gender(s: Speaker) -> Variants:
    subject = s.pick([NP("he", "m"), NP("she", "f")]) if s.with_probability(0.3) else s.gendered()
    verb = s.verb_group(subject, s.pick(SELF_VERBS), s.word("past/past/perfect/modal"))
    tail = s.pick(["", "", "", f" {s.pick(s.words.places)}"])
    yield good(f"{subject} {verb} {subject.reflexive}{tail}")
    yield bad(f"{subject} {verb} {REFLEXIVES['f' if subject.gender == 'm' else 'm']}{tail}")


@paradigm("bind-number", "a reflexive has the number of its antecedent")
def number(s: Speaker) -> Variants:
    subject = s.the_human(gender=s.word("m/f"))
    verb = s.word("could see/did not hurt/must wash/were proud of/will defend/have seen")
    if subject.number == "sg":
        verb = verb.replace("were", "was").replace("have", "has")
    tail = s.pick(["", f" {s.pick(s.words.places)}"])
    yield good(f"{subject} {verb} {subject.reflexive}{tail}")
    for form in others(subject.reflexive):
        yield bad(f"{subject} {verb} {form}{tail}")


@paradigm("bind-person", "a reflexive has the person of its antecedent")
def person(s: Speaker) -> Variants:
    subject = s.pick(PRONOUNS)
    verb = s.verb_group(subject, s.pick(SELF_VERBS), s.word("past/modal/perfect/future"))
    right = PERSONAL[subject.text]
    yield good(f"{subject} {verb} {right}")
    if subject.text == "you":
        yield good(f"{subject} {verb} yourselves")
    for form in ["myself", "himself", "ourselves", "themselves", "herself"]:
        if form != right:
            yield bad(f"{subject} {verb} {form}")


@paradigm("bind-subject", "a reflexive or reciprocal is no subject of a finite clause")
def no_subject(s: Speaker) -> Variants:
    event = s.event(s.gendered())
    subject = event.subject
    rest = f"{event.past} {event.object}"
    yield good(f"{subject} {rest}")
    yield good(f"{subject} thinks that {subject.pronoun} {rest}")
    yield good(f"{subject} said {subject.pronoun} {rest}")
    yield bad(f"{subject.reflexive} {rest}")
    yield bad(f"{subject} thinks that {subject.reflexive} {rest}")
    yield bad(f"{subject} said {subject.reflexive} {rest}")


@paradigm("bind-local", "a reflexive finds its antecedent in its own clause")
def local(s: Speaker) -> Variants:
    man, woman = s.name("m"), s.name("f")
    if s.with_probability(0.5):
        man = s.the_human("sg", "m")
    first, second = s.pick([(man, woman), (woman, man)])
    think = s.word("thinks that/says that/believes/knows that/said that/is sure that/hopes that")
    verb = past(s.pick(SELF_VERBS))
    yield good(f"{first} {think} {second} {verb} {second.reflexive}")
    yield good(f"{first} {think} {second} {verb} {OBJECT_PRONOUNS[first.gender]}")
    yield bad(f"{first} {think} {second} {verb} {first.reflexive}")


@paradigm("bind-reciprocal", "each other needs a plural antecedent")
def reciprocal(s: Speaker) -> Variants:
    singular = s.person("sg")
    group = (
        s.human("pl")
        if s.with_probability(0.5)
        else NP(" and ".join(n.text for n in s.two_names()))
    )
    verb = s.pick(s.words.social)
    if past(verb) == verb:
        return
    form = s.word("past/modal/future")
    verb = s.verb_group(group, verb, form)
    which = s.word("each other/each other/one another")
    tail = s.tail(verb, "past", 0.3) if form == "past" else ""
    yield good(f"{group} {verb} {which}{tail}")
    yield bad(f"{singular} {verb} {which}{tail}")


@paradigm("bind-pronoun", "a first or second person object of the same person is reflexive")
def local_pronoun(s: Speaker) -> Variants:
    subject = s.pick([np for np in PRONOUNS if np.person < 3])
    verb = s.verb_group(subject, s.pick(SELF_VERBS), s.word("past/modal/perfect/future"))
    tail = s.pick(["", f" {s.pick(s.words.places)}"])
    other = s.person()
    yield good(f"{subject} {verb} {PERSONAL[subject.text]}{tail}")
    yield good(f"{subject} {verb} {other}{tail}")
    yield bad(f"{subject} {verb} {subject.accusative}{tail}")


@paradigm("bind-form", "the forms of the reflexive pronouns")
def form(s: Speaker) -> Variants:
    subject = s.pick([np for np in PRONOUNS if np.text != "you"])
    verb = s.verb_group(subject, s.pick(SELF_VERBS), s.word("past/modal/perfect/future"))
    wrong = {"I": "meself", "he": "hisself", "she": "sheself", "we": "ourself"}
    wrong["they"] = "theirselves"
    yield good(f"{subject} {verb} {PERSONAL[subject.text]}")
    yield bad(f"{subject} {verb} {wrong[subject.text]}")


@paradigm("bind-picture", "a reflexive inside an object noun phrase")
def picture(s: Speaker) -> Variants:
    subject = s.gendered()
    verb = s.word("saw/drew/wrote/found/showed me/bought/was looking at/wanted/likes")
    thing = s.pick(PICTURES)
    place = s.pick(["", "", f" {s.pick(s.words.past_times)}"]) if verb != "likes" else ""
    yield good(f"{subject} {verb} {thing} {subject.reflexive}{place}")
    for wrong in others(subject.reflexive):
        yield bad(f"{subject} {verb} {thing} {wrong}{place}")


@paradigm("bind-possessive", "reflexives have no genitive; own goes with a possessive pronoun")
def possessive(s: Speaker) -> Variants:
    subject = s.gendered()
    noun = s.pick(s.words.belongings)
    verb = s.word("sold/lost/cleaned/bought/likes/has forgotten/cannot find/will bring/painted")
    yield good(f"{subject} {verb} {subject.possessive} own {noun}")
    yield good(f"{subject} {verb} {subject.possessive} {noun}")
    yield bad(f"{subject} {verb} {subject.reflexive}'s {noun}")
    yield bad(f"{subject} {verb} {subject.reflexive} {noun}")
    yield bad(f"{subject} {verb} own {noun}")


@paradigm("bind-idiom", "in idioms the possessive belongs to the subject")
def idiom(s: Speaker) -> Variants:
    subject = s.pick([np for np in PRONOUNS if np.text != "they"])
    forms = {"I": "my", "you": "your", "he": "his", "she": "her", "we": "our"}
    verb, rest = s.word(
        """
        lost + temper/held + breath/made up + mind/cleared + throat/did + best
        changed + mind/lost + way/broke + promise/craned + neck
        """
    ).split(" + ")
    right = forms[subject.text]
    yield good(f"{subject} {verb} {right} {rest}")
    if verb in ("broke", "cleared", "changed"):
        yield bad(f"{subject} {verb} {PERSONAL[subject.text]} {rest}")
    else:
        for wrong in ["my", "his", "our", "her"]:
            if wrong != right:
                yield bad(f"{subject} {verb} {wrong} {rest}")


@paradigm("bind-infinitive", "the reflexive in an infinitive belongs to its subject", True)
def infinitive(s: Speaker) -> Variants:
    first, second = s.pick([(s.name("m"), s.name("f")), (s.name("f"), s.name("m"))])
    verb = s.word("expected/told/forced/begged/wanted/persuaded")
    rest = s.word("introduce/wash/photograph/comfort/describe/weigh/dress")
    yield good(f"{first} {verb} {second} to {rest} {second.reflexive}")
    yield bad(f"{first} {verb} {second} to {rest} {first.reflexive}")
    yield good(f"{first} promised {second} to {rest} {first.reflexive}")
    yield bad(f"{first} promised {second} to {rest} {second.reflexive}")


@paradigm("bind-owner", "each other's needs a plural antecedent", held_out=True)
def reciprocal_owner(s: Speaker) -> Variants:
    noun, _gender = s.human_noun()
    verb = s.word("borrowed/washed/criticized/photographed/polished/ruined/wore")
    thing = s.pick(s.words.belongings)
    yield good(f"the {plural(noun)} {verb} each other's {plural(thing)}")
    yield good(f"{' and '.join(n.text for n in s.two_names())} {verb} each other's {plural(thing)}")
    yield bad(f"the {noun} {verb} each other's {plural(thing)}")
    yield bad(f"{s.name()} {verb} each other's {plural(thing)}")


@paradigm("bind-imperative", "the understood subject of an imperative is you", held_out=True)
def imperative(s: Speaker) -> Variants:
    verb = s.word("introduce/help/defend/control/protect/warm/wash/dry/comfort/amuse/be proud of")
    start, end = s.pick([("", "!"), ("please ", "."), ("don't ", "!"), ("never ", "!")])
    tail = s.pick(["", f" {s.pick(s.words.places)}", " properly", " this time", " more often"])
    yield good(f"{start}{verb} {s.word('yourself/yourselves')}{tail}{end}")
    wrong = s.word("himself/herself/itself/themselves/myself")
    yield bad(f"{start}{verb} {wrong}{tail}{end}")
