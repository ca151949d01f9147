"""Complementation: which clauses verbs, nouns, adjectives and conjunctions take."""

from grammar.registry import Variants, bad, good, paradigm
from morphology import ing
from phrases import PRONOUNS, Speaker

GERUND = ["enjoy", "avoid", "finish", "deny", "admit", "keep", "suggest", "imagine", "give up"]
INFINITIVE = ["want", "hope", "decide", "refuse", "promise", "plan", "agree", "expect", "offer"]
DECLARATIVE = ["believes", "thinks", "hopes", "claims", "is sure", "assumes", "is glad"]
INTERROGATIVE = ["wonders", "wants to know", "asked", "is trying to find out", "inquired"]
SUBJUNCTIVE = ["demanded", "insisted", "suggested", "recommended", "requested", "proposed"]


@paradigm("comp-gerund", "enjoy takes an -ing form, want an infinitive")
def gerund(s: Speaker) -> Variants:
    event = s.event(s.person())
    verb = s.pick(GERUND)
    subject = event.subject
    group = s.verb_group(subject, verb, s.word("past/past/modal/negative past/perfect"))
    yield good(f"{subject} {group} {event.ing} {event.object}")
    yield bad(f"{subject} {group} to {event.verb} {event.object}")
    yield bad(f"{subject} {group} {event.verb} {event.object}")


@paradigm("comp-infinitive", "want and hope take an infinitive with to")
def infinitive(s: Speaker) -> Variants:
    event = s.event(s.person())
    verb = s.pick(INFINITIVE)
    subject = event.subject
    group = s.verb_group(subject, verb, s.word("past/past/modal/negative past/perfect"))
    yield good(f"{subject} {group} to {event.verb} {event.object}")
    yield bad(f"{subject} {group} {event.ing} {event.object}")
    yield bad(f"{subject} {group} {event.verb} {event.object}")
    yield bad(f"{subject} {group} to {event.ing} {event.object}")
    yield bad(f"{subject} {group} for to {event.verb} {event.object}")


@paradigm("comp-whether", "believe takes that, wonder takes whether")
def whether(s: Speaker) -> Variants:
    subject = s.person("sg")
    clause = s.clause()
    declarative, question = s.pick(DECLARATIVE), s.pick(INTERROGATIVE)
    yield good(f"{subject} {declarative} that {clause}")
    yield good(f"{subject} {question} {s.word('whether/if')} {clause}")
    yield bad(f"{subject} {declarative} whether {clause}")
    if question != "asked":
        yield bad(f"{subject} {question} that {clause}")
    yield bad(f"{subject} {declarative} whether that {clause}")
    yield bad(f"{subject} {s.word('wonders/inquired')} {clause}")


@paradigm("comp-subjunctive", "demand takes a subjunctive clause")
def subjunctive(s: Speaker) -> Variants:
    event = s.event(s.pick([np for np in PRONOUNS if np.object]))
    speaker = s.person()
    verb = s.pick(SUBJUNCTIVE)
    them, rest = event.subject, f"{event.verb} {event.object}"
    yield good(f"{speaker} {verb} that {them} {rest}")
    yield good(f"{speaker} {verb} that {them} not {rest}")
    if verb != "requested":
        yield bad(f"{speaker} {verb} {them.accusative} to {rest}")
    yield bad(f"{speaker} {verb} that {them} to {rest}")
    yield bad(f"{speaker} {verb} that {them.accusative} {rest}")
    yield bad(f"{speaker} {verb} that {them} {event.ing} {event.object}")


@paradigm("comp-bare", "make, let and perception verbs take a bare infinitive")
def bare(s: Speaker) -> Variants:
    event = s.event()
    subject = s.person()
    other = s.pick([np for np in PRONOUNS if np.object and np.text != subject.text])
    verb = s.word("made/let/saw/heard/watched")
    rest = f"{event.verb} {event.object}"
    yield good(f"{subject} {verb} {other.accusative} {rest}")
    yield bad(f"{subject} {verb} {other.accusative} to {rest}")
    yield bad(f"{subject} {verb} {other} {rest}")
    if event.past != event.verb and event.past != event.participle:
        yield bad(f"{subject} {verb} {other.accusative} {event.past} {event.object}")
    yield bad(f"{subject} {s.word('made/let')} that {other} {rest}")


