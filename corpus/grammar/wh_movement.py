"""Questions, relative clauses, clefts: what can move where."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import ing, past, plural
from phrases import Event, Speaker

VERDICTS = "very good/strange/wonderful/terrible/not very old/well known/quite new/beautiful"
THINK = ["think", "say", "believe", "claim", "know", "hope"]


def what(s: Speaker) -> Event:
    """An event with a thing that can be asked for by what."""
    return s.event(s.person(), countable=True)


@paradigm("wh-filled-gap", "a question word for the object leaves a gap")
def filled_gap(s: Speaker) -> Variants:
    event = what(s)
    subject = event.subject
    start = f"what {s.word('did/did/will/can/should')} {subject}"
    tail = s.pick(["", f" {s.pick(s.words.places)}"])
    yield good(f"{start} {event.verb}{tail}?")
    yield good(f"did {subject} {event.verb} {event.object}{tail}?")
    yield bad(f"{start} {event.verb} {event.object}{tail}?")


@paradigm("wh-inversion", "a question has its auxiliary before the subject")
def inversion(s: Speaker) -> Variants:
    event = what(s)
    subject = event.subject
    word = s.word("what/why/when/where/how/why")
    thing = "" if word == "what" else f" {event.object}"
    yield good(f"{word} did {subject} {event.verb}{thing}?")
    yield good(f"{word} {subject.have} {subject} {event.participle}{thing}?")
    yield good(f"{word} should {subject} {event.verb}{thing}?")
    yield bad(f"{word} {subject} {event.past}{thing}?")
    yield bad(f"{word} {subject} did {event.verb}{thing}?")
    yield bad(f"{word} {subject} should {event.verb}{thing}?")
    if event.past != event.verb:
        yield bad(f"{word} did {subject} {event.past}{thing}?")
    yield bad(f"{word} {subject} {event.verb}{thing}?")


@paradigm("wh-embedded-order", "an embedded question is not inverted")
def embedded_order(s: Speaker) -> Variants:
    event = what(s)
    subject = event.subject
    start = s.word(
        "I wonder/I don't know/she asked me/nobody knows/we asked/he cannot remember/"
        "it is not clear/I would like to know/the police want to know"
    )
    word = s.word("what/why/when/where/how")
    thing = "" if word == "what" else f" {event.object}"
    mood = s.pick(s.words.moods)
    yield good(f"{start} {word} {subject} {event.past}{thing}")
    yield good(f"{start} {word} {subject} will {event.verb}{thing}")
    yield good(f"{start} why {subject} {subject.was} {mood}")
    yield bad(f"{start} {word} did {subject} {event.verb}{thing}")
    yield bad(f"{start} {word} will {subject} {event.verb}{thing}")
    yield bad(f"{start} why {subject.was} {subject} {mood}")


@paradigm("wh-that-trace", "the subject of a that-clause cannot be questioned")
def that_trace(s: Speaker) -> Variants:
    event = what(s)
    verb = s.pick(THINK)
    asker = s.subject()
    start = s.pick([f"who did {asker} {verb}", f"which {s.stranger()} did {asker} {verb}"])
    yield good(f"{start} {event.past} {event.object}?")
    yield good(f"what did {asker} {verb} that {event.subject} {event.past}?")
    yield bad(f"{start} that {event.past} {event.object}?")
    yield bad(f"{start} whether {event.past} {event.object}?")


@paradigm("wh-complex-np", "no question word leaves a clause inside a noun phrase")
def complex_np(s: Speaker) -> Variants:
    event = what(s)
    asker = s.subject()
    noun = s.word("claim/rumour/story/idea/fact/news")
    verb = s.word("believe/hear/mention/deny/like")
    yield good(f"did {asker} {verb} the {noun} that {event.subject} {event.past} {event.object}?")
    yield good(f"what did {asker} {s.pick(THINK)} that {event.subject} {event.past}?")
    yield good(f"{asker} {past(verb)} the {noun} that {event.subject} {event.past} {event.object}")
    yield bad(f"what did {asker} {verb} the {noun} that {event.subject} {event.past}?")


@paradigm("wh-relative-island", "no question word leaves a relative clause", held_out=True)
def relative_island(s: Speaker) -> Variants:
    event = what(s)
    asker = s.subject()
    verb = s.pick(s.words.social)
    noun = s.stranger()
    yield good(f"did {asker} {verb} the {noun} who {event.past} {event.object}?")
    yield good(f"{asker} {past(verb)} the {noun} who {event.past} {event.object}")
    yield bad(f"what did {asker} {verb} the {noun} who {event.past}?")
    yield bad(
        f"which {s.pick(s.words.belongings)} did {asker} {verb} the {noun} that {event.past}?"
    )


@paradigm("wh-adjunct", "no question word leaves an adverbial clause")
def adjunct(s: Speaker) -> Variants:
    event = what(s)
    other = s.event(s.subject())
    conj = s.word("because/before/after/when/although")
    asker = other.subject
    verb = s.word("leave/cry/laugh/go home/wake up/smile")
    yield good(f"did {asker} {verb} {conj} {event.subject} {event.past} {event.object}?")
    yield good(f"{asker} {past(verb)} {conj} {event.subject} {event.past} {event.object}")
    yield good(f"what did {asker} {s.pick(THINK)} that {event.subject} {event.past}?")
    yield bad(f"what did {asker} {verb} {conj} {event.subject} {event.past}?")


@paradigm("wh-subject", "no question word leaves a subject")
def subject_island(s: Speaker) -> Variants:
    topic = s.name()
    noun = s.word(
        "picture of/story about/book about/letter from/film about/poem about/rumour about"
    )
    verb = s.word("please/surprise/worry/annoy/frighten/upset/bore")
    other = s.person()
    yield good(f"did the {noun} {topic} {verb} {other}?")
    yield good(f"who did {other} see a {s.word('picture of/film about')}?")
    yield good(f"the {noun} {topic} {past(verb)} {other}")
    yield bad(f"who did the {noun} {verb} {other}?")
    yield bad(f"which {s.stranger()} did the {noun} {verb} {other}?")


@paradigm("wh-coordination", "no question word leaves one half of a coordination")
def coordinate(s: Speaker) -> Variants:
    event = what(s)
    first, second = s.two_names()
    verb = s.pick(s.words.social)
    yield good(f"who did {first} {verb}?")
    yield good(f"did {first} {verb} {second} and {s.the_human()}?")
    yield bad(f"who did {first} {verb} {second} and?")
    yield bad(f"who did {first} {verb} and {second}?")
    yield bad(f"what did {event.subject} {event.verb} {event.object} and?")
    yield good(f"what did {event.subject} {event.verb}?")


@paradigm("wh-island", "no question word leaves an embedded question")
def wh_island(s: Speaker) -> Variants:
    event = what(s)
    asker = s.subject()
    verb = s.word("wonder/ask/forget/find out")
    word = s.word("who/when/why/where")
    clause = f"who {event.past}" if word == "who" else f"{word} {event.subject} {event.past}"
    yield good(f"{asker} {past(verb)} {clause} {event.object}")
    yield good(f"did {asker} {verb} {clause} {event.object}?")
    yield good(f"what did {asker} {s.pick(THINK)} {event.subject} {event.past}?")
    yield bad(f"what did {asker} {verb} {clause}?")


@paradigm("wh-left-branch", "which, whose and how take their noun or adjective along")
def left_branch(s: Speaker) -> Variants:
    noun = s.pick(s.words.belongings)
    verb = s.word("buy/sell/clean/find/choose/borrow/want/need/lose")
    asker = s.subject()
    word = s.word("whose/which/how many/how much")
    noun = plural(noun) if word == "how many" else noun
    noun = s.word("money/tea/milk") if word == "how much" else noun
    yield good(f"{word} {noun} did {asker} {verb}?")
    yield good(f"{word} {noun} {s.word('will/should')} {asker} {verb}?")
    yield bad(f"{word} did {asker} {verb} {noun}?")
    yield bad(f"{word} {noun} {asker} {past(verb)}?")
    adjective = s.word("tall/old/heavy/expensive/big")
    yield good(f"how {adjective} is the {s.pick(s.words.belongings)}?")
    yield bad(f"how is the {s.pick(s.words.belongings)} {adjective} is?")


@paradigm("wh-relative-pronoun", "who for people, which for things, never what")
def relative_pronoun(s: Speaker) -> Variants:
    event = what(s)
    head = s.human()
    verb = past(s.pick(s.words.social))
    subject = s.subject()
    if s.with_probability(0.5):
        yield good(f"{subject} {verb} {head} {s.word('who/that')} {event.past} {event.object}")
        yield bad(f"{subject} {verb} {head} {s.word('which/what')} {event.past} {event.object}")
    else:
        thing, rest = event.object, f"{subject} {event.past}"
        quality = s.word(VERDICTS)
        yield good(f"{thing} {s.word('which/that')} {rest} {thing.was} {quality}")
        yield good(f"{thing} {rest} {thing.was} {quality}")
        yield bad(f"{thing} {s.word('who/what/whom')} {rest} {thing.was} {quality}")


@paradigm("wh-resumptive", "a relative clause has a gap and no pronoun in its place")
def resumptive(s: Speaker) -> Variants:
    event = what(s)
    thing = event.object
    quality = s.word(VERDICTS)
    it = "them" if thing.number == "pl" else "it"
    if s.with_probability(0.5):
        yield good(f"{thing} that {event.subject} {event.past} {thing.be} {quality}")
        yield bad(f"{thing} that {event.subject} {event.past} {it} {thing.be} {quality}")
    else:
        head = s.human(gender=s.word("m/f"))
        verb = past(s.pick(s.words.social))
        subject, rest = s.subject(), f"{past(s.pick(s.words.social))}"
        yield good(f"{subject} {verb} {head} who {event.past} {thing}")
        yield bad(f"{subject} {verb} {head} who {head.pronoun} {event.past} {thing}")
        him = {"he": "him", "she": "her", "they": "them"}[head.pronoun]
        yield bad(f"{head} that {subject} {rest} {him} {event.past} {thing}")


@paradigm("wh-stranding", "a preposition is stranded or moved along, but not dropped")
def stranding(s: Speaker) -> Variants:
    verb, prep, noun = s.word(
        """
        sleep: in: bed, room/sit: on: chair, sofa/write: with: pen, pencil/live: in: house, city
        wait: for: bus, train/talk: about: film, book/look: at: picture, map/pay: for: meal
        listen: to: song, story/come: from: country, village/think: about: problem, trip
        travel: with: suitcase, bag/look: for: key, wallet/laugh: at: joke, picture
        """
    ).split(": ")
    noun = s.pick(noun.split(", "))
    asker = s.subject()
    yield good(f"which {noun} did {asker} {verb} {prep}?")
    yield good(f"{prep} which {noun} did {asker} {verb}?")
    yield good(f"this is the {noun} that {asker} {past(verb)} {prep}")
    yield bad(f"which {noun} did {asker} {verb}?")
    yield bad(f"{prep} which {noun} did {asker} {verb} {prep}?")
    yield bad(f"this is the {noun} that {asker} {past(verb)}")
    yield bad(f"this is the {noun} {prep} that {asker} {past(verb)}")


@paradigm("wh-cleft", "it was the cake that she ate")
def cleft(s: Speaker) -> Variants:
    event = what(s)
    thing = event.object
    it = "them" if thing.number == "pl" else "it"
    yield good(f"it was {thing} that {event.subject} {event.past}")
    yield good(f"it was {event.subject} who {event.past} {thing}")
    yield good(f"what {event.subject} {event.past} was {thing}")
    yield bad(f"it was {thing} that {event.subject} {event.past} {it}")
    yield bad(f"it was that {event.subject} {event.past} {thing} who")
    yield bad(f"was {thing} that {event.subject} {event.past}")
    yield bad(f"it was {event.subject} {event.past} {thing} who")
    yield bad(f"what {event.subject} {event.past} {it} was {thing}")


@paradigm("wh-superiority", "the object word does not move across a questioned subject")
def superiority(s: Speaker) -> Variants:
    event = what(s)
    when = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"who {event.past} what{when}?")
    yield good(f"{s.word('I wonder/nobody asked/please find out')} who {event.past} what.")
    yield bad(f"what did who {event.verb}{when}?")
    yield bad(f"what who {event.past}{when}?")
    yield bad(f"{s.word('I wonder/nobody asked/please find out')} what who {event.past}.")
    yield good(f"which {s.stranger()} {event.past} what?")


@paradigm("wh-across-board", "both halves of a coordination have the same gap")
def across_the_board(s: Speaker) -> Variants:
    first, second = s.two_names()
    one, two = what(s), what(s)
    if one.verb == two.verb:
        return
    yield good(f"what did {first} {one.verb} and {second} {two.verb}?")
    yield bad(f"what did {first} {one.verb} and {second} {two.verb} {two.object}?")
    yield bad(f"what did {first} {one.verb} {one.object} and {second} {two.verb}?")


@paradigm("wh-parasitic", "a gap in an adverbial needs another one in the main clause", True)
def parasitic(s: Speaker) -> Variants:
    one, two = what(s), what(s)
    if one.verb == two.verb:
        return
    word = s.pick(["what", f"which {s.pick(s.words.belongings)}"])
    linker = s.word("without/before/after")
    yield good(f"{word} did {one.subject} {one.verb} {linker} {ing(two.verb)} it?")
    yield good(f"what did {one.subject} {one.verb} {linker} {ing(two.verb)} {two.object}?")
    yield bad(f"{word} did {one.subject} {one.verb} {one.object} {linker} {ing(two.verb)}?")


@paradigm("wh-pied-piping", "after a preposition: which and whom, never that", held_out=True)
def pied_piping(s: Speaker) -> Variants:
    verb, prep, noun = s.word(
        """
        kneel: on: carpet/jog: around: stadium/wander: through: forest/camp: in: valley
        complain: about: noise/sew: with: needle/lean: against: wardrobe/faint: in: ballroom
        """
    ).split(": ")
    subject = s.subject()
    yield good(f"this is the {noun} {prep} which {subject} {past(verb)}")
    yield good(f"this is the {noun} that {subject} {past(verb)} {prep}")
    yield bad(f"this is the {noun} {prep} that {subject} {past(verb)}")
    yield bad(f"this is the {noun} which {prep} {subject} {past(verb)}")


@paradigm("wh-subject-relative", "a relative clause without subject needs its relativizer", True)
def subject_relative(s: Speaker) -> Variants:
    event = what(s)
    head = s.the_human()
    quality = s.pick(s.words.moods)
    yield good(f"{head} who {event.past} {event.object} {head.was} {quality}")
    yield bad(f"{head} {event.past} {event.object} {head.was} {quality}")
    yield good(f"{head} {s.name()} {past(s.pick(s.words.social))} {head.was} {quality}")
    yield bad(
        f"{head} who {event.participle if event.past != event.participle else event.ing} "
        f"{event.object} {head.was} {quality}"
    )
