"""Argument structure: which phrases a verb or adjective takes, and in which alternations."""

from grammar.registry import Variants, bad, good, paradigm
from lexicon import rows
from morphology import ing, past, third
from phrases import OBJECT_PRONOUNS, Speaker

UNERGATIVE = rows("""
    arrive | the station/the city/the airport/a small village
    sleep | the bed/the baby/a soft pillow
    laugh | the joke/the clown/a funny story
    go | the park/the cinema/the dentist
    sit | the chair/a bench/the sofa
    talk | the weather/his mother/the plan
    look | the picture/the sky/an old map
    wait | the bus/her friend/the next train
    listen | the radio/the teacher/good music
    smile | the baby/the camera/her friend
    disappear | the rabbit/the money
    fall | the stairs/the plate
    live | a small village/an old house
    belong | the club/my uncle
    cough | the soup/the audience
    happen | an accident/a problem
    think | the answer/her mother/a solution
    """)
OBLIGATORY = rows("""
    fix | the car/the old radio/the pipe
    find | the key/a ring/his wallet
    make | a cake/a mistake/a promise
    avoid | the question/the traffic/her boss
    take | the bus/some photos/the money
    bring | a present/some wine/the letter
    get | a letter/a new job/the prize
    carry | the bag/two boxes/the baby
    want | a new car/some tea/more money
    need | some help/a holiday/a pen
    like | the song/cold weather/old films
    contain | gold/many mistakes/a letter
    mention | the problem/your name/the party
    destroy | the bridge/the letter/the town
    devour | the cake/the whole pizza
    put on | his hat/a warm coat
    own | two houses/a horse/a small shop
    catch | the ball/a fish/the thief
    reach | the station/the top
    describe | the accident/her room
    """)
GIVE = rows("""
    give | a present/the keys/some flowers/a book
    send | a letter/a postcard/some money/the parcel
    show | the picture/her garden/a photo/the map
    sell | the old car/a house/two tickets
    lend | a pen/some money/his bicycle
    offer | a job/some tea/a chair
    teach | a song/some French/the alphabet
    tell | a story/the truth/a secret
    pass | the salt/the ball/a note
    read | a story/the poem/the letter
    hand | a towel/the ticket/a cup of tea
    bring | a glass of water/the newspaper/some soup
    """)
DONATE = rows("""
    explain | the rule/the problem/the answer
    describe | the accident/the house/the thief
    donate | a painting/some money/his books
    say | something nice/a few words/hello
    suggest | a new plan/a good hotel
    mention | the party/the mistake
    report | the accident/the theft
    return | the book/the keys/the money
    repeat | the question/the answer
    reveal | the secret/the plan
    announce | the result/the news
    whisper | a secret/the answer
    introduce | her sister/a new friend
    deliver | the parcel/a pizza
    demonstrate | the new machine/the trick
    """)
NO_CAUSATIVE = rows("""
    laugh | the audience/the girl
    arrive | the train/the guests
    disappear | the rabbit/the coin
    sleep | the baby/her son
    cry | the child/his sister
    happen | an accident/a problem
    fall | the vase/the plate
    cough | the patient/the boy
    die | the flowers/the fish
    smile | the baby/the children
    vanish | the money/the coin
    exist | a new planet/a problem
    go | the boy to bed/the children to school
    come | her friend to the party/the dog home
    appear | a rabbit/a ghost
    """)
CAUSATIVE = rows("""
    break | the window/the vase/a cup
    open | the door/the gate/the window
    close | the shop/the door
    melt | the butter/the snow
    boil | the water/the soup
    roll | the ball/the stone
    move | the chair/the table
    stop | the car/the bus
    burn | the letter/the toast
    sink | the boat/the ship
    dry | the shirt/her hair
    """)