@paradigm("comp-subject", "a clause as subject needs that or whether")
def subject_clause(s: Speaker) -> Variants:
    event = s.event(s.subject())
    clause = f"{event.subject} {event.past} {event.object}"
    rest = s.word(
        "surprised everyone/is true/was a mistake/is not important/made us laugh/annoyed my mother/"
        "is very strange/worried the doctor/was a surprise/proves nothing/is obvious"
    )
    yield good(f"that {clause} {rest}")
    yield good(f"the fact that {clause} {rest}")
    yield bad(f"{clause} {rest}")
    yield bad(f"the fact {clause} that {rest}")
    yield bad(f"the fact of {clause} {rest}")


@paradigm("comp-for", "an infinitive with a subject of its own is introduced by for")
def for_to(s: Speaker) -> Variants:
    event = s.event()
    other = s.pick([np for np in PRONOUNS if np.object])
    rest = f"{event.verb} {event.object}"
    judgement = s.word("hard/easy/important/impossible/dangerous/a good idea/useful/expensive")
    yield good(f"it is {judgement} for {other.accusative} to {rest}")
    yield good(f"it is {judgement} to {rest}")
    yield bad(f"it is {judgement} for {other} to {rest}")
    yield bad(f"it is {judgement} {other} to {rest}")
    yield bad(f"it is {judgement} for {other.accusative} {rest}")
    yield bad(f"it is {judgement} that {other.accusative} to {rest}")
    yield bad(f"is {judgement} to {rest}")


@paradigm("comp-want", "want takes an infinitive, not a that-clause")
def want(s: Speaker) -> Variants:
    event = s.event()
    subject = s.subject()
    other = s.pick([np for np in PRONOUNS if np.object and np.text != subject.text])
    rest = f"{event.verb} {event.object}"
    verb = subject.present("want")
    yield good(f"{subject} {verb} {other.accusative} to {rest}")
    yield good(f"{subject} would like {other.accusative} to {rest}")
    yield bad(f"{subject} {verb} that {other} {rest}")
    yield bad(f"{subject} {verb} {other} to {rest}")
    yield bad(f"{subject} {verb} {other.accusative} {rest}")
    yield bad(f"{subject} would like that {other.accusative} to {rest}")


@paradigm("comp-preposition", "a preposition takes an -ing form")
def preposition(s: Speaker) -> Variants:
    event = s.event(s.person())
    subject = event.subject
    start = s.word(
        "is good at/is tired of/is interested in/thought about/dreamed of/is afraid of/insisted on/"
        "is used to/apologized for/is looking forward to/talked about/is proud of/left without"
    )
    start = start.replace("is ", f"{subject.be} ", 1) if start.startswith("is ") else start
    yield good(f"{subject} {start} {event.ing} {event.object}")
    yield bad(f"{subject} {start} {event.verb} {event.object}")
    if not start.endswith(" to"):
        yield bad(f"{subject} {start} to {event.verb} {event.object}")
    else:
        yield bad(
            f"{subject} {start} {event.past} {event.object}"
            if event.past != event.verb
            else f"{subject} {start} to {event.verb} {event.object}"
        )


@paradigm("comp-tell", "tell has a listener as its object, say has none")
def tell(s: Speaker) -> Variants:
    subject, clause = s.person(), s.clause()
    them = s.pick([np for np in PRONOUNS if np.object]).accusative
    yield good(f"{subject} told {them} that {clause}")
    yield good(f"{subject} said that {clause}")
    yield good(f"{subject} said to {them} that {clause}")
    yield bad(f"{subject} said {them} that {clause}")
    yield bad(f"{subject} told to {them} that {clause}")
    yield bad(
        f"{subject} {s.word('explained/suggested/mentioned/complained')} {them} that {clause}"
    )
    yield bad(f"{subject} told that {clause}")


