"""Agreement of the verb with its subject, and of tense with time adverbials."""

from grammar.registry import Variants, bad, good, paradigm
from lexicon import rows
from morphology import ing, past, plural, third, with_article
from phrases import NP, PRONOUNS, Speaker

THIRD = NP("he", "m")
OTHERS = NP("they", "p", "pl")


ATTRACTORS = rows("""
    key | to | room/box/cupboard/gate | lost/on the table/very old/missing
    picture | of | boy/castle/horse/singer | beautiful/strange/on the wall/in my room
    letter | from | teacher/lawyer/friend/soldier | long/on the desk/very sad/here
    book | about | king/bird/war/painter | interesting/boring/too long/in the library
    house | near | river/bridge/castle/farm | expensive/old/empty/for sale
    box | under | bed/table/chair/tree | empty/heavy/full of books/mine
    road | to | village/farm/beach/lake | narrow/dangerous/closed/very long
    answer | to | question/letter/riddle | wrong/difficult/surprising/correct
    story | about | ghost/pirate/dog/war | true/funny/terrible/well known
    cup | on | shelf/tray/table | dirty/broken/new/full
    window | of | house/car/shop/church | open/dirty/broken/too small
    child | of | neighbour/farmer/waiter | ill/polite/at school/tired
    """)


def wrong(subject: NP) -> NP:
    """A subject that asks for the other form of the verb."""
    return OTHERS if subject.third_singular else THIRD


@paradigm("agr-verb", "a present-tense verb agrees with its subject")
def present_tense(s: Speaker) -> Variants:
    event = s.event(s.subject())
    if past(event.verb) == event.verb:
        return
    tail = s.tail(event.verb, "present")
    yield good(f"{event.subject} {event.present} {event.object}{tail}")
    form = wrong(event.subject).present(event.verb)
    yield bad(f"{event.subject} {form} {event.object}{tail}")


@paradigm("agr-be", "is and are, was and were")
def copula(s: Speaker) -> Variants:
    subject, rest = s.predication()
    if subject.person < 3:
        return
    if s.with_probability(0.5):
        yield good(f"{subject} {subject.be} {rest}")
        yield bad(f"{subject} {wrong(subject).be} {rest}")
    else:
        yield good(f"{subject} {subject.was} {rest}")
        yield bad(f"{subject} {wrong(subject).was} {rest}")


@paradigm("agr-pronoun", "forms of be, have and do after pronouns")
def pronoun(s: Speaker) -> Variants:
    subject = s.pick(PRONOUNS)
    event = s.event(subject)
    mood = s.pick(s.words.moods)
    kind = s.word("be/be/have/do")
    if kind == "be":
        yield good(f"{subject} {subject.be} {mood}")
        for form in ["am", "is", "are", "be"]:
            if form != subject.be:
                yield bad(f"{subject} {form} {mood}")
    elif kind == "have":
        yield good(f"{subject} {subject.have} {event.participle} {event.object}")
        yield bad(f"{subject} {wrong(subject).have} {event.participle} {event.object}")
    else:
        yield good(f"{subject} {subject.do} not {event.verb} {event.object}")
        yield bad(f"{subject} {wrong(subject).do} not {event.verb} {event.object}")


@paradigm("agr-attractor", "the verb agrees with the head noun, not with one in a PP")
def attractor(s: Speaker) -> Variants:
    number = s.word("sg/pl")
    other = "pl" if number == "sg" else "sg"
    head, prep, noun, rest = s.pick(ATTRACTORS)
    subject = s.definite(s.word(head), number)
    if s.with_probability(0.4):
        head, prep, noun, rest = "", s.word("with/next to/behind"), s.stranger(), ""
        subject = s.the_human(number)
    modifier = f"{prep} {s.definite(s.word(noun), other)}"
    rest = s.word(rest) if rest else s.pick(s.words.moods)
    yield good(f"{subject} {modifier} {subject.be} {rest}")
    yield good(f"{subject} {modifier} {subject.was} {rest}")
    yield bad(f"{subject} {modifier} {wrong(subject).be} {rest}")
    yield bad(f"{subject} {modifier} {wrong(subject).was} {rest}")