NO_INCHOATIVE = rows("""
    chop | the tree/the wood
    write | the letter/the book
    buy | the house/the ring
    kill | the wolf/the mouse
    build | the bridge/the wall
    destroy | the city/the letter
    paint | the fence/the wall
    throw | the ball/the stone
    steal | the car/the painting
    kick | the ball/the door
    find | the key/the treasure
    take | the money/the train
    bring | the soup/the newspaper
    make | the cake/the dress
    """)
LOCATIVE = rows("""
    poured | water | into | the glass | only-content
    spilled | some milk | onto | the floor | only-content
    put | three books | into | the bag | only-content
    dripped | paint | onto | the carpet | only-content
    placed | the plates | on | the table | only-content
    hung | two pictures | on | the wall | only-content
    filled | cold water | into | the bottle | only-container
    covered | a blanket | over | the baby | only-container
    decorated | flowers | onto | the cake | only-container
    surrounded | a fence | around | the house | only-container
    filled | hot tea | into | the cup | only-container
    loaded | hay | onto | the truck | both
    sprayed | paint | onto | the wall | both
    spread | butter | on | the bread | both
    packed | clothes | into | the suitcase | both
    stuffed | feathers | into | the pillow | both
    planted | roses | in | the garden | both
    """)
PREPOSITIONS = rows("""
    rely | on | the old man/her brother
    listen | to | the radio/the teacher
    wait | for | the bus/her friend
    look | at | the picture/the sky
    depend | on | the weather/her parents
    belong | to | the club/the church
    laugh | at | the joke/the clown
    apologize | for | the mistake/the noise
    believe | in | ghosts/magic
    consist | of | three parts/two rooms
    insist | on | a refund/an answer
    care | about | the children/the result
    think | about | the problem/her holiday
    pay | for | the tickets/the meal
    shout | at | the driver/the dog
    agree | with | the teacher/his wife
    talk | about | the film/the weather
    arrive | at | the station/the hotel
    complain | about | the food/the noise
    yell | at | the children/the dog
    knock | on | the door/the window
    speak | to | the doctor/my father
    """)
ADJECTIVES = rows("""
    afraid | of | dogs/the dark/spiders
    proud | of | her son/the team
    interested | in | music/old maps
    good | at | chess/mathematics
    angry | with | her brother/the driver
    fond | of | chocolate/his aunt
    married | to | a doctor/my cousin
    similar | to | this one/her mother's
    responsible | for | the accident/the garden
    famous | for | her songs/his cakes
    full | of | mistakes/water
    different | from | the others/her sister
    tired | of | the noise/his job
    ready | for | school/the exam
    used | to | the noise/hard work
    jealous | of | her sister/his friend
    """)
PUT = rows("""
    put | the keys/a letter/the flowers/some plates/her hat/the milk
    place | the cup/three chairs/a candle/the lamp
    lay | the baby/a blanket/the map
    set | the box/the vase/a plate
    """)
PARTICLES = rows("""
    pick | up | the phone/the child
    turn | off | the light/the radio
    throw | away | the letter/the old shoes
    put | on | the coat/the hat
    take | off | the jacket/the shoes
    write | down | the address/the number
    wake | up | the baby/the neighbours
    bring | back | the book/the keys
    call | up | the doctor/the manager
    look | up | the word/the number
    give | back | the money/the ring
    cut | down | the tree/the rose
    fill | in | the form/the gap
    hand | in | the essay/the homework
    """)
ROB = rows("""
    robbed | the bank | of | a lot of money | from
    deprived | the child | of | sleep | from
    accused | the boy | of | theft | for
    blamed | the driver | for | the accident | of
    provided | the guests | with | food | of
    cured | the girl | of | the disease | with
    reminded | the man | of | his brother | with
    warned | the tourists | of | the danger | with
    supplied | the school | with | books | of
    informed | the manager | of | the problem | with
    protected | the plants | from | the cold | of
    congratulated | the singer | on | the prize | at
    prevented | the thief | from | escaping | of
    compared | the film | with | the book | of
    """)
