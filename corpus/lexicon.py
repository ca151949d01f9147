"""The words of the corpus, in two vocabularies, with the words that they can be combined with.

`TRAIN` is the vocabulary of the training and in-domain sentences, and `HELD_OUT` that of the
out-of-domain sentences. Almost no content word is in both. A line of a table is one frame, whose
fields are separated by `|`: a verb, its possible subjects (`*` is any person) and its possible
objects (`~` marks a mass noun, and `+` a noun that is used in the plural only).
"""

from dataclasses import dataclass


def rows(table: str) -> list[tuple[str, ...]]:
    """Return the lines of a table, each split into its fields."""
    lines = table.strip().splitlines()
    return [tuple(field.strip() for field in line.split("|")) for line in lines]


def phrases(text: str) -> list[str]:
    """Return the entries of a list that is written with slashes or line breaks between them."""
    entries = text.replace("\n", "/").split("/")
    return [entry.strip() for entry in entries if entry.strip()]


@dataclass(frozen=True)
class Frame:
    """A transitive verb with nouns that make sense as its subject and its object."""

    verb: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]


def frames(table: str) -> list[Frame]:
    """Return the frames of a table with the fields verb, subjects and objects."""
    return [
        Frame(verb, tuple(phrases(subjects)), tuple(phrases(objects)))
        for verb, subjects, objects in rows(table)
    ]


@dataclass(frozen=True)
class Lexicon:
    """One vocabulary. A list has words or phrases; its name says which ones."""

    male_names: list[str]
    female_names: list[str]
    men: list[str]
    women: list[str]
    people: list[str]
    person_adjectives: list[str]
    thing_adjectives: list[str]
    modifiers: list[str]  # what follows a noun for a person
    moods: list[str]  # predicates of people
    qualities: list[str]  # predicates of things
    transitive: list[Frame]  # a person does something to a thing
    social: list[str]  # a person does something to a person
    intransitive: list[tuple[str, ...]]  # verb, subjects, adjuncts
    manner: list[str]
    places: list[str]
    past_times: list[str]
    future_times: list[str]
    habits: list[str]
    belongings: list[str]
    locations: list[str]  # nouns that things are in front of