@paradigm("agr-relative", "the verb agrees with its subject across a relative clause")
def across_relative(s: Speaker) -> Variants:
    number = s.word("sg/pl")
    subject = s.the_human(number)
    inner = s.event(subject)
    other = s.the_human("pl" if number == "sg" else "sg")
    relative = s.pick(
        [
            f"who {inner.past} {inner.object}",
            f"that {other} {past(s.pick(s.words.social))}",
            f"{other} {past(s.pick(s.words.social))}",
        ]
    )
    if s.with_probability(0.5):
        event = s.event(subject)
        if past(event.verb) == event.verb:
            return
        right = f"{event.present} {event.object}"
        false = f"{wrong(subject).present(event.verb)} {event.object}"
    else:
        mood = s.pick(s.words.moods)
        right, false = f"{subject.be} {mood}", f"{wrong(subject).be} {mood}"
    yield good(f"{subject} {relative} {right}")
    yield bad(f"{subject} {relative} {false}")


@paradigm("agr-coordination", "two subjects joined by and take the plural")
def coordination(s: Speaker) -> Variants:
    first, second = s.two_names()
    if s.with_probability(0.4):
        second = s.the_human("sg")
    subject = NP(f"{first} and {second}", "p", "pl")
    event = s.event(subject)
    if past(event.verb) == event.verb:
        return
    mood = s.pick(s.words.moods)
    yield from s.sample(
        [
            good(f"{subject} {event.verb} {event.object}"),
            good(f"{subject} are {mood}"),
            good(f"{subject} have {event.participle} {event.object}"),
        ],
        2,
    )
    yield bad(f"{subject} {third(event.verb)} {event.object}")
    yield bad(f"{subject} is {mood}")
    yield bad(f"{subject} has {event.participle} {event.object}")


@paradigm("agr-there", "after there, the verb agrees with the noun phrase that follows")
def there(s: Speaker) -> Variants:
    number = s.word("sg/pl")
    noun = s.stranger()
    if s.with_probability(0.5):
        noun = s.word("dog/cat/chair/table/hat/bicycle/phone/letter/bag/piano/bottle/book")
    place = s.pick(s.words.places)
    if number == "sg":
        phrase = NP(s.pick([f"one {noun}", f"only one {noun}", with_article(noun)]))
    else:
        phrase = NP(f"{s.word('two/three/many/several/some')} {plural(noun)}", "n", "pl")
    question = s.with_probability(0.25)
    for subject, mark in [(phrase, good), (wrong(phrase), bad)]:
        if question:
            yield mark(f"{subject.be} there {phrase} {place}?")
        else:
            yield mark(f"there {subject.be} {phrase} {place}")
            yield mark(f"there {subject.was} {phrase} {place}")