NO_PROGRESSIVE = rows("""
    know | the answer/the truth/my name
    own | a house/two cars
    belong | to my uncle/to the club
    contain | many mistakes/gold
    resemble | her father/a horse
    need | my help/a new coat
    prefer | tea/the old house
    seem | happy/very tired
    understand | the rule/French
    deserve | a prize/a holiday
    """)


@paradigm("arg-no-object", "intransitive verbs take no object")
def no_object(s: Speaker) -> Variants:
    verb, things = s.pick(UNERGATIVE)
    subject = s.person()
    tense = s.word("past/past/future/modal/perfect")
    group = s.verb_group(subject, verb, tense)
    time = "" if tense != "past" else s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield bad(f"{subject} {group} {s.word(things)}{time}")
    other, verb, adjunct = s.intransitive_parts()
    yield good(f"{other} {past(verb)} {adjunct}")
    if things and tense == "past":
        yield good(f"{other} {past(verb)}{time}" if time else f"{other} {past(verb)} {adjunct}")


@paradigm("arg-missing-object", "transitive verbs need their object")
def missing_object(s: Speaker) -> Variants:
    verb, things = s.pick(OBLIGATORY)
    subject = s.person()
    if verb == "contain":
        subject = s.definite(s.word("book/box/letter/drawer"))
    tense = s.word("past/past/past/future/modal")
    group = s.verb_group(subject, verb, tense)
    time = s.pick(["", f" {s.pick(s.words.past_times)}"]) if tense == "past" else ""
    if time and s.with_probability(0.3):
        time += f" {s.pick(s.words.places)}"
    yield good(f"{subject} {group} {s.word(things)}{time}")
    yield bad(f"{subject} {group}{time}")


@paradigm("arg-dative", "give and its kind: two objects, or one and a phrase with to")
def dative(s: Speaker) -> Variants:
    verb, things = s.pick(GIVE)
    giver, thing, taker = s.person(), s.word(things), s.person()
    group = s.verb_group(giver, verb, s.word("past/past/future/modal/perfect"))
    yield good(f"{giver} {group} {taker} {thing}")
    yield good(f"{giver} {group} {thing} to {taker}")
    yield bad(f"{giver} {group} {thing} {taker}")
    yield bad(f"{giver} {group} {taker} to {thing}")
    yield bad(f"{giver} {group} {taker} {thing} to {s.name()}")


@paradigm("arg-no-double-object", "explain and its kind do not take two bare objects")
def no_double_object(s: Speaker) -> Variants:
    verb, things = s.pick(DONATE)
    giver, thing = s.person(), s.word(things)
    taker = s.word("me/us/her/him/them/my mother/the class/the museum/the police/John/Mary")
    if verb in ("donate",):
        taker = s.word("the museum/the school/the church/the library/the hospital")
    group = s.verb_group(giver, verb, s.word("past/past/future/modal"))
    tail = s.pick(["", "", f" {s.pick(s.words.places)}"])
    yield good(f"{giver} {group} {thing} to {taker}{tail}")
    yield bad(f"{giver} {group} {taker} {thing}{tail}")


@paradigm("arg-no-causative", "laugh and its kind cannot mean to make someone laugh")
def no_causative(s: Speaker) -> Variants:
    cause = s.person()
    verb, things = s.pick(NO_CAUSATIVE)
    tense = s.word("past/past/future/modal")
    yield bad(f"{cause} {s.verb_group(cause, verb, tense)} {s.word(things)}")
    thing = s.word(things)
    if verb not in ("happen", "exist", "appear"):
        head, *rest = thing.split(" to ") if " to " in thing else [thing]
        made = s.verb_group(cause, "make", tense)
        yield good(
            f"{cause} {made} {thing.replace(' to ', f' {verb} to ', 1)}"
            if rest
            else f"{cause} {made} {head} {verb}"
        )
    verb, things = s.pick(CAUSATIVE)
    yield good(f"{cause} {s.verb_group(cause, verb, tense)} {s.word(things)}")


