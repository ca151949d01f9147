"""Word order: auxiliaries, negation, do-support, adverbs, questions, missing and doubled words."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import ing, past, third
from phrases import NP, PRONOUNS, STATIVE, Speaker


@paradigm("wo-plain", "subject, verb and object in their order")
def plain(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, thing = event.subject, event.object
    tense = s.tense(event.verb)
    group = s.verb_group(subject, event.verb, tense)
    tail = s.tail(event.verb, tense, 0.6)
    yield good(s.clause())
    yield good(f"{subject} {group} {thing}{tail}")
    yield bad(f"{subject} {thing} {group}{tail}")
    if group != event.verb:
        yield bad(f"{group} {subject} {thing}{tail}")
        yield bad(f"{group} {thing} {subject}{tail}")
    if tail:
        yield bad(f"{subject}{tail} {thing} {group}")


@paradigm("wo-long", "longer sentences with words out of place, missing or doubled")
def long(s: Speaker) -> Variants:
    link = s.pick([", and ", ", but ", " because ", " when ", " after ", " before ", " while "])
    words = f"{s.past_clause()}{link}{s.past_clause()}".split(" ")
    if s.with_probability(0.3):
        words = f"{s.clause()}, and {s.clause()}".split(" ")
    yield good(" ".join(words))
    yield from scrambled(s, words)


def scrambled(s: Speaker, words: list[str]) -> Variants:
    """Damage that cannot be repaired by reading the words in another way."""
    determiners = {"the", "a", "an", "my", "our", "your", "his", "this", "these", "those"}
    places = [i for i, word in enumerate(words[:-1]) if word in determiners]
    if places:
        at = s.pick(places)
        yield bad(" ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]]))
        yield bad(" ".join([*words[: at + 1], words[at], *words[at + 1 :]]))
    auxiliaries = {"is", "are", "was", "were", "did", "has", "had", "will", "can", "could", "must"}
    places = [i for i, word in enumerate(words[:-1]) if word in auxiliaries]
    if places:
        at = s.pick(places)
        yield bad(" ".join([*words[: at + 1], words[at], *words[at + 1 :]]))


@paradigm("wo-negation", "negation of a full verb needs do")
def do_support(s: Speaker) -> Variants:
    if s.with_probability(0.6):
        event = s.event(s.subject())
        subject, verb, rest = event.subject, event.verb, f" {event.object}"
    else:
        subject, verb, adjunct = s.intransitive_parts()
        rest = f" {adjunct}"
    if s.with_probability(0.2):
        rest = " " + s.word("him/her/them/us/me/it") if subject.number == "pl" else rest
        if rest.split()[-1] in ("him", "her", "them", "us", "me", "it"):
            verb = s.word("like/see/hear/help/know/believe/remember")
            if subject.text == "we" and rest == " us":
                rest = " them"
    do, done = subject.do, s.word("didn't/did not")
    yield good(f"{subject} {done} {verb}{rest}")
    yield good(f"{subject} {do}n't {verb}{rest}")
    yield bad(f"{subject} not {past(verb)}{rest}")
    yield bad(f"{subject} not {subject.present(verb)}{rest}")
    yield bad(f"{subject} {past(verb)} not{rest}")
    if past(verb) != verb:
        yield bad(f"{subject} {done} {past(verb)}{rest}")
    yield bad(f"{subject} {do}n't {ing(verb)}{rest}")
    yield bad(f"{subject} {s.word('no/not to')} {verb}{rest}")
    if subject.third_singular:
        yield bad(f"{subject} don't {third(verb)}{rest}")


@paradigm("wo-not-auxiliary", "not follows the first auxiliary, without do")
def negated_auxiliary(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject = event.subject
    aux, form = s.pick(
        [
            (s.word("will/must/should/could/would/may/might"), event.verb),
            (subject.have, event.participle),
            (subject.be, event.ing),
        ]
    )
    if aux in ("is", "are", "am") and event.verb in STATIVE:
        return
    rest = f"{form} {event.object}"
    yield good(f"{subject} {aux} not {rest}")
    yield bad(f"{subject} not {aux} {rest}")
    yield bad(f"{subject} {aux} {form} not {event.object}")
    yield bad(f"{subject} {subject.do} not {aux} {rest}")
    mood = s.pick(s.words.moods)
    yield good(f"{subject} {subject.was} not {mood}")
    yield bad(f"{subject} not {subject.was} {mood}")
    yield bad(
        f"{subject} {s.word('did/does')} not be {mood}"
        if s.with_probability(0.3)
        else f"{subject} not {mood}"
    )


@paradigm("wo-missing-auxiliary", "an -ing form or a participle is no clause without auxiliary")
def missing_auxiliary(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, verb, adjunct = s.intransitive_parts()
    if s.with_probability(0.5):
        subject, verb, adjunct = event.subject, event.verb, str(event.object)
    if verb in STATIVE:
        return
    tail = s.pick(["", "", " now", f" {s.pick(s.words.places)}"])
    yield good(f"{subject} {subject.be} {ing(verb)} {adjunct}{tail}")
    yield good(f"{subject} {subject.was} {ing(verb)} {adjunct}")
    yield good(f"{subject} {subject.be} going to {verb} {adjunct}")
    yield bad(f"{subject} {ing(verb)} {adjunct}{tail}")
    yield bad(f"{subject} going to {verb} {adjunct}")
    yield bad(f"{subject} {subject.be} {verb} {adjunct}{tail}")
    yield bad(f"{subject} been {ing(verb)} {adjunct}{tail}")


@paradigm("wo-missing-be", "an adjective or a place is no predicate without be")
def missing_be(s: Speaker) -> Variants:
    subject, rest = s.predication()
    degree = s.adjective(["still", "always", "not", "probably"], 0.4)
    yield good(f"{subject} {subject.be} {degree}{rest}")
    yield good(f"{subject} {subject.was} {degree}{rest}")
    yield bad(f"{subject} {degree}{rest}")
    yield bad(f"{subject} {rest} {subject.be}")
    yield bad(f"{subject} {subject.do} {degree}{rest}")


@paradigm("wo-question", "a yes-no question begins with one auxiliary")
def yes_no(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, thing = event.subject, event.object
    modal = s.word("can/will/should/must/could")
    yield good(f"did {subject} {event.verb} {thing}?")
    yield good(f"{modal} {subject} {event.verb} {thing}?")
    yield good(f"{subject.have} {subject} {event.participle} {thing}?")
    if event.past != event.verb:
        yield bad(f"did {subject} {event.past} {thing}?")
        yield bad(f"{event.past} {subject} {thing}?")
    yield bad(f"does {subject} {modal} {event.verb} {thing}?")
    yield bad(f"{modal} {event.verb} {subject} {thing}?")
    yield bad(f"do {subject} {subject.be} {event.ing} {thing}?")
    yield bad(f"did {event.verb} {subject} {thing}?")


@paradigm("wo-adverb", "no adverb stands between a verb and its object")
def adverb(s: Speaker) -> Variants:
    event = s.event(s.subject())
    if event.verb in STATIVE:
        return
    adverb = s.pick([*s.words.manner, *s.words.manner, "yesterday", "often", "never"])
    thing = s.pick([NP("it"), NP("them"), NP(f"the {event.object.text.split()[-1]}")])
    if adverb in ("often", "never"):
        yield good(f"{event.subject} {adverb} {event.past} {thing}")
        if adverb == "never":
            yield bad(f"{event.subject} {event.past} {thing} {adverb}")
    else:
        yield good(f"{event.subject} {event.past} {thing} {adverb}")
    yield bad(f"{event.subject} {event.past} {adverb} {thing}")
    modal = s.word("will/can/must")
    yield bad(f"{event.subject} {modal} {event.verb} {adverb} {thing}")


@paradigm("wo-very-much", "degree adverbs do not come between a verb and its object")
def very_much(s: Speaker) -> Variants:
    verb = s.word("like/love/enjoy/hate/want/miss/need/admire")
    frame = s.frame()
    subject, thing = s.subject(), s.thing(s.pick(frame.objects))
    degree = s.word("very much/a lot/very much/so much")
    yield good(f"{subject} {subject.present(verb)} {thing} {degree}")
    yield good(f"{subject} really {subject.present(verb)} {thing}")
    yield bad(f"{subject} {subject.present(verb)} {degree} {thing}")
    yield bad(f"{subject} very {subject.present(verb)} {thing}")
    yield bad(f"{subject} {subject.present(verb)} very {thing}")


@paradigm("wo-auxiliaries", "modal, have, be: the order and the forms of auxiliaries")
def auxiliaries(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, thing = event.subject, event.object
    modal = s.word("must/may/could/might/should/will")
    if event.verb in STATIVE:
        return
    yield good(f"{subject} {modal} have {event.participle} {thing}")
    yield good(f"{subject} {modal} be {event.ing} {thing}")
    yield good(f"{subject} {subject.have} been {event.ing} {thing}")
    yield good(f"{subject} {modal} have been {event.ing} {thing}")
    yield bad(f"{subject} have {modal} {event.participle} {thing}")
    yield bad(f"{subject} {modal} been {event.ing} {thing}")
    yield bad(f"{subject} {modal} be have {event.ing} {thing}")
    yield bad(f"{subject} {subject.be} been {event.ing} {thing}")
    yield bad(f"{subject} {modal} has {event.participle} {thing}")
    yield bad(f"{subject} {subject.have} {event.ing} been {thing}")


@paradigm("wo-case", "subject and object forms of pronouns")
def case(s: Speaker) -> Variants:
    pronoun = s.pick([np for np in PRONOUNS if np.object])
    event = s.event(pronoun)
    other = s.person()
    verb = past(s.pick(s.words.social))
    tail = s.pick(["", f" {s.pick(s.words.past_times)}", f" {s.pick(s.words.places)}"])
    if s.with_probability(0.4):
        yield good(f"{pronoun} {event.past} {event.object}{tail}")
        yield bad(f"{pronoun.accusative} {event.past} {event.object}{tail}")
    elif s.with_probability(0.5):
        yield good(f"{other} {verb} {pronoun.accusative}{tail}")
        yield bad(f"{other} {verb} {pronoun}{tail}")
    else:
        prep = s.word("with/to/about/for")
        talk = s.word("talked/spoke/wrote") if prep in ("with", "to", "about") else "waited"
        yield good(f"{other} {talk} {prep} {pronoun.accusative}{tail}")
        yield bad(f"{other} {talk} {prep} {pronoun}{tail}")


@paradigm("wo-no-subject", "a finite clause has a subject")
def no_subject(s: Speaker) -> Variants:
    event = s.event(s.person())
    tail = s.tail(event.verb, "past", 0.4)
    weather = s.word("is raining/is very cold/is snowing/was a nice day/is late/is getting dark")
    yield good(f"{event.subject} {event.past} {event.object}{tail}")
    yield good(f"it {weather}{s.pick(['', ' again', ' outside', ' in London'])}")
    yield bad(f"{third(event.verb)} {event.object}{s.pick(['', ' ' + s.pick(s.words.habits)])}")
    yield bad(f"{weather}{s.pick(['', ' again', ' in London'])}")
    if event.past != event.verb:
        yield bad(f"{event.past} {event.object}{tail}")


@paradigm("wo-double-subject", "a subject is not repeated as a pronoun", held_out=True)
def double_subject(s: Speaker) -> Variants:
    event = s.event(s.person(gender=s.word("m/f")))
    subject = event.subject
    group = s.verb_group(subject, event.verb, s.word("past/present/future/perfect/modal"))
    yield good(f"{subject} {group} {event.object}")
    yield bad(f"{subject} {subject.pronoun} {group} {event.object}")
    yield bad(f"{subject} {group} it {event.object}")
    yield bad(f"{subject.pronoun} {subject} {group} {event.object}")


@paradigm("wo-adjective", "adjectives stand before their noun, after their determiner")
def adjective(s: Speaker) -> Variants:
    person = s.with_probability(0.4)
    noun = s.stranger() if person else s.pick(s.words.belongings)
    word = s.pick(s.words.person_adjectives if person else s.words.thing_adjectives)
    det = s.word("the/this/that" if person else "the/my/this/her/our")
    subject = s.subject()
    verb = s.word("remembered/forgot/mentioned/described/talked about/was looking for")
    verb = verb.replace("was", subject.was)
    tail = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"{subject} {verb} {det} {word} {noun}{tail}")
    yield bad(f"{subject} {verb} {det} {noun} {word}{tail}")
    yield bad(f"{subject} {verb} {word} {det} {noun}{tail}")
    yield bad(f"{subject} {verb} {noun} {det} {word}{tail}")


@paradigm("wo-preposition", "prepositions stand before their noun phrase, and are not left out")
def preposition(s: Speaker) -> Variants:
    subject, verb, _ = s.intransitive_parts()
    prep, rest = s.word(
        """
        in: the garden/near: the river/behind: the house/at: the station/on: the beach
        under: the old tree/with: a friend/for: an hour/to: the village/from: Paris
        """
    ).split(": ")
    verb = {"to": "walk", "from": "come", "with": "dance"}.get(prep, verb)
    verb = "wait" if verb in ("leave", "arrive", "wake up", "live", "travel") else verb
    subject = s.subject()
    group = s.verb_group(subject, verb, s.word("past/past/modal/past progressive/perfect"))
    yield good(f"{subject} {group} {prep} {rest}")
    yield bad(f"{subject} {group} {rest} {prep}")
    if prep != "for":
        yield bad(f"{subject} {group} {rest}")
    words = rest.split()
    if len(words) > 1:
        yield bad(f"{subject} {group} {words[0]} {prep} {' '.join(words[1:])}")


@paradigm("wo-imperative", "imperatives: base form, negated by don't, no subject")
def imperative(s: Speaker) -> Variants:
    event = s.event()
    thing = event.object
    if event.verb in STATIVE:
        return
    end = s.word("!/.")
    start = s.pick(["", "please ", ""])
    yield good(f"{start}{event.verb} {thing}{end}")
    yield good(f"{start}don't {event.verb} {thing}{end}")
    yield good(f"let's {event.verb} {thing}{end}")
    yield bad(f"{start}not {event.verb} {thing}{end}")
    yield bad(f"{start}don't {event.ing} {thing}{end}")
    yield bad(
        f"{start}{event.ing} {thing}{end}" if start else f"don't to {event.verb} {thing}{end}"
    )
    yield bad(f"{start}{thing} {event.verb}{end}")
    yield bad(f"let's to {event.verb} {thing}{end}")
    yield bad(f"{start}doesn't {event.verb} {thing}{end}")


@paradigm("wo-frequency", "where never, often and always stand")
def frequency(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, thing = event.subject, event.object
    adverb = s.word("never/often/always/never/seldom")
    mood = s.word("happy/late/tired/angry/busy/polite")
    yield good(f"{subject} {adverb} {subject.present(event.verb)} {thing}")
    yield good(f"{subject} {subject.be} {adverb} {mood}")
    yield good(f"{subject} {subject.have} {adverb} {event.participle} {thing}")
    yield bad(f"{subject} {subject.present(event.verb)} {adverb} {thing}")
    if adverb != "often":
        yield bad(f"{subject} {subject.be} {mood} {adverb}")
    yield bad(f"{subject} {subject.have} {event.participle} {adverb} {thing}")


@paradigm("wo-inverted-negative", "a fronted negative inverts subject and auxiliary", True)
def negative_inversion(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject, thing = event.subject, event.object
    front = s.word("never before/under no circumstances/on no account/at no time/not once")
    group = s.pick([(subject.have, event.participle), ("would", event.verb), ("did", event.verb)])
    if front in ("under no circumstances", "on no account"):
        group = (s.word("should/would"), event.verb)
    aux, form = group
    yield good(f"{front} {aux} {subject} {form} {thing}")
    yield bad(
        f"{front} {subject} {aux if aux != 'did' else 'has'} {form} {thing}"
        if aux != "did"
        else f"{front} {subject} {event.past} {thing}"
    )
    if event.past != event.verb:
        yield bad(f"{front} {event.past} {subject} {thing}")


@paradigm("wo-exclamative", "exclamations are not inverted")
def exclamative(s: Speaker) -> Variants:
    subject = s.subject()
    mood = s.word("happy/clever/kind/polite/angry/tall/lazy/nervous")
    copula = s.pick([subject.be, subject.was])
    yield good(f"how {mood} {subject} {copula}!")
    yield bad(f"how {subject} {copula} {mood}!")
    yield bad(f"what {mood} {subject} {copula}!")
    if subject.number == "sg" and subject.text != "I":
        noun = s.word("singer/teacher/doctor/driver/player")
        yield good(f"what a {s.word('wonderful/clever/terrible')} {noun} {subject} {copula}!")
        yield bad(f"what {s.word('wonderful/clever/terrible')} {noun} {subject} {copula}!")


@paradigm("wo-conditional", "had she known: inversion in conditions", held_out=True)
def conditional(s: Speaker) -> Variants:
    one = s.event(s.subject())
    two = s.event(s.subject())
    main = f"{two.subject} would have {two.participle} {two.object}"
    yield good(f"had {one.subject} {one.participle} {one.object}, {main}")
    yield good(f"if {one.subject} had {one.participle} {one.object}, {main}")
    yield bad(f"had {one.participle} {one.subject} {one.object}, {main}")
    yield bad(f"if had {one.subject} {one.participle} {one.object}, {main}")
    if one.past != one.participle:
        yield bad(f"{one.past} {one.subject} {one.object}, {main}")


@paradigm("wo-enough", "enough follows an adjective and precedes a noun", held_out=True)
def enough(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject = event.subject
    adjective = s.word("brave/wealthy/skilful/calm/wise/cheerful")
    yield good(f"{subject} {subject.was} {adjective} enough to {event.verb} {event.object}")
    yield bad(f"{subject} {subject.was} enough {adjective} to {event.verb} {event.object}")
    noun = s.word("courage/patience/energy/strength")
    yield good(f"{subject} had enough {noun} to {event.verb} {event.object}")
    yield bad(f"{subject} had enough {noun} {event.verb} {event.object}")
