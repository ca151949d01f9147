"""Raising and control: infinitives without a subject of their own, and expletives."""

from grammar.registry import Variants, bad, good, paradigm
from lexicon import rows
from morphology import ing
from phrases import PRONOUNS, Speaker

RAISING = ["seems", "appears", "happens", "is likely", "is certain", "is unlikely", "is said"]
CONTROL = ["tries", "wants", "hopes", "decides", "plans", "intends", "agrees"]
CONTROL += ["is eager", "is willing", "is ready", "is afraid"]
SUBJECT_CONTROL = ["tried", "decided", "refused", "hoped", "planned", "managed", "agreed"]
SUBJECT_CONTROL += ["promised", "offered", "failed", "attempted", "hesitated"]
OBJECT_CONTROL = ["persuaded", "forced", "ordered", "told", "allowed", "encouraged", "warned"]
OBJECT_CONTROL += ["advised", "asked", "taught", "invited", "reminded", "helped", "convinced"]
EXPLETIVES = rows("""
    there | be a problem/be a doctor in the room/be enough food/be no answer/be a storm
    it | rain/snow/be cold/be too late/be obvious that John left/get dark
    """)


@paradigm("rc-seem", "seem takes an infinitive with to")
def seem(s: Speaker) -> Variants:
    event = s.event(s.person("sg"))
    subject, verb = event.subject, s.pick(RAISING[:6])
    mood = s.pick(s.words.moods)
    yield good(f"{subject} {verb} to be {mood}")
    yield good(f"{subject} {verb} to have {event.participle} {event.object}")
    yield bad(f"{subject} {verb} be {mood}")
    yield bad(f"{subject} {verb} being {mood}")
    yield bad(f"{subject} {verb} have {event.participle} {event.object}")
    if event.participle != event.verb:
        yield bad(f"{subject} {verb} to {event.participle} {event.object}")


@paradigm("rc-seem-that", "it seems that she left, she seems to have left")
def seem_that(s: Speaker) -> Variants:
    event = s.event(s.person("sg"))
    verb = s.word("seems/appears/is likely/is unlikely/is certain")
    clause = f"{event.subject} {event.past} {event.object}"
    yield good(f"it {verb} that {clause}")
    yield good(f"it {verb} that {event.subject} will {event.verb} {event.object}")
    yield good(f"{event.subject} {verb} to {event.verb} {event.object}")
    yield bad(f"{event.subject} {verb} that {event.past} {event.object}")
    yield bad(f"{event.subject} {verb} that {s.subject()} {event.past} {event.object}")
    yield bad(f"it {verb} {event.subject} to {event.verb} {event.object}")
    yield bad(f"it {verb} to {clause}")


@paradigm("rc-finite", "nothing is raised out of a finite clause")
def finite(s: Speaker) -> Variants:
    event = s.event(s.person("sg"))
    subject = event.subject
    verb = s.word("seems/appears/is likely/is certain/happens")
    mood = s.pick(s.words.moods)
    yield good(f"{subject} {verb} to {event.verb} {event.object}")
    yield good(f"{subject} {verb} to be {mood}")
    yield bad(f"{subject} {verb} is {mood}")
    yield bad(f"{subject} {verb} will {event.verb} {event.object}")
    yield bad(f"{subject} {verb} that is {mood}")
    yield bad(f"{subject} {verb} has {event.participle} {event.object}")


@paradigm("rc-expletive", "there and it are subjects of raising, not of control, verbs")
def expletive(s: Speaker) -> Variants:
    subject, rest = s.pick(EXPLETIVES)
    rest = s.word(rest)
    when = s.pick(["", f" {s.pick(s.words.places)}"]) if "John" not in rest else ""
    when = "" if "room" in rest else when
    yield good(f"{subject} {s.pick(RAISING)} to {rest}{when}")
    yield good(f"{subject} {s.word('seemed/appeared/is going/is supposed')} to {rest}{when}")
    yield bad(f"{subject} {s.pick(CONTROL)} to {rest}{when}")
    yield bad(f"{subject} {s.word('tried/wanted/decided/agreed/offered')} to {rest}{when}")


@paradigm("rc-control", "decide and its kind take a bare infinitive with to")
def control(s: Speaker) -> Variants:
    event = s.event(s.person())
    verb = s.pick(SUBJECT_CONTROL)
    rest = f"{event.verb} {event.object}"
    yield good(f"{event.subject} {verb} to {rest}")
    yield good(f"{event.subject} {verb} not to {rest}")
    yield bad(f"{event.subject} {verb} {rest}")
    if verb not in ("tried", "attempted"):
        yield bad(f"{event.subject} {verb} {event.ing} {event.object}")
    if event.past != event.verb:
        yield bad(f"{event.subject} {verb} to {event.past} {event.object}")
    if verb not in ("promised",):
        yield bad(f"{event.subject} {verb} {s.the_human()} to {rest}")


@paradigm("rc-object-control", "persuade and its kind take an object and an infinitive with to")
def object_control(s: Speaker) -> Variants:
    event = s.event()
    subject, other = s.person(), s.pick([np for np in PRONOUNS if np.object])
    verb = s.pick(OBJECT_CONTROL)
    rest = f"{event.verb} {event.object}"
    yield good(f"{subject} {verb} {other.accusative} to {rest}")
    yield good(f"{subject} {verb} {other.accusative} not to {rest}")
    if verb != "helped":
        yield bad(f"{subject} {verb} {other.accusative} {rest}")
    if verb not in ("asked", "helped"):
        yield bad(f"{subject} {verb} to {rest}")
    yield bad(f"{subject} {verb} {other} to {rest}")
    yield bad(f"{subject} {verb} {other.accusative} {ing(event.verb)} {event.object}")