TRAIN = Lexicon(
    male_names=phrases("""
        John/Bill/Tom/Peter/David/Paul/Robert/Mark/Daniel/George/Simon/Henry/Frank/Oliver/Max/Jack
        """),
    female_names=phrases("""
        Mary/Sue/Anna/Jane/Lucy/Emma/Susan/Kate/Laura/Helen/Rachel/Alice/Julia/Sarah/Ruth/Nancy
        """),
    men=phrases("boy/man/father/brother/uncle/king/waiter/actor/monk/son/husband/grandfather"),
    women=phrases("girl/woman/mother/sister/aunt/queen/waitress/actress/nun/daughter/wife"),
    people=phrases("""
        teacher/student/doctor/nurse/lawyer/farmer/child/neighbour/singer/driver/writer/artist
        pilot/friend/manager/soldier/baker/guest/visitor/tourist/scientist/customer/player/clerk
        """),
    person_adjectives=phrases("young/old/tall/clever/kind/famous/rich/lazy/shy/quiet"),
    thing_adjectives=phrases("old/new/old/new/strange/beautiful/wonderful/terrible/little"),
    modifiers=phrases("""
        from Spain/with the red hat/with long hair/from the village/next door/in the corner
        at the bar/from Paris/in the blue coat/on the left/with glasses
        """),
    moods=phrases("""
        happy/tired/angry/sad/hungry/ill/busy/nervous/afraid of dogs/proud of the team/late
        polite/honest/ready to leave/good at chess/in love/at home/bored/very clever
        """),
    qualities=phrases("""
        expensive/useful/beautiful/broken/dirty/on the table/too small/quite old/new/dangerous
        in the kitchen/hard to find/cheap/lost/very heavy/worth a lot/ready/here
        """),
    transitive=frames("""
        grade | teacher/professor | essay/exam/test
        bake | baker/mother/grandmother/* | cake/pie/~bread
        write | writer/student/* | letter/poem/book/essay/story
        read | student/* | book/letter/newspaper/magazine/story
        fix | plumber/mechanic/* | car/pipe/bicycle/roof/radio
        clean | maid/janitor/* | kitchen/window/floor/room/bathroom
        buy | customer/* | car/house/hat/ticket/~milk/dress
        sell | farmer/* | house/car/horse/painting/~furniture
        paint | artist/neighbour/* | portrait/fence/wall/door
        cook | chef/father/* | meal/dinner/soup/~rice
        eat | child/* | apple/sandwich/cake/~cheese/~soup
        drink | guest/* | ~coffee/~tea/~water/~milk
        open | * | door/window/box/letter/bottle
        close | * | door/window/book/shop
        break | child/* | window/vase/cup/plate/chair
        drive | driver/* | car/bus/truck/taxi
        build | carpenter/* | house/bridge/table/wall
        lose | student/* | key/wallet/ring/phone/~money
        find | detective/* | key/ring/treasure/wallet/letter
        solve | student/scientist/* | problem/puzzle/mystery
        teach | professor/teacher | class/course/lesson
        wash | waiter/* | plate/shirt/car/glass
        wear | actor/* | hat/coat/uniform/dress/scarf
        carry | tourist/soldier/* | bag/box/suitcase/umbrella
        move | * | table/box/sofa/~furniture
        hide | thief/pirate/* | treasure/letter/~money/key
        steal | thief | painting/car/necklace/~jewellery
        draw | child/artist/* | picture/map/horse
        sing | singer/* | song/hymn
        play | * | guitar/piano/game/violin
        watch | * | film/match/programme/parade
        visit | tourist/* | museum/castle/city/island
        cut | gardener/cook/* | ~bread/rope/cake/~grass
        publish | author/professor | book/article/report
        discover | scientist/explorer | planet/island/cave
        repair | mechanic/* | bicycle/clock/engine/roof
        sign | manager/president | contract/letter/document
        cancel | manager/president | meeting/concert/trip
        plan | manager/* | party/trip/wedding
        hear | * | noise/song/~music/story
        see | * | film/ghost/house/bird/parade
        forget | student/* | name/password/umbrella/ticket
        remember | * | name/address/poem/song
        throw | boy/girl/* | ball/stone/snowball
        kick | player/boy | ball/stone
        catch | player/fisherman | ball/fish
        grow | farmer/gardener | rose/tree/~wheat/+potatoes
        pick | girl/farmer | flower/rose/apple
        feed | farmer/girl | cow/horse/dog/cat
        describe | witness/writer/* | accident/scene/dream
        enjoy | * | concert/film/meal/~music
        like | * | song/idea/film/garden/~chocolate
        want | * | car/job/sandwich/~money
        need | * | pen/coat/ticket/~help/~advice
        answer | student/lawyer/* | question/letter/phone
        finish | student/* | essay/book/meal/~homework
        order | customer/* | pizza/meal/~coffee/book
        send | lawyer/* | letter/parcel/postcard
        borrow | student/neighbour | pen/book/bicycle/ladder
        choose | * | dress/colour/present/book
        admire | tourist/* | painting/castle/view
        study | student/scientist | language/map/planet/plant
        explain | teacher/professor | rule/problem/theory/plan
        climb | soldier/* | mountain/tree/ladder
        """),
    social=phrases("""
        like/admire/help/visit/call/invite/praise/love/hate/meet/see/know/trust/thank/follow
        hug/kiss/blame/watch/ignore/surprise/warn/respect/hear/greet/teach/miss
        """),
    intransitive=rows("""
        sleep | baby/* | on the sofa/until noon/in the tent
        laugh | * | loudly/at the joke/for a long time
        sit | guest/* | on the floor/by the window/near the door
        stand | guard/* | at the gate/in the corner/under a tree
        arrive | guest/train/bus/* | at the station/at noon/too late
        leave | guest/* | early/after dinner/before the end
        work | * | in a bank/very hard/on a farm/at night
        walk | * | to school/through the park/along the river
        run | player/dog/* | down the street/to the bus stop/very fast
        swim | child/* | in the lake/across the river/every morning
        dance | * | at the wedding/all night/with a friend
        cry | baby/* | in the kitchen/all night/after the film
        bark | dog | at the postman/all night/in the garden
        live | * | in a small village/near the sea/in Paris/on an island
        travel | tourist/* | to Spain/by train/around the world
        smile | * | at the baby/in the photo/politely
        wait | customer/* | for the bus/at the station/outside
        fall | cup/book/child | off the table/down the stairs/to the floor
        speak | president/* | in public/too fast/for an hour
        stay | tourist/* | at a hotel/at home/for a week
        shout | * | at the driver/in the street/across the room
        wake up | * | at six/in the middle of the night/early
        """),
    manner=phrases("carefully/quickly/slowly/quietly/happily/secretly/proudly/again"),
    places=phrases("""
        in the garden/at school/in the kitchen/on the train/in the park/at the market/in London
        at the office/in the library/near the river/in the hotel/on the beach/behind the house
        """),
    past_times=phrases("""
        yesterday/last night/last week/two days ago/on Monday/this morning/last year/last summer
        after lunch/before breakfast
        """),
    future_times=phrases("tomorrow/next week/tonight/on Friday/next year/soon/in two days"),
    habits=phrases("every day/on Sundays/every morning/in the evening/every summer/twice a week"),
    belongings=phrases("car/house/dog/phone/hat/book/coat/bicycle/garden/room/cat/umbrella"),
    locations=phrases("table/chair/box/shelf/desk/bed/cupboard/sofa"),
)

