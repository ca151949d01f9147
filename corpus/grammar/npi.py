"""Negative polarity items and what licenses them."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import ing, past, plural
from phrases import NP, Speaker


@paradigm("npi-ever", "ever needs a negation or a question")
def ever(s: Speaker) -> Variants:
    event = s.event(s.person())
    subject = event.subject
    rest = f"{event.participle} {event.object}"
    yield good(
        f"{subject} {subject.have} not ever {rest}"
        if s.with_probability(0.3)
        else f"{subject} {subject.have} never {rest}"
    )
    yield good(f"{subject.have} {subject} ever {rest}?")
    yield good(f"nobody has ever {rest}")
    yield good(f"{subject} {subject.have} often {rest}")
    yield bad(f"{subject} {subject.have} ever {rest}")
    yield bad(f"everybody has ever {rest}")


@paradigm("npi-any", "any needs a negation or a question")
def any_object(s: Speaker) -> Variants:
    subject = s.person()
    noun = s.word("books/letters/money/friends/mistakes/questions/advice/food/flowers/tickets")
    verb = s.word("buy/find/bring/see/want/need/get/have")
    tail = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"{subject} did not {verb} any {noun}{tail}")
    yield good(f"did {subject} {verb} any {noun}{tail}?")
    yield good(f"{subject} {past(verb)} some {noun}{tail}")
    yield bad(f"{subject} {past(verb)} any {noun}{tail}")
    yield bad(
        f"{subject} {past(verb)} {s.word('anybody/anything/anyone')}{tail}"
        if verb in ("find", "see", "bring")
        else f"{subject} has any {noun}{tail}"
        if subject.number == "sg"
        else f"{subject} have any {noun}{tail}"
    )


@paradigm("npi-subject", "any is no subject of a negated clause; no and nobody are")
def any_subject(s: Speaker) -> Variants:
    event = s.event(NP("nobody"))
    word = s.word("body/one")
    noun = s.stranger()
    yield good(f"no{word if word == 'body' else ' one'} {event.past} {event.object}")
    yield good(f"no {noun} {event.past} {event.object}")
    yield good(f"some{word} did not {event.verb} {event.object}")
    yield bad(f"any{word} {event.past} {event.object}")
    yield bad(f"any{word} did not {event.verb} {event.object}")
    yield bad(f"any {noun} did not {event.verb} {event.object}")
    yield bad(f"any {noun} {event.past} {event.object}")


@paradigm("npi-determiner", "no and few in the subject license any and ever; most do not")
def determiner(s: Speaker) -> Variants:
    event = s.event(NP("x"))
    noun = plural(s.stranger())
    rest = f"{event.participle} {event.object}"
    yield good(f"{s.word('no/few/very few/hardly any')} {noun} have ever {rest}")
    yield bad(f"{s.word('some/many/most/all/several/the/these')} {noun} have ever {rest}")
    item = s.word("said anything/seen any birds/helped anybody/bought anything/any money")
    item = f"have {item}"
    yield good(f"{s.word('no/few/very few')} {noun} {item}")
    yield bad(f"{s.word('some/many/most/several/the/these')} {noun} {item}")


@paradigm("npi-scope", "a negation in a relative clause licenses nothing outside it", held_out=True)
def scope(s: Speaker) -> Variants:
    event = s.event(NP("x"))
    noun = s.stranger()
    other = s.event(NP("x"))
    rest = f"{event.participle} {event.object}"
    relative = f"who {other.past} {other.object}"
    negative = f"who did not {other.verb} {other.object}"
    yield good(f"no {noun} {relative} has ever {rest}")
    yield good(f"the {noun} {negative} has {rest}")
    yield bad(f"the {noun} {negative} has ever {rest}")
    yield bad(f"the {noun} {relative} has ever {rest}")


@paradigm("npi-only", "only licenses ever and any")
def only(s: Speaker) -> Variants:
    event = s.event(s.name())
    rest = f"{event.participle} {event.object}"
    yield good(f"only {event.subject} has ever {rest}")
    yield bad(f"{s.word('also/even')} {event.subject} has ever {rest}")
    yield good(f"even {event.subject} has {rest}")
    yield bad(f"{s.name()} and {event.subject} have ever {rest}")


@paradigm("npi-if", "a condition licenses any; a reason does not")
def condition(s: Speaker) -> Variants:
    subject = s.subject()
    item, past_item = s.word(
        """
        see anybody > saw anybody/need any help > needed any help/hear anything > heard anything
        have any questions > had any questions/find any money > found any money
        meet anyone > met anyone/want anything > wanted anything
        """
    ).split(" > ")
    reaction = s.word(
        "call me/tell the teacher/let me know/write to us/ask my brother/open the door"
    )
    verb, *rest = item.split(" ")
    yield good(f"if {subject} {subject.present(verb)} {' '.join(rest)}, {reaction}")
    other = s.event(s.subject())
    some = past_item.replace("any", "some")
    main = f"{other.subject} {other.past} {other.object}"
    yield good(f"{main} because {subject} {some}")
    yield bad(f"{main} because {subject} {past_item}")
    yield bad(f"because {subject} {past_item}, {main}")
    yield good(f"because {subject} {some}, {main}")


@paradigm("npi-yet", "yet and at all need a negation")
def yet(s: Speaker) -> Variants:
    event = s.event(s.person())
    subject = event.subject
    rest = f"{event.participle} {event.object}"
    yield good(f"{subject} {subject.have} not {rest} yet")
    yield good(f"{subject} {subject.have} already {rest}")
    yield bad(f"{subject} {subject.have} {rest} yet")
    yield good(f"{subject} did not like {event.object} at all")
    yield bad(f"{subject} liked {event.object} at all")
    yield bad(f"{subject} {subject.was} {s.word('happy/tired/angry/hungry')} at all")


@paradigm("npi-either", "either goes with a negative clause, too with a positive one")
def either(s: Speaker) -> Variants:
    event = s.event(s.person())
    other = s.name()
    first = f"{other} {event.past} {event.object}"
    negative = f"{other} did not {event.verb} {event.object}"
    subject = event.subject
    it = "them" if event.object.number == "pl" else "it"
    yield good(f"{negative}, and {subject} did not {event.verb} {it} either")
    yield good(f"{first}, and {subject} did too")
    yield bad(f"{first}, and {subject} did either")
    yield bad(f"{first}, and {subject} {event.past} {it} either")
    yield bad(f"{negative}, and {subject} didn't too either")


@paradigm("npi-without", "without licenses any; with does not")
def without(s: Speaker) -> Variants:
    event = s.event(s.person())
    verb, item = s.word(
        "say: anything/buy: anything/tell: anyone/see: anybody/make: any noise/ask: anybody/"
        "take: any money/find: anything/eat: anything/break: anything"
    ).split(": ")
    clause = s.pick([f"{event.subject} {event.past} {event.object}", f"{event.subject} left"])
    yield good(f"{clause} without {ing(verb)} {item}")
    yield bad(f"{clause} after {ing(verb)} {item}")
    yield good(f"{clause} after {ing(verb)} {item.replace('any', 'some')}")
    yield bad(f"{clause} and {past(verb)} {item}")


@paradigm("npi-hardly", "hardly and never license any")
def hardly(s: Speaker) -> Variants:
    subject = s.person()
    verb, item = s.word(
        "know: anyone/eat: anything/read: any books/say: anything/buy: any clothes/see: anybody/"
        "drink: any milk/help: anybody/make: any mistakes/have: any money"
    ).split(": ")
    place = s.pick(["", f" {s.pick(s.words.places)}"])
    licensor = s.word("hardly/never/rarely/scarcely")
    other = s.word("often/always/usually/sometimes/still")
    yield good(f"{subject} {licensor} {subject.present(verb)} {item}{place}")
    yield good(f"{subject} {other} {subject.present(verb)} {item.replace('any', 'some')}{place}")
    yield bad(f"{subject} {other} {subject.present(verb)} {item}{place}")


@paradigm("npi-need", "need without to is a negative polarity item", held_out=True)
def need(s: Speaker) -> Variants:
    event = s.event(s.person())
    rest = f"{event.verb} {event.object}"
    yield good(f"{event.subject} need not {rest}")
    yield good(f"{event.subject} {event.subject.present('need')} to {rest}")
    yield bad(f"{event.subject} need {rest}")
    yield bad(f"{event.subject} needs {rest}")


@paradigm("npi-minimizer", "idioms such as sleep a wink need a negation", held_out=True)
def minimizer(s: Speaker) -> Variants:
    subject = s.person()
    verb, rest = s.word(
        """
        sleep: a wink/bat: an eyelid/budge: an inch/move: a muscle/give: a hoot
        touch: a drop/hear: a peep/have: the slightest clue/have: the faintest idea
        utter: a single syllable/lift: a finger to assist
        """
    ).split(": ")
    tail = s.pick(["", f" {s.pick(s.words.past_times)}", f" {s.pick(s.words.places)}"])
    if rest in ("a finger to assist",):
        tail = ""
    yield good(f"{subject} did not {verb} {rest}{tail}")
    yield good(f"{s.word('nobody/no one')} {past(verb)} {rest}{tail}")
    if verb not in ("move", "touch", "hear", "utter", "lift"):
        yield bad(f"{subject} {past(verb)} {rest}{tail}")
        yield bad(f"everybody {past(verb)} {rest}{tail}")


@paradigm("npi-doubt", "doubt and deny license any in their clause")
def doubt(s: Speaker) -> Variants:
    subject = s.person()
    event = s.event(NP("x"))
    yes = s.word("doubt/deny")
    no = s.word("think/announce/believe/admit")
    rest = f"has ever {event.participle} {event.object}"
    noun = s.stranger()
    yield good(f"{subject} {past(yes)} that any {noun} had {event.participle} {event.object}")
    yield bad(f"{subject} {past(no)} that any {noun} had {event.participle} {event.object}")
    yield good(f"{subject} {subject.present('doubt')} that {s.name()} {rest}")
    yield bad(f"{subject} {subject.present(no)} that {s.name()} {rest}")


@paradigm("npi-until", "until goes with a momentary event only if it is negated", held_out=True)
def until(s: Speaker) -> Variants:
    subject = s.person()
    verb, rest = s.word(
        """
        notice: the burglar/discover: the diamond/faint: /propose: /resign: /explode: with rage
        recognize: the widow/spot: the rainbow/catch: the burglar
        """
    ).split(":")
    when = s.word("midnight/Thursday/sunset/the ceremony/last month")
    yield good(f"{subject} did not {verb}{rest.rstrip()} until {when}")
    yield bad(f"{subject} {past(verb)}{rest.rstrip()} until {when}")