@paradigm("rc-likely", "likely raises, probable and possible do not", held_out=True)
def likely(s: Speaker) -> Variants:
    event = s.event(s.person("sg"))
    subject = event.subject
    rest = f"{event.verb} {event.object}"
    yield good(f"{subject} is {s.word('likely/certain/sure/unlikely/bound')} to {rest}")
    yield good(f"it is {s.word('likely/probable/possible/clear')} that {subject} will {rest}")
    yield bad(f"{subject} is {s.word('probable/possible/clear/obvious/true')} to {rest}")
    yield bad(f"{subject} is {s.word('probable/possible/obvious')} that will {rest}")


@paradigm("rc-question", "an infinitive after a question word keeps its to")
def infinitival_question(s: Speaker) -> Variants:
    event = s.event(s.subject())
    subject = s.subject()
    know = s.word("know/remember/understand/say")
    group = s.verb_group(subject, know, s.word("negative past/negative present"))
    question = s.pick(
        [
            ("what", event.verb),
            ("how", f"{event.verb} {event.object}"),
            ("whether", f"{event.verb} {event.object}"),
            ("when", f"{event.verb} {event.object}"),
            ("where", f"{event.verb} {event.object}"),
        ]
    )
    word, rest = question
    if know == "remember" and word == "whether":
        return
    yield good(f"{subject} {group} {word} to {rest}")
    yield bad(f"{subject} {group} {word} {rest}")
    yield bad(f"{subject} {group} to {word} {rest}")


@paradigm("rc-easy", "easy to please has a gap, eager to please has none")
def easy(s: Speaker) -> Variants:
    verb = s.word("please/help/fool/surprise/understand/find/teach/convince")
    man = s.gendered()
    other = s.the_human("sg")
    easy_word = s.word("easy/hard/difficult/impossible")
    eager = s.word("eager/ready/willing/afraid/anxious")
    obj = "him" if man.gender == "m" else "her"
    yield good(f"{man} is {easy_word} to {verb}")
    yield good(f"it is {easy_word} to {verb} {man}")
    yield good(f"{man} is {eager} to {verb} {other}")
    yield bad(f"{man} is {easy_word} to {verb} {other}")
    yield bad(f"{man} is {easy_word} to {verb} {obj}")
    yield bad(f"{man} is {easy_word} {verb}")


@paradigm("rc-believe", "the subject of an infinitive after believe is accusative", True)
def believe(s: Speaker) -> Variants:
    subject = s.person()
    other = s.pick([np for np in PRONOUNS if np.object])
    verb = s.word("believed/considered/declared/proved/imagined/judged")
    mood = s.word("innocent/insane/trustworthy/incompetent/the best candidate/a genius")
    mood = mood if other.number == "sg" else s.word("innocent/insane/trustworthy/incompetent")
    yield good(f"{subject} {verb} {other.accusative} to be {mood}")
    yield good(f"{subject} {verb} that {other} {other.was} {mood}")
    yield bad(f"{subject} {verb} {other} to be {mood}")
    yield bad(f"{subject} {verb} that {other.accusative} {other.was} {mood}")
    yield bad(f"{subject} {verb} {other.accusative} be {mood}")


@paradigm("rc-weather", "weather verbs take it as their subject, not there", held_out=True)
def weather(s: Speaker) -> Variants:
    when = s.pick([*s.words.past_times, "in the valley", "over the harbour", "in Berlin"])
    verb = s.word("drizzled/hailed/poured with rain/snowed heavily/thundered")
    yield good(f"it {verb} {when}")
    yield bad(f"there {verb} {when}")
    thing = f"a {s.word('blizzard/puddle/rainbow/hurricane/thick fog')}"
    yield good(f"there was {thing} {when}")
    yield bad(f"it had {thing} {when} there")


@paradigm("rc-for", "for introduces the subject of an infinitive", held_out=True)
def for_infinitive(s: Speaker) -> Variants:
    event = s.event(s.the_human())
    other = s.pick([np for np in PRONOUNS if np.object])
    judgement = s.word("unusual/illegal/risky/essential/foolish/customary")
    rest = f"{event.verb} {event.object}"
    yield good(f"it is {judgement} for {other.accusative} to {rest}")
    yield good(f"for {event.subject} to {rest} would be {judgement}")
    yield bad(f"it is {judgement} for {other} to {rest}")
    yield bad(f"it is {judgement} for {other.accusative} {rest}")
    yield bad(f"{event.subject} to {rest} would be {judgement}")


@paradigm("rc-too", "too takes an infinitive with to", True)
def too_heavy(s: Speaker) -> Variants:
    noun = s.word("lamp/jacket/camera/diary/basket/mirror/carpet")
    event = s.event()
    man = s.name()
    yield good(
        f"the {noun} is too {s.word('fragile/ancient/valuable')} to {s.word('fold/rent/shake')}"
    )
    yield bad(f"the {noun} is too {s.word('fragile/ancient/valuable')} {s.word('fold/rent/shake')}")
    yield good(f"{man} is too {s.word('timid/drunk/sleepy/frail')} to {event.verb} {event.object}")
    yield bad(f"{man} is too {s.word('timid/drunk/sleepy/frail')} {event.verb} {event.object}")
    yield bad(f"{man} is {s.word('timid/drunk/sleepy/frail')} too to {event.verb} {event.object}")