HELD_OUT = Lexicon(
    male_names=phrases("Carlos/Ahmed/Edward/Victor/Jacob/Philip/Andrew/Stephen/Leo/Oscar/Gareth"),
    female_names=phrases("Maria/Olga/Claire/Diana/Fiona/Martha/Sophie/Ellen/Grace/Nina/Yvonne"),
    men=phrases("lad/groom/prince/nephew/gentleman/grandson/policeman/bachelor/salesman"),
    women=phrases("lady/bride/princess/niece/saleswoman/granddaughter/policewoman/widow"),
    people=phrases("""
        banker/engineer/senator/journalist/poet/surgeon/passenger/tailor/butcher/reporter/dancer
        captain/sailor/cousin/toddler/hunter/painter/servant/architect/dentist/teenager/burglar
        librarian/composer
        """),
    person_adjectives=phrases("elderly/brave/skilful/friendly/wealthy/cheerful/wise/handsome"),
    thing_adjectives=phrases("huge/tiny/ancient/modern/ugly/valuable/impressive/splendid"),
    modifiers=phrases("""
        from Berlin/with the moustache/from the harbour/in the front row/with freckles
        in the silk gown/from abroad
        """),
    moods=phrases("""
        cheerful/exhausted/furious/jealous/thirsty/calm/sick/drunk/grateful/worried about the debate
        brave/fond of cats/lonely/wide awake/eager to assist/absent/rude
        """),
    qualities=phrases("""
        empty/fragile/valuable/missing/ancient/rather dull/on the counter/in the cellar/enormous
        covered with dust/out of fashion/made of wood/wet
        """),
    transitive=frames("""
        polish | servant/butler/* | mirror/boot/medal/~silver
        sketch | architect/* | tower/cottage/statue
        tune | musician | harp/cello
        edit | journalist/* | speech/chapter/script
        compose | composer | opera/melody/symphony
        sew | tailor/* | blouse/skirt/curtain
        slice | butcher/* | sausage/melon/~ham
        peel | toddler/* | orange/banana/onion
        chew | toddler/* | carrot/pill/~gum
        design | architect/engineer | tower/stadium/airport
        assemble | engineer | rocket/robot/battery
        inspect | captain/engineer | ship/cabin/tunnel
        unlock | servant/policeman/* | vault/drawer/safe/cabin
        smuggle | sailor | diamond/~tobacco/pistol
        bury | smuggler/widow | chest/coin/skeleton
        deliver | courier/* | package/crate/pillow
        rent | couple/* | flat/cottage/boat/tuxedo
        photograph | journalist/* | waterfall/volcano/sunset
        examine | dentist/surgeon | tooth/wound/knee
        translate | poet/librarian | novel/sentence/diary
        memorize | toddler/* | verse/speech/formula
        decorate | bride/* | ballroom/chapel/hall
        postpone | senator | election/debate/ceremony
        collect | teenager/* | coin/stamp/shell
        burn | widow/* | diary/candle/photograph
        rescue | sailor/policeman | puppy/kitten/hostage
        weigh | butcher/* | turkey/melon/package
        wrap | * | gift/package/doll
        pack | passenger/* | trunk/basket/lunchbox
        hang | painter/* | mirror/curtain/lamp
        taste | lady/* | ~wine/~honey/sauce
        pour | butler/* | ~wine/~lemonade/~juice
        copy | lad/* | sentence/recipe/diagram
        fold | * | napkin/blanket/tablecloth
        ruin | toddler/* | carpet/recipe/harvest
        shake | bartender/* | rug/cocktail
        invent | engineer | gadget/robot/machine
        download | teenager/* | file/photograph/recipe
        criticize | reporter/senator | law/policy/novel
        """),
    social=phrases("""
        adore/rescue/tease/insult/interview/photograph/hire/despise/envy/fear/welcome/pity
        overhear/recognize/betray/comfort/accuse/employ
        """),
    intransitive=rows("""
        snore | groom/* | during the sermon/in the bunk
        whisper | bride/* | in the chapel/behind the curtain
        giggle | toddler/* | during the ceremony/in the chapel
        faint | bride/* | in the ballroom/after the race
        kneel | prince/* | before the altar/on the carpet
        jog | banker/* | around the stadium/along the canal
        yawn | passenger/* | during the speech/in the theatre
        wander | poet/* | through the forest/around town
        retire | captain/banker | last autumn/at sixty
        camp | teenager/* | in the valley/by the canal
        complain | passenger/* | about the delay/to the captain
        sneeze | * | in the theatre/twice
        """),
    manner=phrases("gently/eagerly/skilfully/hastily/neatly/patiently/cheerfully/reluctantly"),
    places=phrases("""
        in the cellar/at the airport/in the theatre/on the ship/in the forest/at the chapel
        in Berlin/in the valley/on the balcony/in the attic/at the harbour
        """),
    past_times=phrases("""
        in the spring/last month/an hour ago/on Tuesday/at midnight/during the war/last Christmas
        """),
    future_times=phrases("next month/in an hour/on Thursday/this evening/before midnight"),
    habits=phrases("every month/on Wednesdays/at weekends/every spring/most nights"),
    belongings=phrases("boat/kitten/bracelet/diary/lamp/jacket/camera/toolbox/parrot/flat"),
    locations=phrases("counter/drawer/basket/bench/shed/wardrobe/cabinet"),
)