@paradigm("agr-question", "the auxiliary of a question agrees with the subject")
def question(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject = event.subject
    if subject.text == "I":
        return
    kind = s.word("do/have/be/what")
    mood = s.pick(s.words.moods)
    for np, mark in [(subject, good), (wrong(subject), bad)]:
        if kind == "do":
            yield mark(f"{np.do} {subject} {event.verb} {event.object}?")
        elif kind == "have":
            yield mark(f"{np.have} {subject} {event.participle} {event.object}?")
        elif kind == "be":
            yield mark(f"{np.be} {subject} {mood}?")
        else:
            yield mark(f"what {np.do} {subject} {event.verb}?")


@paradigm("agr-perfect", "has and have agree with the subject")
def perfect(s: Speaker) -> Variants:
    event = s.event(s.person())
    adverb = s.adjective(["already", "never", "just", "recently"], 0.6)
    yield good(f"{event.subject} {event.subject.have} {adverb}{event.participle} {event.object}")
    form = wrong(event.subject).have
    yield bad(f"{event.subject} {form} {adverb}{event.participle} {event.object}")


@paradigm("agr-every", "every, each and compounds with -one and -body are singular")
def every(s: Speaker) -> Variants:
    noun = s.stranger()
    subject = s.pick(
        [f"every {noun}", f"each {noun}", "everyone", "everybody", "nobody", "someone"]
    )
    event = s.event(NP(subject))
    if past(event.verb) == event.verb:
        return
    kind = s.word("verb/be/have")
    mood = s.pick(s.words.moods)
    if kind == "verb":
        yield good(f"{subject} {third(event.verb)} {event.object}")
        yield bad(f"{subject} {event.verb} {event.object}")
    elif kind == "be":
        yield good(f"{subject} is {mood}")
        yield bad(f"{subject} are {mood}")
    else:
        yield good(f"{subject} has {event.participle} {event.object}")
        yield bad(f"{subject} have {event.participle} {event.object}")


@paradigm("agr-participle", "have takes a past participle, be takes an -ing form")
def auxiliaries(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, thing = event.subject, event.object
    if s.with_probability(0.4):
        yield good(f"{subject} {subject.have} {event.participle} {thing}")
        yield bad(f"{subject} {subject.have} {event.ing} {thing}")
        return
    modal = s.word("will/can/must/should/may")
    yield good(f"{subject} {modal} {event.verb} {thing}")
    yield bad(f"{subject} {modal} {event.ing} {thing}")
    yield bad(f"{subject} {modal} {third(event.verb)} {thing}")
    if event.past != event.verb:
        yield bad(f"{subject} {modal} {event.past} {thing}")
    yield bad(f"{subject} {modal} to {event.verb} {thing}")


@paradigm("agr-quantity", "fractions and majorities agree with the noun inside", held_out=True)
def quantity(s: Speaker) -> Variants:
    noun = s.pick(s.words.belongings)
    mass = s.word("silver/tobacco/honey/lemonade/ham")
    share = s.word("most of/all of/half of/part of/some of")
    rest = s.word("missing/in the cellar/ruined/stolen/on the ship/for sale/valuable")
    if s.with_probability(0.5) and share != "part of":
        yield good(f"{share} the {plural(noun)} were {rest}")
        yield bad(f"{share} the {plural(noun)} was {rest}")
    else:
        yield good(f"{share} the {mass} was {rest}")
        yield bad(f"{share} the {mass} were {rest}")


@paradigm("agr-inversion", "after a fronted place, the verb agrees with what follows", True)
def locative_inversion(s: Speaker) -> Variants:
    verb, place, noun = s.word(
        """
        stand: on the counter: lamp/lie: on the bench: kitten/lie: in the drawer: diary
        hang: in the wardrobe: jacket/hang: behind the counter: mirror/sit: in the cage: parrot
        stand: beside the shed: ladder/lie: under the cabinet: coin/hang: above the bench: lamp
        lie: in the basket: puppy/stand: outside the chapel: statue/live: in the attic: ghost
        """
    ).split(": ")
    adjective = s.pick(s.words.thing_adjectives)
    article = "an" if adjective[0] in "aeiou" else "a"
    yield good(f"{place} {third(verb)} {article} {adjective} {noun}")
    yield good(f"{place} {verb} two {adjective} {plural(noun)}")
    yield bad(f"{place} {verb} {article} {adjective} {noun}")
    yield bad(f"{place} {third(verb)} two {adjective} {plural(noun)}")


@paradigm("agr-clause", "a clause or gerund as subject is singular", held_out=True)
def clausal_subject(s: Speaker) -> Variants:
    event = s.event(s.name())
    rest = s.word("annoying/unusual/risky/forbidden/a mistake/no joke/an honour")
    subject = s.pick(
        [
            f"{ing(event.verb)} {event.object}",
            f"that {event.subject} {event.past} {event.object}",
            f"to {event.verb} {event.object}",
        ]
    )
    singular, other = s.word("is are/was were").split()
    yield good(f"{subject} {singular} {rest}")
    yield bad(f"{subject} {other} {rest}")


@paradigm("agr-plural-only", "scissors are plural, news is singular", held_out=True)
def plural_only(s: Speaker) -> Variants:
    place = s.pick(s.words.places)
    noun = s.word("scissors/trousers/glasses/binoculars/police/clothes/pyjamas")
    if s.with_probability(0.5):
        verb, other = s.word("are is/were was").split()
        yield good(f"the {noun} {verb} {place}")
        yield bad(f"the {noun} {other} {place}")
    else:
        noun = s.word("mathematics/politics/physics/measles/linguistics")
        rest = s.word("rarely fun/a serious matter/on the agenda/rather complicated")
        yield good(f"{noun} is {rest}")
        yield bad(f"{noun} are {rest}")