@paradigm("arg-no-inchoative", "chop and its kind cannot leave out who did it")
def no_inchoative(s: Speaker) -> Variants:
    verb, things = s.pick(NO_INCHOATIVE)
    thing = s.word(things)
    tail = s.pick([*s.words.past_times, "suddenly", "quickly", "in the end", "by itself"])
    yield bad(f"{thing} {past(verb)} {tail}")
    agent = s.person()
    yield good(f"{agent} {past(verb)} {thing}{'' if tail == 'by itself' else ' ' + tail}")
    verb, things = s.pick(CAUSATIVE)
    yield good(f"{s.word(things)} {past(verb)} {tail}".replace("a cup", "the cup"))


@paradigm("arg-locative", "pour water into the glass, fill the glass with water")
def locative(s: Speaker) -> Variants:
    verb, content, into, container, kind = s.pick(LOCATIVE)
    subject = s.person()
    tail = s.pick(["", f" {s.pick(s.words.past_times)}"])
    first = f"{subject} {verb} {content} {into} {container}{tail}"
    second = f"{subject} {verb} {container} with {content}{tail}"
    if kind == "both":
        yield good(first)
        yield good(second)
        yield bad(f"{subject} {verb} {container} {content}{tail}")
        yield bad(f"{subject} {verb} with {content} {into} {container}{tail}")
    else:
        yield (good if kind == "only-content" else bad)(first)
        yield (good if kind == "only-container" else bad)(second)


@paradigm("arg-preposition", "the preposition that a verb asks for")
def preposition(s: Speaker) -> Variants:
    verb, prep, things = s.pick(PREPOSITIONS)
    subject = s.subject()
    if verb in ("consist", "belong"):
        subject = s.the_thing(s.word("house/book/report/garden"))
    tense = s.word("past/past/present/modal/negative past")
    if verb in ("consist", "belong"):
        tense = "present"
    group = s.verb_group(subject, verb, tense)
    thing = s.word(things)
    time = s.pick(["", f" {s.pick(s.words.past_times)}"]) if "past" in tense else ""
    yield good(f"{subject} {group} {prep} {thing}{time}")
    yield bad(f"{subject} {group} {thing}{time}")
    wrong = {"on": "of", "to": "from", "for": "of", "at": "of", "in": "at", "from": "with"}
    wrong |= {"of": "on", "about": "at", "with": "to"}
    if verb not in ("speak", "talk", "shout", "yell", "look", "knock", "arrive", "agree", "think"):
        yield bad(f"{subject} {group} {wrong[prep]} {thing}{time}")


@paradigm("arg-adjective", "the preposition that an adjective asks for")
def adjective(s: Speaker) -> Variants:
    word, prep, things = s.pick(ADJECTIVES)
    subject = s.subject()
    if word in ("similar", "full", "different"):
        subject = s.definite(s.word("letter/house/song/picture"))
    if word == "married":
        subject = s.name()
    degree = s.adjective(["very", "not", "so"], 0.4)
    if word in ("married", "used"):
        degree = s.adjective(["not"], 0.3)
    copula = s.pick([subject.be, subject.was])
    thing = s.word(things)
    yield good(f"{subject} {copula} {degree}{word} {prep} {thing}")
    yield bad(f"{subject} {copula} {degree}{word} {thing}")
    for wrong in {"of": ["from", "to"], "in": ["of"], "at": ["of"], "to": ["from"]}.get(prep, []):
        yield bad(f"{subject} {copula} {degree}{word} {wrong} {thing}")


@paradigm("arg-put", "put needs an object and a place")
def put(s: Speaker) -> Variants:
    verb, things = s.pick(PUT)
    subject = s.person()
    place = f"{s.word('on/under/next to/behind')} the {s.pick(s.words.locations)}"
    thing = s.word(things)
    tense = s.word("past/past/future/modal")
    group = s.verb_group(subject, verb, tense)
    time = f" {s.pick(s.words.past_times)}" if tense == "past" and s.with_probability(0.4) else ""
    if "this morning" in time or "in 1990" in time:
        time = ""
    yield good(f"{subject} {group} {thing} {place}{time}")
    if verb in ("put", "place"):
        yield bad(f"{subject} {group} {thing}{time}")
    yield bad(f"{subject} {group} {place}{time}")
    yield bad(f"{subject} {group} {place} to {thing}{time}")


