"""Ellipsis: what can be left out, and what has to stay."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import plural
from phrases import Speaker


@paradigm("ell-auxiliary", "verb phrase ellipsis repeats the auxiliary of its antecedent")
def auxiliary(s: Speaker) -> Variants:
    first, second = s.two_names()
    event = s.event(first)
    other = s.pick([second, s.human("sg")])
    group, same, wrong = s.pick(
        [
            (f"will {event.verb}", "will", ["is", "has"]),
            (f"can {event.verb}", "can", ["is", "has"]),
            (f"is {event.ing}", "is", ["has", "can"]),
            (f"has {event.participle}", "has", ["is", "will been"]),
            (event.past, "did", ["was", "is"]),
            (f"was {event.ing}", "was", ["had", "has"]),
        ]
    )
    start = f"{event.subject} {group} {event.object}"
    link = s.word("and/and/but")
    if link == "and":
        yield good(f"{start}, and {other} {same} too")
        for form in wrong:
            yield bad(f"{start}, and {other} {form} too")
    else:
        yield good(f"{start}, but {other} {same} not")
        yield bad(f"{start}, but {other} {s.pick(wrong)} not")
        yield bad(f"{start}, but {other} not")
        yield bad(f"{start}, but {other} not {same}")


@paradigm("ell-no-auxiliary", "a verb phrase is left out only after an auxiliary")
def no_auxiliary(s: Speaker) -> Variants:
    event = s.event(s.person())
    other = s.subject()
    clause = f"{event.subject} {event.past} {event.object}"
    yield good(f"{clause}, but {other} didn't")
    yield good(f"{clause} before {other} did")
    yield bad(f"{clause}, but {other} not")
    yield bad(f"{clause}, but {other} didn't {event.object}")
    if event.past != event.verb:
        yield bad(f"{clause}, but {other} didn't {event.past}")
    yield bad(f"{clause} because {other}")


@paradigm("ell-so", "so and neither put the auxiliary before the subject")
def so(s: Speaker) -> Variants:
    event = s.event(s.person())
    other = s.person()
    if s.with_probability(0.5):
        clause = f"{event.subject} {event.past} {event.object}"
        yield good(f"{clause}, and so did {other}")
        yield bad(f"{clause}, and so {other.was} {other}")
        yield bad(f"{clause}, and neither did {other}")
        yield bad(f"{clause}, and so did {other} {event.object}")
    else:
        clause = f"{event.subject} did not {event.verb} {event.object}"
        yield good(f"{clause}, and neither did {other}")
        yield good(f"{clause}, nor did {other}")
        yield bad(f"{clause}, and neither {other} did")
        yield bad(f"{clause}, and neither didn't {other}")
        yield bad(f"{clause}, and so did {other} not")


@paradigm("ell-gapping", "gapping leaves out the verb of a second conjunct")
def gapping(s: Speaker) -> Variants:
    first, second = s.two_names()
    verb, one, two = s.word(
        """
        drank: tea: coffee/ate: an apple: a sandwich/bought: a car: a bicycle/read: a book: a poem
        plays: the piano: the guitar/likes: dogs: cats/wrote: a letter: a poem
        ordered: a pizza: a salad/saw: a ghost: a bear/studies: French: history
        painted: the door: the fence/lost: a key: a ring/cooked: dinner: lunch/won: a car: a prize
        """
    ).split(": ")
    first = s.pick([first, s.human("sg")])
    yield good(f"{first} {verb} {one} and {second} {two}")
    yield good(f"{first} {verb} {one}, and {second} {verb} {two}")
    yield bad(f"{first} {verb} {one} {s.word('because/although/when/before')} {second} {two}")
    yield bad(f"{first} {one} and {second} {verb} {two}")
    yield bad(f"{first} {verb} {one} and that {second} {two}")
    yield bad(f"{first} {verb} {one}, and {second} {two} {verb}")


@paradigm("ell-noun", "possessives and quantifiers stand for a noun phrase; articles do not")
def noun(s: Speaker) -> Variants:
    thing = s.pick(s.words.belongings)
    owner, subject = s.two_names()
    right, wrong = s.word("mine my/yours your/hers her/ours our/theirs their").split()
    yield good(f"this {thing} is {owner.genitive}, and that one is {right}")
    yield bad(f"this {thing} is {owner.genitive}, and that one is {wrong}")
    yield good(f"{subject} sold {owner.genitive} {thing} but kept {right}")
    yield bad(f"{subject} sold {owner.genitive} {thing} but kept {wrong}")
    count = s.word("two three/three four/four five").split()
    yield good(f"{subject} bought {count[0]} {plural(thing)}, and {owner} bought {count[1]}")
    yield bad(f"{subject} bought a {s.word('small/new/big')} {thing}, and {owner} bought a")
    yield bad(f"{subject} bought this {thing}, and {owner} bought the")


@paradigm("ell-sluice", "a question can be cut down to its question word")
def sluice(s: Speaker) -> Variants:
    event = s.event(s.person())
    verb, noun = event.verb, s.pick(s.words.belongings)
    know = s.word("I don't know/nobody knows/she won't say/we can't remember/I wonder")
    link = "but" if know != "I wonder" else "and"
    yield good(f"someone {event.past} {event.object}, {link} {know} who")
    yield good(f"{event.subject} {event.past} something, {link} {know} what")
    yield good(
        f"{event.subject} {event.past} {event.object}, {link} {know} {s.word('why/when/how')}"
    )
    yield bad(f"someone {event.past} {event.object}, {link} {know} who did he")
    yield bad(f"{event.subject} {event.past} something, {link} {know} that")
    yield bad(f"{event.subject} {event.past} {event.object}, {link} {know} whether")
    yield bad(f"{event.subject} {event.past} {event.object}, {link} {know} what")
    yield bad(f"{event.subject} bought a {noun}, {link} {know} which {verb}")


@paradigm("ell-tag", "a tag repeats the auxiliary and the subject as a pronoun")
def tag(s: Speaker) -> Variants:
    event = s.event(s.gendered())
    subject, pronoun = event.subject, event.subject.pronoun
    group, right, wrong = s.pick(
        [
            (event.past, "didn't", "wasn't"),
            (f"will {event.verb}", "won't", "doesn't"),
            (f"can {event.verb}", "can't", "isn't"),
            (f"has {event.participle}", "hasn't", "didn't"),
            (f"is {event.ing}", "isn't", "doesn't"),
            (f"should {event.verb}", "shouldn't", "hasn't"),
        ]
    )
    clause = f"{subject} {group} {event.object}"
    yield good(f"{clause}, {right} {pronoun}?")
    yield bad(f"{clause}, {wrong} {pronoun}?")
    yield bad(f"{clause}, {pronoun} {right}?")
    yield bad(f"{clause}, {right} {subject}?")
    yield bad(f"{clause}, {right} {'him' if pronoun == 'he' else 'her'}?")
    yield bad(f"{clause}, {right}?")


@paradigm("ell-comparative", "than is followed by a phrase or an auxiliary that fits")
def comparative(s: Speaker) -> Variants:
    event = s.event(s.name())
    other = s.subject()
    noun = plural(s.pick(s.words.belongings))
    if s.with_probability(0.5):
        word = s.word("taller/older/richer/happier/more careful/more polite/younger/kinder")
        first = f"{event.subject} is {word}"
        yield good(f"{first} than {other} {other.be}")
        yield bad(f"{first} than {other} {other.do}")
        yield bad(f"{first} than is")
        yield bad(f"{first} as {other} {other.be}")
    else:
        verb = s.word("bought/sold/found/saw")
        first = f"{event.subject} {verb} more {noun}"
        yield good(f"{first} than {other} did")
        yield good(
            f"{first} than {other}" if not other.object else f"{first} than {other.accusative}"
        )
        yield bad(f"{first} than {other} {other.was}")
        yield bad(f"{first} than did {other} {noun} {verb}")
        yield bad(f"{first} as {other} did")


@paradigm("ell-parallel", "only like categories are coordinated", held_out=True)
def parallel(s: Speaker) -> Variants:
    event, other = s.event(s.person()), s.event()
    subject = event.subject
    adverb = s.pick(s.words.manner)
    yield good(f"{subject} {event.past} {event.object} and {other.past} {other.object}")
    yield good(
        f"{subject} {event.past} {event.object} {adverb} and {s.word('calmly/bravely/rudely')}"
    )
    yield bad(f"{subject} {event.past} {event.object} and {adverb}")
    yield bad(f"{subject} {event.past} {event.object} and to {other.verb} {other.object}")
    yield bad(f"{subject} {event.past} {event.object} and {s.word('very calm/rude/furious')}")


@paradigm("ell-answer", "short answers repeat the auxiliary of the question", held_out=True)
def answer(s: Speaker) -> Variants:
    event = s.event(s.gendered())
    subject, pronoun = event.subject, event.subject.pronoun
    aux, form, wrong = s.pick(
        [
            ("did", event.verb, "was"),
            ("will", event.verb, "does"),
            ("can", event.verb, "is"),
            ("has", event.participle, "did"),
            ("is", event.ing, "does"),
        ]
    )
    question = f"{aux} {subject} {form} {event.object}? Yes, {pronoun}"
    yield good(f"{question} {aux}.")
    yield bad(f"{question} {wrong}.")
    yield bad(f"{question} {form}." if form != event.verb else f"{question} {aux} to.")
    yield bad(f"{question} {aux} {event.object}.")
