"""Determiners and nouns: number, countability, articles, genitives."""

from grammar.registry import Variants, bad, good, paradigm
from lexicon import CONSONANT_NOUNS, VOWEL_NOUNS
from morphology import a_or_an, plural, with_article
from phrases import Speaker

MASS = ["furniture", "advice", "information", "homework", "luggage", "traffic", "music", "rice"]
MASS += ["equipment", "money", "weather", "luck", "progress"]


PERSON_VERBS = "saw/met/remembered/helped/invited/talked about/talked to/waited for/called"
THING_VERBS = "saw/found/wanted/bought/lost/forgot/mentioned/talked about/looked for/sold"


def scene(s: Speaker, verbs: str = THING_VERBS) -> tuple[str, str]:
    """What stands before and after a noun phrase."""
    tail = s.pick(["", "", f" {s.pick(s.words.past_times)}", f" {s.pick(s.words.places)}"])
    return f"{s.subject()} {s.word(verbs)} ", tail


def noun_in_scene(s: Speaker) -> tuple[str, str, str]:
    """A noun, perhaps with an adjective, and what stands before and after it."""
    if s.with_probability(0.4):
        adjective = s.adjective(["young", "old", "tall", "famous"], 0.3)
        return adjective + s.stranger(), *scene(s, PERSON_VERBS)
    adjective = s.adjective(["old", "new", "small", "big", "beautiful"], 0.3)
    return adjective + s.pick(s.words.belongings), *scene(s)


@paradigm("det-this", "this and that with singulars, these and those with plurals")
def this(s: Speaker) -> Variants:
    noun, before, after = noun_in_scene(s)
    singular, plural_det = s.word("this these/that those").split()
    yield good(f"{before}{singular} {noun}{after}")
    yield good(f"{before}{plural_det} {plural(noun)}{after}")
    yield bad(f"{before}{plural_det} {noun}{after}")
    yield bad(f"{before}{singular} {plural(noun)}{after}")


@paradigm("det-a-plural", "a goes with a singular")
def a_plural(s: Speaker) -> Variants:
    noun, before, after = noun_in_scene(s)
    yield good(f"{before}{with_article(noun)}{after}")
    yield good(f"{before}{s.word('some/two/many')} {plural(noun)}{after}")
    yield bad(f"{before}{a_or_an(noun)} {plural(noun)}{after}")
    yield bad(f"{before}{s.word('two/many/several/three')} {noun}{after}")


@paradigm("det-an", "a before a consonant, an before a vowel sound")
def an(s: Speaker) -> Variants:
    noun = s.pick(s.pick([VOWEL_NOUNS, CONSONANT_NOUNS]))
    noun = s.pick([noun, f"{s.word('old/ugly/strange/beautiful/interesting/unusual')} {noun}"])
    before, after = scene(s)
    right = a_or_an(noun)
    yield good(f"{before}{right} {noun}{after}")
    yield bad(f"{before}{'a' if right == 'an' else 'an'} {noun}{after}")


@paradigm("det-mass", "mass nouns have no plural and no a")
def mass(s: Speaker) -> Variants:
    noun = s.pick(MASS)
    before, after = scene(s, "wanted/needed/liked/mentioned/complained about/hated/asked about")
    yield good(f"{before}{s.word('some/a lot of/the/this/our')} {noun}{after}")
    yield bad(f"{before}{a_or_an(noun)} {noun}{after}")
    yield bad(f"{before}{s.word('two/many/several/these/some')} {noun}s{after}")
    yield bad(f"{before}{s.word('these/many/those')} {noun}{after}")


@paradigm("det-missing", "a singular count noun needs a determiner")
def missing(s: Speaker) -> Variants:
    noun, before, after = noun_in_scene(s)
    if s.with_probability(0.5):
        yield good(f"{before}{s.word('the/my/this/her')} {noun}{after}")
        yield bad(f"{before}{noun}{after}")
    else:
        noun = s.stranger()
        event = s.event(s.person())
        yield good(f"{s.word('the/my/our/that')} {noun} {event.past} {event.object}")
        yield bad(f"{noun} {event.past} {event.object}")


@paradigm("det-double", "one determiner is enough")
def double(s: Speaker) -> Variants:
    noun, before, after = noun_in_scene(s)
    owner = s.pick(["my", "her", "our", "their", s.name().genitive])
    yield good(f"{before}{owner} {noun}{after}")
    yield bad(
        f"{before}the {owner} {noun}{after}"
        if "'" not in owner
        else f"{before}{owner} the {noun}{after}"
    )
    yield bad(f"{before}{s.word('a/this/that')} {s.word('my/our/their')} {noun}{after}")
    yield bad(f"{before}the {s.word('this/a/that')} {noun}{after}")