# Nouns for single phenomena. Frames that only one paradigm needs stand next to it.

IRREGULAR_NOUNS = phrases("child/man/woman/tooth/foot/mouse/goose/knife/wolf/leaf/sheep/thief")
VOWEL_NOUNS = phrases("apple/orange/egg/umbrella/island/elephant/office/uncle/hour/aunt/idea")
CONSONANT_NOUNS = phrases("banana/tree/university/uniform/car/pen/river/friend/dog/house")

# Words that belong to the grammar; all others are content words.
FUNCTION_WORDS = {
    word
    for line in phrases("""
    a about across after all already also although always am among an and another any anybody
    anyone anything are as at be because been before behind being best better both but by can
    cannot could couldn't did didn't do does doesn't don't down during each either enough ever
    every everybody everyone everything except few fewer first for from had hardly has have he her
    hers herself him himself his how i if in into is isn't it its itself just least less let's
    little lot many may me might mine more most much must my myself near need neither never no
    nobody none nor not nothing of off often on once one only onto or other others our ours
    ourselves out over own rather same several shall she should since so some somebody someone
    something soon still such than that the their theirs them themselves then there these they
    this those three through to too two under until up us very was wasn't we were what when where
    whether which while who whom whose why will with without won't would yes yet you your yours
    yourself yourselves
    """)
    for word in line.split()
}
