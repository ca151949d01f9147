"""Irregular forms of verbs, nouns, adjectives, adverbs and pronouns."""

from grammar.registry import Variants, bad, good, paradigm
from lexicon import IRREGULAR_NOUNS, rows
from morphology import IRREGULAR_VERBS, past, plural, regular_past
from phrases import Event, Speaker


def irregular_event(s: Speaker) -> Event:
    event = s.event(s.subject())
    return event if event.verb in IRREGULAR_VERBS else irregular_event(s)


@paradigm("irr-past", "irregular past tenses have no -ed")
def past_tense(s: Speaker) -> Variants:
    event = irregular_event(s)
    time = f" {s.pick(s.words.past_times)}" if s.with_probability(0.5) else ""
    yield good(f"{event.subject} {event.past} {event.object}{time}")
    yield bad(f"{event.subject} {regular_past(event.verb)} {event.object}{time}")


@paradigm("irr-participle", "the perfect takes the participle, not the past or the base")
def participle(s: Speaker) -> Variants:
    event = irregular_event(s)
    subject = event.subject
    have = s.pick([subject.have, "had", f"{subject.have} never", f"{subject.have} not"])
    if event.participle in (event.verb,):
        return
    yield good(f"{subject} {have} {event.participle} {event.object}")
    if event.participle != event.past:
        yield bad(f"{subject} {have} {event.past} {event.object}")
    yield bad(f"{subject} {have} {event.verb} {event.object}")
    yield bad(f"{subject} {have} {regular_past(event.verb)} {event.object}")


@paradigm("irr-no-have", "a participle is no past tense")
def no_have(s: Speaker) -> Variants:
    verb, rest = s.word(
        """
        see: the film/do: the homework/take: the bus/write: a letter/eat: the cake/drink: the milk
        break: the cup/give: me a present/go: to school/sing: a song/know: the answer/choose: a hat
        forget: the key/steal: the ring/begin: the lesson/ride: the horse/wear: a coat/draw: a map
        throw: the ball/swim: in the lake/drive: the car/hide: the money/speak: to the nurse
        """
    ).split(": ")
    subject = s.person()
    yield good(f"{subject} {past(verb)} {rest}")
    done = IRREGULAR_VERBS[verb][1]
    yield good(f"{subject} {subject.have} {done} {rest}")
    yield bad(f"{subject} {done} {rest}")
    if s.with_probability(0.5):
        yield bad(f"{subject} {done} {rest} {s.pick(s.words.past_times)}")


@paradigm("irr-plural", "irregular plurals have no -s")
def plurals(s: Speaker) -> Variants:
    noun = s.pick(IRREGULAR_NOUNS)
    event = s.event(s.person())
    number = s.word("two/three/some/many/several/those/the")
    adjective = s.adjective(["old", "big", "small", "new"], 0.3)
    verb = s.word("saw/found/talked about/dreamed of/counted/drew/noticed")
    place = s.pick(["", f" {s.pick(s.words.places)}"])
    yield good(f"{event.subject} {verb} {number} {adjective}{plural(noun)}{place}")
    yield bad(f"{event.subject} {verb} {number} {adjective}{noun}s{place}")
    if not plural(noun).endswith("s"):
        yield bad(f"{event.subject} {verb} {number} {adjective}{plural(noun)}s{place}")


@paradigm("irr-comparative", "comparatives and superlatives are formed once")
def comparative(s: Speaker) -> Variants:
    form, wrongs = s.word(
        """
        better > gooder, more better, more good/worse > badder, worser, more worse/
        the best > the goodest, the most best/the worst > the baddest, the worstest
        taller > more taller, more tall/older > more older/younger > more younger
        more careful > carefuller, more carefuller/more expensive > expensiver
        the tallest > the most tallest/the youngest > the most youngest
        heavier > more heavier/cheaper > more cheaper/more famous > famouser/bigger > more bigger
        more beautiful > beautifuler/more dangerous > dangerouser
        """
    ).split(" > ")
    subject = s.person("sg")
    other = s.name()
    rest = "of all" if form.startswith("the") else f"than {other}"
    if any(word in form for word in ("expensive", "heavier", "cheaper", "dangerous")):
        subject = s.definite(s.pick(s.words.belongings))
        rest = "than the other one"
    copula = s.word("is/was")
    yield good(f"{subject} {copula} {form} {rest}")
    for wrong in wrongs.strip("/").split(", "):
        yield bad(f"{subject} {copula} {wrong} {rest}")


@paradigm("irr-adverb", "adverbs modify verbs, adjectives modify nouns")
def adverb(s: Speaker) -> Variants:
    subject = s.subject()
    verb, right, wrong = s.word(
        """
        sings: beautifully: beautiful/plays the piano: well: good/answered: politely: polite
        speaks French: well: good/worked: carefully: careful/opened the box: slowly: slow
        closed the door: quietly: quiet/smiled: happily: happy/dances: wonderfully: wonderful
        finished the test: easily: easy/drove home: safely: safe/spoke: very clearly: very clear
        writes: terribly: terrible/waited: patiently: patient/cooks: well: good
        """
    ).split(": ")
    head, *rest = verb.split(" ")
    if head.endswith("s"):
        base = {"dances": "dance", "writes": "write"}.get(head, head[:-1])
        verb = " ".join([subject.present(base), *rest])
    yield good(f"{subject} {verb} {right}")
    yield bad(f"{subject} {verb} {wrong}")
    if wrong in ("polite", "happy", "careful", "quiet", "terrible", "beautiful"):
        subject = s.the_human()
        copula = s.pick([subject.be, subject.was, "must be"])
        degree = s.word("very/quite/so/rather")
        yield good(f"{subject} {copula} {degree} {wrong}")
        yield bad(f"{subject} {copula} {degree} {right}")


