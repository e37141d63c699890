"""What sounds like a complaint about police: who is accused without being named, and who is only spoken of."""

import pytest

from interpret import interpreter_of, read
from interpret.accusing import UNSPOKEN
from interpret.police import DISTRICT, MISCONDUCT
from models.catalogue import load

FACTS = load()


@pytest.mark.parametrize(
    "text",
    [
        "जिनका काम हमारी हिफाजत करना है वही सब्जी मंडी में हर ठेले से बीस रुपया उठाते हैं",
        "FIR karane gaya tha 4 ghante baithaya fir bola ja samjhota kar le",
        "raid info is leaked from inside the station to the satta people each time",
        "लॉकअप में मेरे लड़के के पैर तोड़ दिए", "they kept my brother in the lockup for two nights without any arrest",
        "report likhne ke 2000 liye", "paise lekar naam hata diya aur asli wale ko bacha liya mukadme se",
        "112 aayi aur dono taraf se paise le kar chali gayi",
        "khaki wale hi raat me truck walo ko loot rahe hai", "tahrir phaad di aur kaha dobara mat aana yahan",
    ],
)  # fmt: skip
def test_police_are_accused_also_where_nobody_names_them(text: str) -> None:
    assert read(text, FACTS).category == MISCONDUCT


@pytest.mark.parametrize(
    "text",
    [
        "पुलिस आई थी लेकिन तब तक चोर निकल चुके थे, अब फिर आते हैं", "police ke jate hi daru phir bikne lagti hai yahan",
        "daroga bankar phone kiya aur bola beta pakda gaya 50 hajar bhejo, thag hai",
        "the gang says even the police are scared of them and takes 2000 weekly from shops",
        "sipahi ki patni ki chain chhin ke bhage do ladke bike par",
        "the house of a retired inspector was robbed last night", "lekhpal paise leke galat napai kar gaya",
        "sipahi ko gundo ne peeta naam mujhe pata hai", "mere sasur mujhe kamre me band karke peet te hai",
        "police ne meri report likh li hai aur jaanch chal rahi hai, ek baat aur batani hai",
        "112 pe call kiya tha koi nahi aaya, ladai abhi bhi chal rahi hai",
        "police took fingerprints after the theft but the thief is still in the market",
    ],
)  # fmt: skip
def test_police_who_come_are_feared_robbed_or_played_by_others_are_not_accused(text: str) -> None:
    reading = read(text, FACTS)
    assert (reading.intent, reading.category) != ("tip", MISCONDUCT)


@pytest.mark.parametrize("text", ["naubasta me roz jua hota hai sham ko", "a gang collects protection money", "", "hi"])
def test_what_has_nothing_to_do_with_police_is_no_complaint_about_them(text: str) -> None:
    assert read(text, FACTS).category != MISCONDUCT


def test_messages_that_speak_of_police_less_must_weigh_more() -> None:
    weighing = FACTS.phrases.weighing
    assert weighing.least < weighing.least_unnamed < weighing.least_unspoken


def test_what_has_no_word_of_police_or_of_what_only_they_do_is_told_apart() -> None:
    for text, unspoken in (
        ("naubasta me roz jua hota hai sham ko aur raat me", True),
        ("police ne roz ke jue se paise liye hai sham ko", False),
        ("mere bete ko hawalat me raat bhar rakha", False),
        ("वह फिर से मेरी दीवार तोड़ रहा है", True),  # "phir" is no FIR
    ):
        weighed = interpreter_of(FACTS).weighed(text)
        assert weighed is not None
        assert (UNSPOKEN in weighed[0]) is unspoken


def test_a_few_words_are_weighed_only_where_they_speak_of_police() -> None:
    interpreter = interpreter_of(FACTS)
    assert interpreter.weighed("hello ji") is None
    assert interpreter.weighed("roz jua hota hai") is None
    assert interpreter.weighed("hawalat me bhai ko mara") is not None


@pytest.mark.parametrize(
    "text",
    [
        "kalyanpur me dcp west office ka babu har file ke paise leta hai",
        "डीसीपी वेस्ट ऑफिस का बाबू कल्याणपुर में हर फाइल के पैसे लेता है",
        "The clerk in the DCP West office at Kalyanpur takes money for every file",
        "sp office jaunpur ka babu verification ke paise leta hai",
        "एसपी ऑफिस जौनपुर का बाबू वेरिफिकेशन के पैसे लेता है",
    ],
)
def test_an_office_that_is_complained_about_is_known_for_accused_wherever_it_sits(text: str) -> None:
    reading = read(text, FACTS)
    assert (reading.category, reading.accused) == (MISCONDUCT, (DISTRICT,))


@pytest.mark.parametrize(
    "text", ["SP sahab jaunpur se nivedan hai ki jua band karwaye", "DCP west ko batao jua chalta hai"]
)
def test_who_is_asked_for_help_is_not_accused(text: str) -> None:
    assert read(text, FACTS).category != MISCONDUCT


def test_the_words_that_weighed_are_shown_to_officers() -> None:
    reading = read("लॉकअप में मेरे लड़के के पैर तोड़ दिए", FACTS)
    told = [reason for reason in reading.reasons if reason.about == "category"]
    assert told and told[0].said and told[0].en == FACTS.categories[MISCONDUCT].menu_en


def test_weights_are_of_features_that_can_be_found() -> None:
    found = set()
    for text in (
        "police ne 500 rupaye mange aur phir mara",
        "the constable took money, a sub inspector beat my brother",
    ):
        weighed = interpreter_of(FACTS).weighed(text)
        assert weighed is not None
        found |= weighed[0]
    weights = FACTS.phrases.weighing.weights
    assert len(found & weights.keys()) > 0.6 * len(found)  # light ones are left out
    assert {"c:ASK", "@ASK", "w:@B"} <= weights.keys()
