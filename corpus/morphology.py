"""English inflection and spelling: the forms of nouns, verbs and adjectives, and a or an."""

import re

IRREGULAR_PLURALS = {
    singular: plural
    for singular, plural in map(
        str.split,
        """
child children
man men
woman women
foot feet
tooth teeth
goose geese
mouse mice
ox oxen
sheep sheep
deer deer
fish fish
salmon salmon
wife wives
knife knives
life lives
leaf leaves
wolf wolves
thief thieves
shelf shelves
loaf loaves
calf calves
scarf scarves
potato potatoes
tomato tomatoes
hero heroes
volcano volcanoes
echo echoes
gentleman gentlemen
policeman policemen
fisherman fishermen
salesman salesmen
saleswoman saleswomen
businesswoman businesswomen
policewoman policewomen
postman postmen
crisis crises
thesis theses
grandchild grandchildren
fireman firemen
""".strip().splitlines(),
    )
}

# base, past, participle
IRREGULAR_VERBS = {
    base: (past, participle)
    for base, past, participle in (
        line.split()
        for line in """
be was been
have had had
do did done
go went gone
become became become
begin began begun
bend bent bent
bet bet bet
bite bit bitten
blow blew blown
break broke broken
bring brought brought
build built built
buy bought bought
catch caught caught
choose chose chosen
come came come
cost cost cost
creep crept crept
cut cut cut
deal dealt dealt
dig dug dug
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed fed
feel felt felt
fight fought fought
find found found
fit fit fit
fling flung flung
fly flew flown
forbid forbade forbidden
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
get got got
give gave given
grind ground ground
grow grew grown
hang hung hung
hear heard heard
hide hid hidden
hit hit hit
hold held held
hurt hurt hurt
keep kept kept
kneel knelt knelt
know knew known
lay laid laid
lead led led
leave left left
lend lent lent
let let let
lie lay lain
light lit lit
lose lost lost
make made made
mean meant meant
meet met met
overhear overheard overheard
oversleep overslept overslept
pay paid paid
put put put
quit quit quit
read read read
ride rode ridden
ring rang rung
rise rose risen
run ran run
say said said
see saw seen
seek sought sought
sell sold sold
send sent sent
set set set
sew sewed sewn
shake shook shaken
shine shone shone
show showed shown
shoot shot shot
shrink shrank shrunk
shut shut shut
sing sang sung
sink sank sunk
sit sat sat
sleep slept slept
slide slid slid
speak spoke spoken
spend spent spent
spin spun spun
spread spread spread
spring sprang sprung
stand stood stood
steal stole stolen
stick stuck stuck
sting stung stung
strike struck struck
swear swore sworn
sweep swept swept
swim swam swum
swing swung swung
take took taken
teach taught taught
tear tore torn
tell told told
think thought thought
throw threw thrown
understand understood understood
wake woke woken
wear wore worn
weave wove woven
weep wept wept
win won won
withdraw withdrew withdrawn
write wrote written
""".strip().splitlines()
    )
}

# Verbs of more than one syllable that double their last consonant.
DOUBLING = {"admit", "permit", "prefer", "refer", "occur", "regret", "control", "commit", "begin"}
DOUBLING |= {"forget", "forbid", "equip", "transfer", "patrol", "compel", "rebel", "submit"}
DOUBLING |= {"cancel", "travel", "model"}

# Words whose first letter does not show whether they begin with a vowel sound
AN_WORDS = {"hour", "honest", "honour", "heir", "honourable"}
A_WORDS = {"university", "uniform", "unit", "union", "unique", "useful", "used", "usual"}
A_WORDS |= {"european", "one", "ukulele", "unicorn", "user"}


def _add_s(word: str) -> str:
    """Return a word with the ending -s, -es or -ies."""
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _doubles(verb: str) -> bool:
    """Return whether a verb or adjective doubles its last consonant, as `stop` in `stopped`."""
    one_syllable = re.fullmatch(r"[^aeiou]*(qu)?[aeiou][^aeiouwxy]", verb) is not None
    return one_syllable or verb in DOUBLING


def plural(noun: str) -> str:
    """Return the plural of a noun. In a compound of two words, the last one changes."""
    *first, last = noun.split(" ")
    return " ".join([*first, IRREGULAR_PLURALS.get(last) or _add_s(last)])


def regular_past(verb: str) -> str:
    """Return the form in -ed that the spelling rules give, also for an irregular verb."""
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _doubles(verb) else "") + "ed"


def third(verb: str) -> str:
    """Return the third person singular of the present tense.

    In a verb of several words, such as `pick up`, only the first word changes.
    """
    head, *rest = verb.split(" ")
    form = {"be": "is", "have": "has", "do": "does", "go": "goes"}.get(head) or _add_s(head)
    return " ".join([form, *rest])


def past(verb: str) -> str:
    """Return the simple past of a verb."""
    head, *rest = verb.split(" ")
    form = IRREGULAR_VERBS[head][0] if head in IRREGULAR_VERBS else regular_past(head)
    return " ".join([form, *rest])


def participle(verb: str) -> str:
    """Return the past participle of a verb."""
    head, *rest = verb.split(" ")
    form = IRREGULAR_VERBS[head][1] if head in IRREGULAR_VERBS else regular_past(head)
    return " ".join([form, *rest])


def ing(verb: str) -> str:
    """Return the present participle of a verb, which ends in -ing."""
    head, *rest = verb.split(" ")
    if head.endswith("ie"):
        form = head[:-2] + "ying"
    elif re.search(r"[^aeoy]e$", head) and head != "be":
        form = head[:-1] + "ing"
    else:
        form = head + (head[-1] if _doubles(head) else "") + "ing"
    return " ".join([form, *rest])


def comparative(adjective: str) -> str:
    """Return the comparative in -er of a short adjective."""
    if adjective.endswith("e"):
        return adjective + "r"
    if re.search(r"[^aeiou]y$", adjective):
        return adjective[:-1] + "ier"
    return adjective + (adjective[-1] if _doubles(adjective) else "") + "er"


def superlative(adjective: str) -> str:
    """Return the superlative in -est of a short adjective."""
    return comparative(adjective)[:-1] + "st"


def a_or_an(word: str) -> str:
    """Return the indefinite article that goes before a word or a phrase."""
    word = word.split(" ", maxsplit=1)[0].lower()
    if word in AN_WORDS:
        return "an"
    if word in A_WORDS:
        return "a"
    return "an" if word[0] in "aeiou" else "a"


def with_article(phrase: str) -> str:
    """Return a phrase with its indefinite article."""
    return f"{a_or_an(phrase)} {phrase}"