@paradigm("arg-particle", "a pronoun stands before the particle of its verb")
def particle(s: Speaker) -> Variants:
    verb, prt, things = s.pick(PARTICLES)
    subject = s.subject()
    tense = s.word("past/past/future/modal/perfect")
    group = s.verb_group(subject, verb, tense)
    thing = s.word(things)
    human = thing in ("the child", "the baby", "the doctor", "the manager")
    pronoun = s.word("him/her") if human else "it"
    if thing.endswith(("s", "shoes")) and thing != "the address":
        pronoun = "them"
    tail = s.pick(["", "", f" {s.pick(s.words.past_times)}"]) if tense == "past" else ""
    yield good(f"{subject} {group} {prt} {thing}{tail}")
    yield good(f"{subject} {group} {thing} {prt}{tail}")
    yield good(f"{subject} {group} {pronoun} {prt}{tail}")
    yield bad(f"{subject} {group} {prt} {pronoun}{tail}")
    yield bad(f"{prt} {subject} {group} {pronoun}{tail}")


# Verbs that may take a second object, or whose object can be a person.
TWO_OBJECTS = {"write", "read", "buy", "sell", "send", "bake", "cook", "order", "teach", "find"}
TWO_OBJECTS |= {"play", "choose", "draw", "throw", "build", "paint", "sing", "cut", "pick"}
TWO_OBJECTS |= {"answer", "feed", "hide", "catch", "steal", "fix", "grow", "kick", "wash", "open"}


@paradigm("arg-extra", "a clause has no more noun phrases than its verb asks for")
def extra(s: Speaker) -> Variants:
    event = s.event(s.person())
    if event.verb in TWO_OBJECTS:
        return
    other = s.the_human()
    place = s.pick(s.words.places)
    group = s.verb_group(event.subject, event.verb, s.word("past/future/modal/perfect"))
    yield good(f"{event.subject} {group} {event.object} {place}")
    yield good(f"{event.subject} {group} {event.object} with {other}")
    yield bad(f"{event.subject} {group} {other} {event.object}")
    yield bad(f"{event.subject} {group} {event.object} {other}")


@paradigm("arg-state", "verbs of states have no progressive")
def state(s: Speaker) -> Variants:
    verb, rest = s.pick(NO_PROGRESSIVE)
    subject = s.subject()
    if verb in ("belong", "contain"):
        subject = s.definite(s.word("box/letter/book"), s.word("sg/pl"))
        rest = "to my uncle/to the club" if verb == "belong" else rest
    rest = s.word(rest)
    yield good(f"{subject} {subject.present(verb)} {rest}")
    yield good(f"{subject} {subject.do} not {verb} {rest}")
    yield bad(f"{subject} {subject.be} {ing(verb)} {rest}")
    yield bad(f"{subject} {subject.was} {ing(verb)} {rest}")


@paradigm("arg-middle", "only verbs that change their object have a middle", held_out=True)
def middle(s: Speaker) -> Variants:
    thing, verbs, wrong = s.pick(MIDDLE)
    adverb = s.word("easily/smoothly/badly/surprisingly well/without any effort")
    start = s.word("this/the/that") + " " + thing
    yield good(f"{start} {third(s.word(verbs))} {adverb}")
    yield bad(f"{start} {third(s.word(wrong))} {adverb}")
    plural = s.word("these/such/those") + " " + thing + "s"
    yield good(f"{plural} {s.word(verbs)} {adverb}")
    yield bad(f"{plural} {s.word(wrong)} {adverb}")


MIDDLE = rows("""
    curtain | fold/burn | own/adore/admire
    napkin | fold/tear | notice/inspect
    novel | translate | criticize/despise/notice
    sausage | slice/fry | taste of/smell of/crave
    lamp | polish | see/want/notice
    sentence | translate/memorize | hear/overhear/mention
    orange | peel/bruise | hate/chew on/crave
    """)


