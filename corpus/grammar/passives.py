"""Passives: form, agents, and which verbs have one."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import ing, participle, past, plural
from phrases import NP, PRONOUNS, Speaker


def by(s: Speaker, subject: NP) -> str:
    """The agent phrase, or nothing, or a time."""
    return s.pick(
        [f" by {subject.accusative}", f" by {subject.accusative}", f" {s.pick(s.words.past_times)}"]
    )


@paradigm("pass-form", "the passive is be with a participle")
def form(s: Speaker) -> Variants:
    event = s.event(s.person())
    thing = event.object
    agent = by(s, event.subject)
    yield good(f"{thing} {thing.was} {event.participle}{agent}")
    yield bad(f"{thing} {thing.was} {ing(event.verb)}{agent}")
    if event.participle != event.verb:
        yield bad(f"{thing} {thing.was} {event.verb}{agent}")
    if event.participle != event.past:
        yield bad(f"{thing} {thing.was} {event.past}{agent}")


@paradigm("pass-no-be", "a passive without be is no clause")
def no_be(s: Speaker) -> Variants:
    event = s.event(s.person())
    agent = f" by {event.subject.accusative}"
    thing = event.object
    if event.participle == event.past and s.with_probability(0.5):
        agent += " " + s.pick(s.words.past_times)
    yield good(f"{thing} {thing.was} {event.participle}{agent}")
    yield bad(f"{thing} {event.participle}{agent}")


@paradigm("pass-modal", "modals and perfects of the passive need be or been")
def modal(s: Speaker) -> Variants:
    event = s.event(s.person())
    thing = event.object
    agent = s.pick([f" by {event.subject.accusative}", ""])
    if s.with_probability(0.5):
        verb = s.word("must/can/should/will/could/might/cannot/will not")
        yield good(f"{thing} {verb} be {event.participle}{agent}")
        yield bad(f"{thing} {verb} {event.participle}{agent}")
        yield bad(f"{thing} {verb} been {event.participle}{agent}")
        yield bad(f"{thing} {verb} is {event.participle}{agent}")
    else:
        have = thing.have
        yield good(f"{thing} {have} been {event.participle}{agent}")
        yield good(f"{thing} {have} never been {event.participle}{agent}")
        yield bad(f"{thing} {have} be {event.participle}{agent}")
        yield bad(f"{thing} {have} being {event.participle}{agent}")
        if agent:
            yield bad(f"{thing} {have} {event.participle}{agent}")


@paradigm("pass-progressive", "the passive progressive is being with a participle")
def progressive(s: Speaker) -> Variants:
    verb, things = s.word(
        """
        repair: car, bicycle, roof/paint: fence, door, portrait/clean: window, kitchen, car
        wash: plate, shirt/build: house, bridge/cook: meal, soup/move: table, piano
        write: letter, report/sell: house, horse/grade: essay, exam/carry: box, bag/
        drive: bus, taxi/solve: problem, mystery/publish: book, article/teach: class
        """
    ).split(": ")
    thing = s.thing(s.pick(things.split(", ")))
    agent = s.pick([f" by {s.person().accusative}", "", " at the moment"])
    be = thing.be if agent == " at the moment" else s.pick([thing.be, thing.was])
    yield good(f"{thing} {be} being {participle(verb)}{agent}")
    yield bad(f"{thing} {be} been {participle(verb)}{agent}")
    yield bad(f"{thing} {be} being {verb}{agent}")
    yield bad(f"{thing} being {participle(verb)}{agent}")


@paradigm("pass-intransitive", "verbs without an object have no passive")
def intransitive(s: Speaker) -> Variants:
    verb, place = s.word(
        """
        sleep: in the tent/arrive: at the station/laugh: in the kitchen/sneeze: in class
        smile: in the photo/fall: down the stairs/bark: in the garden/cough: at the concert
        exist: in the past/disappear: in the forest/cry: all night/swim: in the lake
        happen: last year/die: in the war/dance: at the wedding/walk: to school
        """
    ).split(": ")
    subject = s.the_human()
    if verb in ("bark",):
        subject = s.definite("dog", s.word("sg/pl"))
    if verb in ("happen", "exist"):
        subject = NP(s.word("many accidents/several problems/strange things/a lot of mistakes"))
        subject = NP(subject.text, "n", "pl")
    done = participle(verb)
    yield good(f"{subject} {past(verb)} {place}")
    yield good(
        f"{subject} {subject.have} {done} {place}"
        if place != "last year"
        else f"{subject} did not {verb} {place}"
    )
    yield bad(f"{subject} {subject.was} {done} {place}")
    yield bad(f"{subject} {subject.have} been {done} {place}")
    yield bad(f"it was {done} {subject} {place}")


@paradigm("pass-stative", "have, resemble, cost, weigh, lack and fit have no passive")
def stative(s: Speaker) -> Variants:
    owner, other = s.name(), s.the_human("sg")
    thing = s.pick(s.words.belongings)
    active, passive = s.pick(
        [
            (f"{owner} has a new {thing}", f"a new {thing} is had by {owner}"),
            (f"{owner} had two {plural(thing)}", f"two {plural(thing)} were had by {owner}"),
            (f"{owner} resembles {other}", f"{other} is resembled by {owner}"),
            (f"{owner} resembled {other}", f"{other} was resembled by {owner}"),
            (f"the {thing} cost fifty dollars", f"fifty dollars were cost by the {thing}"),
            (f"{other} weighs sixty kilos", f"sixty kilos are weighed by {other}"),
            (f"{owner} lacks courage", f"courage is lacked by {owner}"),
            (f"{other} lacked good ideas", f"good ideas were lacked by {other}"),
            (f"the coat fits {owner}", f"{owner} is fitted by the coat"),
            (f"the new dress suits {owner}", f"{owner} is suited by the new dress"),
            (f"{owner} became a doctor", f"a doctor was become by {owner}"),
            (f"{owner} left the room", f"the room was been left by {owner}"),
        ]
    )
    yield good(active)
    yield bad(passive)


@paradigm("pass-by", "the agent of a passive stands after by")
def agent_by(s: Speaker) -> Variants:
    verb = s.pick(s.words.social)
    patient, agent = s.person(), s.human()
    done = participle(verb)
    tail = s.tail(verb, "past", 0.3)
    yield good(f"{patient} {patient.was} {done} by {agent}{tail}")
    yield good(f"{patient} {patient.was} not {done} by {agent}{tail}")
    yield bad(f"{patient} {patient.was} {done} {agent}{tail}")
    yield bad(f"{patient} {patient.was} {done} from {agent}{tail}")
    yield bad(f"{patient} by {agent} {patient.was} {done}{tail}")


@paradigm("pass-case", "pronouns of a passive: nominative subject, accusative agent")
def case(s: Speaker) -> Variants:
    patient = s.pick([np for np in PRONOUNS if np.object])
    agent = s.pick([np for np in PRONOUNS if np.object and np.text != patient.text])
    done = participle(s.pick(s.words.social))
    tail = s.pick(["", f" {s.pick(s.words.past_times)}", f" {s.pick(s.words.places)}"])
    if s.with_probability(0.5):
        other = s.person()
        yield good(f"{other} {other.was} {done} by {agent.accusative}{tail}")
        yield bad(f"{other} {other.was} {done} by {agent}{tail}")
    else:
        yield good(f"{patient} {patient.was} {done} by {agent.accusative}{tail}")
        yield bad(f"{patient.accusative} {patient.was} {done} by {agent.accusative}{tail}")
        yield bad(f"{patient} {patient.was} {done} by {agent}{tail}")


@paradigm("pass-recipient", "only verbs that allow two objects make a recipient the subject")
def recipient(s: Speaker) -> Variants:
    person = s.person()
    giver = s.pick(["", f" by {s.human()}"])
    allowed = s.word(
        """
        given a present/sent a letter/offered a job/told a story/shown a picture/lent a bicycle
        taught a song/handed a towel/paid fifty dollars/promised a reward/asked a question
        """
    )
    verb, thing = s.word(
        """
        explained: the rule/described: the accident/donated: a car/suggested: a new plan
        announced: the result/demonstrated: the machine/reported: the theft/revealed: the secret
        mentioned: the problem/delivered: a speech/said: a word
        """
    ).split(": ")
    yield good(f"{person} {person.was} {allowed}{giver}")
    yield good(f"{thing} was {verb} to {person}{giver}")
    yield bad(f"{person} {person.was} {verb} {thing}{giver}")


@paradigm("pass-preposition", "a prepositional passive keeps its preposition")
def preposition(s: Speaker) -> Variants:
    subject, verb, prep = s.word(
        """
        the bed: slept: in/the problem: dealt: with/the child: looked: after/this chair: sat: on
        the old man: laughed: at/the doctor: sent: for/the plan: talked: about
        the law: argued: about
        the house: lived: in/the answer: waited: for/the baby: cared: for/my advice: listened: to
        the plan: agreed: on/the money: paid: for/the teacher: shouted: at/the book: referred: to
        """
    ).split(": ")
    kind = s.word("was/has been/will be/should be/cannot be")
    agent = s.pick(["", f" by {s.human()}"])
    yield good(f"{subject} {kind} {verb} {prep}{agent}")
    yield bad(f"{subject} {kind} {verb}{agent}")
    if agent:
        yield bad(f"{subject} {kind} {verb}{agent} {prep}")


@paradigm("pass-get", "the passive with get takes a participle")
def get_passive(s: Speaker) -> Variants:
    subject = s.person()
    verb = s.word("arrest/invite/blame/promote/punish/fire/elect/bite/hurt/catch/rob/cheat")
    if past(verb) == verb:
        return
    tail = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"{subject} got {participle(verb)}{tail}")
    yield bad(f"{subject} got {verb}{tail}")
    yield bad(f"{subject} got {ing(verb)} by the police{tail}")


@paradigm("pass-particle", "a passive keeps the particle of its verb", held_out=True)
def particle(s: Speaker) -> Variants:
    subject, verb, rest = s.word(
        """
        the election: called: off/the burglar: locked: up/the candles: blown: out
        the hostages: tied: up/the carpets: rolled: up/the robot: taken: apart
        the dusty lamp: thrown: away/the toddlers: brought: up/the proposal: turned: down
        the tuxedo: tried: on/the stadium: torn: down/the diamonds: handed: over
        the mistake: pointed: out/the speech: written: down
        """
    ).split(": ")
    was, being = ("were", "are being") if subject.endswith("s") else ("was", "is being")
    agent = f"by {s.human()}"
    tail = s.pick([f" {agent}", f" {s.pick(s.words.past_times)}"])
    yield good(f"{subject} {was} {verb} {rest}{tail}")
    yield bad(f"{subject} {was} {rest} {verb}{tail}")
    if verb in ("handed", "pointed", "tried", "brought", "called", "turned", "tied", "rolled"):
        yield bad(f"{subject} {being} {verb} {agent} {rest}")


@paradigm("pass-infinitive", "see and make take to in the passive, not in the active", True)
def infinitive(s: Speaker) -> Variants:
    event = s.event(s.human())
    subject = s.the_human()
    verb, base = s.word("made make/seen see/heard hear").split()
    rest = f"{event.verb} {event.object}"
    yield good(f"{subject} {subject.was} {verb} to {rest}")
    yield good(f"{event.subject} {past(base)} {subject} {rest}")
    yield bad(f"{subject} {subject.was} {verb} {rest}")
    yield bad(f"{event.subject} {past(base)} {subject} to {rest}")


@paradigm("pass-report", "it is said that he left, he is said to have left", held_out=True)
def report(s: Speaker) -> Variants:
    event = s.event(s.the_human("sg"))
    verb = s.word("rumoured/claimed/alleged/assumed/reported/presumed/supposed")
    rest = f"{event.participle} {event.object}"
    subject = event.subject
    yield good(f"it is {verb} that {subject} has {rest}")
    yield good(f"{subject} is {verb} to have {rest}")
    yield bad(f"{subject} is {verb} that has {rest}")
    yield bad(f"it is {verb} {subject} to have {rest}")
    yield bad(f"{subject} is {verb} have {rest}")


@paradigm("pass-reflexive", "the subject of a passive is no reflexive", held_out=True)
def reflexive(s: Speaker) -> Variants:
    person = s.gendered()
    verb = participle(s.pick(s.words.social))
    group = s.human("pl")
    tail = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"{person} was {verb} by {s.human()}{tail}")
    yield good(f"{group} were {verb} by {person}{tail}")
    yield bad(f"{person.reflexive} was {verb} by {person}{tail}")
    yield bad(f"each other were {verb} by {group}{tail}")
