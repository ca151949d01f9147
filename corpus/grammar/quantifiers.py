"""Quantifiers: what they combine with and where they stand."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import plural, with_article
from phrases import NP, Speaker

MASS = ["money", "water", "milk", "time", "furniture", "advice", "homework", "coffee", "rice"]


@paradigm("quant-many-much", "many and few with plurals, much and little with mass nouns")
def many_much(s: Speaker) -> Variants:
    subject = s.subject()
    count, mass = plural(s.pick(s.words.belongings)), s.pick(MASS)
    verb = s.verb_group(subject, s.word("need/have/buy/want/find"), s.word("negative past"))
    yield good(f"{subject} {verb} many {count}")
    yield good(f"{subject} {verb} much {mass}")
    yield bad(f"{subject} {verb} much {count}")
    yield bad(f"{subject} {verb} many {mass}")
    yield good(f"{subject} had {s.word('few/a few/too many')} {count}")
    yield good(f"{subject} had {s.word('little/a little/too much')} {mass}")
    yield bad(f"{subject} had {s.word('few/a few/too many')} {mass}")
    yield bad(f"{subject} had {s.word('a little/too much')} {count}")


@paradigm("quant-there", "there is goes with indefinite noun phrases")
def there(s: Speaker) -> Variants:
    noun = s.pick([s.stranger(), s.word("dog/cat/chair/table/hat/bicycle/phone/letter/bag/piano")])
    place = s.pick(s.words.places)
    was = s.word("is/was")
    yield good(f"there {was} {with_article(noun)} {place}")
    yield good(f"there {was} {s.word('no/only one/another')} {noun} {place}")
    yield bad(f"there {was} {s.word('every/each')} {noun} {place}")
    yield bad(f"there are {s.word('most/all/both')} {plural(noun)} {place}")
    yield good(f"there are {s.word('many/some/no/few/three/several')} {plural(noun)} {place}")


@paradigm("quant-of", "a partitive needs of and a definite noun phrase")
def partitive(s: Speaker) -> Variants:
    event = s.event(NP("x", "p", "pl"))
    noun = plural(s.stranger())
    word = s.word("most/some/many/two/three/several/few/all/none/both/one")
    rest = f"{event.past} {event.object}"
    yield good(f"{word} of the {noun} {rest}")
    yield good(f"{word} of {s.word('my/our/her/these/those')} {noun} {rest}")
    yield bad(f"{word} of {noun} {rest}")
    if word not in ("all", "both"):
        yield bad(f"{word} the {noun} {rest}")
    yield bad(
        f"the {word} of {noun} {rest}"
        if word in ("none", "all", "both")
        else f"of {word} the {noun} {rest}"
    )


@paradigm("quant-float", "all and both float next to the auxiliary")
def floating(s: Speaker) -> Variants:
    subject = s.the_human("pl")
    if s.with_probability(0.3):
        subject = NP("they", "p", "pl")
    event = s.event(subject)
    word = s.word("all/both")
    aux, form = s.pick(
        [
            ("have", event.participle),
            ("will", event.verb),
            ("are", event.ing),
            ("should", event.verb),
        ]
    )
    yield good(f"{subject} {aux} {word} {form} {event.object}")
    yield good(f"{subject} {word} {event.past} {event.object}")
    yield bad(f"{word} {aux} {subject} {form} {event.object}")
    single = s.the_human("sg")
    have = {"have": "has", "are": "is"}.get(aux, aux)
    yield bad(f"{single} {have} {word} {form} {event.object}")
    yield bad(f"{single} {word} {event.past} {event.object}")


@paradigm("quant-lot", "a lot of, a number of, hundreds of keep their of")
def lot(s: Speaker) -> Variants:
    event = s.event(s.subject())
    noun = s.pick([plural(s.pick(s.words.belongings)), plural(s.stranger())])
    word = s.word("a lot/lots/plenty/hundreds/thousands/a number/a couple/a group/dozens")
    verb = s.verb_group(event.subject, s.word("see/find/notice/count"), "past")
    place = s.pick(["", f" {s.pick(s.words.places)}"])
    yield good(f"{event.subject} {verb} {word} of {noun}{place}")
    if word != "a couple":
        yield bad(f"{event.subject} {verb} {word} {noun}{place}")
    yield bad(f"{event.subject} {verb} of {word} {noun}{place}")


@paradigm("quant-none", "none of the, but no before a noun")
def none(s: Speaker) -> Variants:
    noun = s.stranger()
    event = s.event(NP("x", "p", "pl"))
    rest = f"{event.past} {event.object}"
    yield good(f"no {noun} {rest}")
    yield good(f"none of the {plural(noun)} {rest}")
    yield bad(f"none {plural(noun)} {rest}")
    yield bad(f"no of the {plural(noun)} {rest}")
    yield bad(f"no the {noun} {rest}")
    yield bad(f"not {noun} {rest}")


@paradigm("quant-order", "the order of determiners and numerals")
def order(s: Speaker) -> Variants:
    noun = plural(s.pick([s.pick(s.words.belongings), s.stranger()]))
    subject = s.subject()
    number = s.word("two/three/four/five")
    verb = s.word("saw/found/remembered/needed")
    word = s.word("the/my/these/her")
    tail = s.pick(["", f" {s.pick(s.words.places)}"])
    yield good(f"{subject} {verb} {word} {number} {noun}{tail}")
    yield good(f"{subject} {verb} all {word} {noun}{tail}")
    yield bad(f"{subject} {verb} {number} {word} {noun}{tail}")
    yield bad(f"{subject} {verb} {word} all {noun}{tail}")
    yield bad(f"{subject} {verb} a {number} {noun}{tail}")
    yield good(f"{subject} {verb} {number} of {word} {noun}{tail}")
    yield bad(f"{subject} {verb} {noun} {number}{tail}")


@paradigm("quant-measure", "a mass noun is counted by a measure with of")
def measure(s: Speaker) -> Variants:
    container, mass = s.word(
        """
        cup: tea/glass: water/bottle: milk/piece: bread/slice: cheese/bowl: soup/piece: furniture
        piece: advice/bag: rice/cup: coffee/piece: paper/bar: chocolate/piece: luggage
        """
    ).split(": ")
    subject = s.subject()
    verb = s.word("bought/wanted/brought/found/needed/asked for")
    number = s.word("two/three/several/four")
    yield good(f"{subject} {verb} a {container} of {mass}")
    yield good(f"{subject} {verb} {number} {plural(container)} of {mass}")
    yield bad(f"{subject} {verb} {number} {plural(container)} {mass}")
    yield bad(f"{subject} {verb} a {container} {mass}")
    yield bad(f"{subject} {verb} {number} {container} of {mass}")
    yield bad(f"{subject} {verb} {number} {plural(container)} of {mass}s")


@paradigm("quant-each", "a floating each needs a plural")
def each(s: Speaker) -> Variants:
    group, single = s.the_human("pl"), s.the_human("sg")
    event = s.event(group, countable=True)
    yield good(f"{group} each {event.past} {event.object}")
    yield good(f"{group} have each {event.participle} {event.object}")
    yield bad(f"{single} each {event.past} {event.object}")
    yield bad(f"{single} has each {event.participle} {event.object}")


@paradigm("quant-almost", "almost modifies all and none, not some and many", held_out=True)
def almost(s: Speaker) -> Variants:
    noun = plural(s.stranger())
    event = s.event(NP("x", "p", "pl"))
    word = s.word("almost/nearly/practically")
    rest = f"{event.past} {event.object}"
    yield good(f"{word} all the {noun} {rest}")
    yield good(f"{word} every {s.stranger()} {rest}")
    yield bad(f"{word} some {noun} {rest}")
    yield bad(f"{word} many {noun} {rest}")
    yield bad(f"{word} {s.word('several/the/few/those')} {noun} {rest}")


@paradigm("quant-except", "but and except modify every and no, not some or the", held_out=True)
def exception(s: Speaker) -> Variants:
    event = s.event(s.name())
    other = s.name()
    word = s.word("but/except")
    rest = f"{event.past} {event.object}"
    yield good(f"{s.word('everyone/nobody/everybody/no one')} {word} {other} {rest}")
    noun = s.stranger()
    yield good(f"{s.word('every/no')} {noun} {word} {other} {rest}")
    yield bad(f"{s.word('someone/somebody')} {word} {other} {rest}")
    yield bad(f"{s.word('some/the/that')} {noun} {word} {other} {rest}")


@paradigm("quant-whole", "whole with a determiner before it, all with one after it", True)
def whole(s: Speaker) -> Variants:
    subject = s.subject()
    verb, noun = s.word(
        "memorized: speech/decorated: cabin/polished: statue/inspected: ship/edited: novel/"
        "photographed: valley/unpacked: trunk/ruined: ceremony/burned: diary/devoured: melon"
    ).split(": ")
    word = s.word("the/my/their/this")
    yield good(f"{subject} {verb} {word} whole {noun}")
    yield good(f"{subject} {verb} the entire {noun}")
    yield bad(f"{subject} {verb} whole {word} {noun}")
    yield bad(f"{subject} {verb} entire {noun}")
    yield bad(f"{subject} {verb} every the {noun}")