@paradigm("arg-extra-preposition", "discuss and its kind take a bare object", held_out=True)
def extra_preposition(s: Speaker) -> Variants:
    verb, wrong, things = s.word(
        """
        discuss: about: the election, the novel/approach: to: the harbour, the gate
        emphasize: on: this detail, the cost/contact: with: the dentist, an engineer
        obey: to: the captain, every command/lack: of: courage, skill
        resemble: to: the statue, a penguin/accompany: with: the bride, the senator
        attend: in: the ceremony, the debate/enter: to: the ballroom, the cabin
        mention: about: the election, the delay/telephone: to: the senator, the dentist
        await: for: the verdict, the captain/demand: for: a pardon, an apology
        request: for: a pillow, some wine/marry: with: the prince, a banker
        """
    ).split(": ")
    subject = s.person()
    group = s.verb_group(subject, verb, s.word("past/modal/future/negative past"))
    thing = s.pick(things.split(", "))
    yield good(f"{subject} {group} {thing}")
    yield bad(f"{subject} {group} {wrong} {thing}")


@paradigm("arg-conative", "kick at the door, but not break at it", held_out=True)
def conative(s: Speaker) -> Variants:
    subject = s.person()
    good_verb = s.word("kicked/hit/chewed/nibbled/poked/tugged/swatted/clawed")
    bad_verb = s.word("polished/unlocked/buried/photographed/rented/folded/inspected/memorized")
    thing = f"the {s.pick(s.words.locations + s.words.belongings)}"
    adverb = s.word("furiously/nervously/for an hour/all evening/with both hands")
    yield good(f"{subject} {good_verb} at {thing} {adverb}")
    yield bad(f"{subject} {bad_verb} at {thing} {adverb}")


@paradigm("arg-there", "there goes with verbs of existence and appearance", held_out=True)
def there(s: Speaker) -> Variants:
    place = s.pick(s.words.places)
    yield good(f"{place} there {s.word('stood/lay/existed/appeared/hung')} {thing(s)}")
    yield good(f"there {s.word('remained/arose/emerged/followed')} {s.word(PROBLEMS)}")
    yield bad(f"there {s.word('yawned/sneezed/whispered/retired/giggled')} {somebody(s)} {place}")
    yield bad(f"there {s.word('polished/sliced/ruined/buried')} {s.word(PROBLEMS)} {place}")


PROBLEMS = "several doubts/a serious difficulty/a fierce debate/some confusion/a few obstacles"


def thing(s: Speaker) -> str:
    return f"a {s.word('huge/modern/dusty/colourful')} {s.pick(s.words.belongings)}"


def somebody(s: Speaker) -> str:
    return f"{s.word('a/some')} {s.word('cheerful/wealthy/brave')} {s.stranger()}"


@paradigm("arg-result", "a result phrase needs an object to describe", held_out=True)
def result(s: Speaker) -> Variants:
    subject = s.gendered()
    verb, state = s.word(
        "shouted hoarse/laughed sick/yawned awake/cried blind/jogged thin/sang hoarse/drank stupid"
    ).split()
    time = s.pick(["", f" {s.pick(s.words.past_times)}"])
    yield good(f"{subject} {verb} {subject.reflexive} {state}{time}")
    yield bad(f"{subject} {verb} {OBJECT_PRONOUNS[subject.gender]} to {state}{time}")
    yield bad(f"{subject} {verb} {subject.reflexive} to {state}{time}")
    done, thing, flat = s.word(
        """
        wiped: the counter: dry/painted: the shed: green/hammered: the coin: flat
        licked: the basket: clean/dyed: the blouse: purple/squeezed: the towel: dry
        """
    ).split(": ")
    yield good(f"{subject} {done} {thing} {flat}{time}")
    yield bad(f"{subject} {done} {flat} to {thing}{time}")