@paradigm("comp-purpose", "a purpose is expressed by to or in order to")
def purpose(s: Speaker) -> Variants:
    event = s.event(s.subject())
    verb = s.word("went home/came here/got up early/stopped/left the house/called a taxi/stayed")
    rest = f"{event.verb} {event.object}"
    yield good(f"{event.subject} {verb} to {rest}")
    yield good(f"{event.subject} {verb} in order to {rest}")
    yield bad(f"{event.subject} {verb} for {rest}")
    yield bad(f"{event.subject} {verb} for to {rest}")
    yield bad(f"{event.subject} {verb} in order {rest}")
    yield bad(f"{event.subject} {verb} that {rest}")


@paradigm("comp-conjunction", "although and because are not doubled by but and so")
def conjunction(s: Speaker) -> Variants:
    first, second = s.past_clause(), s.past_clause()
    one, two = s.word("although but/because so/since so/when and").split()
    yield good(f"{one} {first}, {second}")
    yield good(f"{second} {one} {first}")
    yield bad(f"{one} {first}, {two} {second}")
    yield bad(f"{first} {one}, {second}")
    yield bad(f"{s.word('despite/because of/during')} {first}, {second}")


@paradigm("comp-question-subject", "whether, but not if, introduces a subject", held_out=True)
def question_subject(s: Speaker) -> Variants:
    event = s.event(s.subject())
    clause = f"{event.subject} {event.past} {event.object}"
    rest = s.word("remains a riddle/is irrelevant/is anybody's guess/depends on the verdict")
    yield good(f"whether {clause} {rest}")
    yield bad(f"if {clause} {rest}")
    yield bad(f"whether that {clause} {rest}")
    yield good(f"how {clause} {rest}")
    yield bad(f"did {event.subject} {event.verb} {event.object} {rest}")


@paradigm("comp-extraposition", "an extraposed clause leaves it as the subject", held_out=True)
def extraposition(s: Speaker) -> Variants:
    event = s.event(s.subject())
    clause = f"that {event.subject} {event.past} {event.object}"
    verb = s.word("annoyed/amused/astonished/infuriated/delighted/depressed")
    other = s.the_human()
    yield good(f"it {verb} {other} {clause}")
    yield good(f"it is {s.word('regrettable/odd/remarkable/tragic')} {clause}")
    yield bad(f"{verb} {other} {clause}")
    yield bad(f"there {verb} {other} {clause}")
    yield bad(f"it {verb} {clause}")
    yield bad(f"is {s.word('regrettable/odd/remarkable/tragic')} {clause}")


@paradigm("comp-noun", "the claim that, the question whether", held_out=True)
def noun_complement(s: Speaker) -> Variants:
    event = s.event(s.subject())
    clause = f"{event.subject} {event.past} {event.object}"
    one = s.word("hypothesis/allegation/conclusion/assumption/suspicion")
    rest = s.word("was absurd/has been confirmed/infuriated the senator/proved false")
    yield good(f"the {one} that {clause} {rest}")
    yield bad(f"the {one} whether {clause} {rest}")
    yield bad(f"the {one} of {clause} {rest}")
    yield good(f"the question {s.word('whether/of whether')} {clause} was ignored")
    yield bad(f"the {one} which {clause} {rest}")


@paradigm("comp-worth", "worth and busy take an -ing form, able and eager an infinitive", True)
def worth(s: Speaker) -> Variants:
    event = s.event(s.person())
    subject = event.subject
    rest = f"{event.verb} {event.object}"
    word = s.word("able/unable/eager/reluctant/prepared/anxious/entitled")
    yield good(f"{subject} {subject.be} {word} to {rest}")
    yield bad(f"{subject} {subject.be} {word} {event.ing} {event.object}")
    yield bad(f"{subject} {subject.be} {word} {rest}")
    yield good(f"{subject} {subject.was} busy {event.ing} {event.object}")
    yield bad(f"{subject} {subject.was} busy to {rest}")
    thing = s.definite(s.pick(s.words.belongings))
    verb = s.word("photograph/polish/rent/inspect")
    yield good(f"{thing} is worth {ing(verb)}")
    yield bad(f"{thing} is worth to {verb}")