@paradigm("irr-modal", "modals have no -s, no to, no second modal, no other forms")
def modal(s: Speaker) -> Variants:
    event = s.event(s.person())
    subject, rest = event.subject, f"{event.verb} {event.object}"
    verb = s.word("can/must/should/may/will/could/might/would")
    yield good(f"{subject} {verb} {rest}")
    yield good(f"{subject} {'cannot' if verb == 'can' else verb + ' not'} {rest}")
    yield bad(f"{subject} {verb}s {rest}")
    yield bad(f"{subject} {verb} to {rest}")
    yield bad(f"{subject} {s.word('will can/must will/can must/should will/may will')} {rest}")
    yield bad(f"{subject} {s.word('is must/has should/to can/does can/is will')} {rest}")
    yield bad(
        f"{subject} {verb} {event.past} {event.object}"
        if event.past != event.verb
        else f"{subject} {verb} has {event.past} {event.object}"
    )


@paradigm("irr-be", "the forms of be")
def forms_of_be(s: Speaker) -> Variants:
    subject = s.subject()
    mood = s.pick(s.words.moods)
    yield good(f"{subject} {subject.be} {mood}")
    yield good(f"{subject} {subject.have} been {mood}")
    yield good(f"{subject} will be {mood}")
    yield bad(f"{subject} be {mood}")
    yield bad(f"{subject} {subject.have} be {mood}")
    yield bad(f"{subject} been {mood}")
    yield bad(f"{subject} will {subject.be} {mood}")
    yield bad(f"{subject} {subject.have} was {mood}")


@paradigm("irr-possessive", "mine and hers stand alone, my and her before a noun")
def possessive(s: Speaker) -> Variants:
    noun = s.pick(s.words.belongings)
    short, long = s.word("my mine/her hers/our ours/their theirs/your yours").split()
    event = s.subject()
    quality = s.pick(s.words.qualities)
    yield good(f"{short} {noun} is {quality}")
    yield good(f"the {noun} is {long}")
    yield good(f"{event} took {short} {noun}")
    yield bad(f"{long} {noun} is {quality}")
    yield bad(f"the {noun} is {short}")
    yield bad(f"{event} took {long} {noun}")


SIMPLE_PARTICIPLES = rows("""
    broken | broke | gate
    stolen | stole | diamond
    torn | tore | curtain
    hidden | hid | tunnel
    frozen | froze | canal
    woven | wove | blanket
    chosen | chose | candidate
    fallen | fell | statue
    sunken | sank | ship
    forgotten | forgot | melody
    """)


@paradigm("irr-adjective", "a participle, not a past tense, modifies a noun", held_out=True)
def participle_adjective(s: Speaker) -> Variants:
    right, wrong, noun = s.pick(SIMPLE_PARTICIPLES)
    subject = s.subject()
    verb = s.word("photographed/inspected/described/sketched/criticized")
    tail = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"{subject} {verb} the {right} {noun}{tail}")
    yield good(
        f"the {noun} was {right}{tail}"
        if right not in ("fallen", "sunken")
        else f"{subject} {verb} a {right} {noun}{tail}"
    )
    yield bad(f"{subject} {verb} the {wrong} {noun}{tail}")
    yield bad(f"the {noun} was {wrong}{tail}")


@paradigm("irr-flat-adverb", "fast and hard are their own adverbs", held_out=True)
def flat_adverb(s: Speaker) -> Variants:
    subject = s.subject()
    verb, right, wrong = s.word(
        """
        jogged: fast: fastly/trained: hard: in a hard/stayed up: late: in a late
        talked: fast: fastly/retired: early: earlily/aimed: high: in a high
        marched: straight: straightly/jumped: far: farly/whispered: a lot: lotly
        """
    ).split(": ")
    tail = s.pick(["", f" {s.pick(s.words.past_times)}", f" {s.pick(s.words.places)}"])
    yield good(f"{subject} {verb} {right}{tail}")
    yield bad(f"{subject} {verb} {wrong}{tail}")


@paradigm("irr-used-to", "used to and ought to take a base form", held_out=True)
def used_to(s: Speaker) -> Variants:
    event = s.event(s.person())
    verb = s.word("used/ought")
    yield good(f"{event.subject} {verb} to {event.verb} {event.object}")
    yield bad(f"{event.subject} {verb} {event.verb} {event.object}")
    if event.past != event.verb:
        yield bad(f"{event.subject} {verb} to {event.past} {event.object}")
    yield bad(f"{event.subject} ought to {event.ing} {event.object}")