@paradigm("det-name", "names have no article")
def name(s: Speaker) -> Variants:
    event = s.event(s.name())
    place = s.word("London/Paris/Spain/Italy/Berlin/Africa/Canada")
    rest = f"{event.past} {event.object}"
    yield good(f"{event.subject} {rest}")
    yield good(f"{event.subject} {s.word('visited/moved to/lives in/came from')} {place}")
    yield bad(
        f"{s.word('the/a/the')} {event.subject} {rest}".replace("a A", "the A")
        .replace("a E", "the E")
        .replace("a O", "the O")
    )
    yield bad(f"{event.subject} {s.word('visited/moved to/lives in/came from')} the {place}")


@paradigm("det-every", "every, each and another with a singular")
def every(s: Speaker) -> Variants:
    noun = s.stranger()
    event = s.event(s.person())
    word = s.word("every/each/another")
    rest = f"{event.past} {event.object}"
    yield good(f"{word} {noun} {rest}")
    yield good(f"{s.word('all/most/other/some')} {plural(noun)} {rest}")
    yield bad(f"{word} {plural(noun)} {rest}")
    yield bad(f"{s.word('all/most/these/several')} {noun} {rest}")


@paradigm("det-genitive", "a possessor carries 's")
def genitive(s: Speaker) -> Variants:
    owner = s.pick([s.name(), s.the_human("sg")])
    noun = s.pick(s.words.belongings)
    quality = s.pick(s.words.qualities)
    before, after = scene(s)
    if s.with_probability(0.5):
        owner = s.name()
        yield good(f"{owner.genitive} {noun} is {quality}")
        yield bad(f"{owner} {noun} is {quality}")
        yield bad(f"{owner.genitive} the {noun} is {quality}")
    else:
        yield good(f"{before}{owner.genitive} {noun}{after}")
        yield good(f"{before}the {noun} of {s.the_human('sg')}{after}")
        yield bad(f"{before}the {noun} {owner}{after}")
        yield bad(f"{before}{noun} of {owner}{after}")
        yield bad(f"{before}the {noun} {owner.genitive}{after}")


@paradigm("det-another", "another with a singular, other with a plural", held_out=True)
def another(s: Speaker) -> Variants:
    noun = s.pick(s.words.belongings)
    subject = s.subject()
    verb = s.word("photographed/inspected/described/inherited/ignored")
    yield good(f"{subject} {verb} another {noun}")
    yield good(f"{subject} {verb} the other {plural(noun)}")
    yield good(f"{subject} {verb} other {plural(noun)}")
    yield bad(f"{subject} {verb} another {plural(noun)}")
    yield bad(f"{subject} {verb} other {noun}")
    yield bad(f"{subject} {verb} the another {noun}")


@paradigm("det-such", "such a day, so nice a day, what a day", held_out=True)
def such(s: Speaker) -> Variants:
    subject = s.subject()
    verb = s.word("photographed/rented/inherited/designed/inspected/imagined")
    noun = f"{s.word('huge/tiny/colourful/dusty/modern/valuable')} {s.pick(s.words.belongings)}"
    if s.with_probability(0.5):
        yield good(f"{subject} never {verb} such a {noun}")
        yield bad(f"{subject} never {verb} a such {noun}")
        yield bad(f"{subject} never {verb} so a {noun}")
    else:
        yield good(f"what a {noun} {subject} {verb}!")
        yield bad(f"a what {noun} {subject} {verb}!")
        yield bad(f"how a {noun} {subject} {verb}!")


@paradigm("det-mine", "a friend of mine", held_out=True)
def double_genitive(s: Speaker) -> Variants:
    noun = s.stranger()
    event = s.event(s.person())
    right, wrong = s.word("mine me/his him/hers her/ours us/theirs them/yours you").split()
    rest = f"{event.past} {event.object}"
    yield good(f"{with_article(noun)} of {right} {rest}")
    yield bad(f"{with_article(noun)} of {wrong} {rest}")
    yield bad(f"{right} {noun} {rest}")


@paradigm("det-same", "the goes with same, first and superlatives", held_out=True)
def same(s: Speaker) -> Variants:
    subject = s.subject()
    noun = s.pick(s.words.belongings)
    verb = s.word("inherited/described/photographed/ignored/inspected")
    word = s.word("same/tiniest/dustiest/ugliest/most valuable/most modern/most impressive")
    yield good(f"{subject} {verb} the {word} {noun}")
    yield bad(f"{subject} {verb} {word} {noun}")
    yield bad(f"{subject} {verb} {a_or_an(word)} {word} {noun}")
