"""What is wanted of the hotline: a code, the list of subjects, an answer to a worry, sentence by sentence."""

import pytest

from interpret import read
from interpret.numbers import without_code
from models.catalogue import load

FACTS = load()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("attach 12345678", "12345678"), ("जोड़ें 1234 5678", "12345678"), ("12345678 me ye photo jod dijiye", "12345678"),
        ("12345678 ki photo", "12345678"), ("add 1234-5678", "12345678"), ("attach", None), ("photo jodni hai", None),
    ],
)  # fmt: skip
def test_whoever_wants_to_add_to_a_tip_is_understood_with_the_code(text: str, code: str | None) -> None:
    reading = read(text, FACTS)
    assert (reading.intent, reading.ref, reading.published_intent) == ("attach", code, "status")


@pytest.mark.parametrize(
    "text",
    [
        "attach 12345678 yeh video hai", "attach 12345678 isme daroga paise le raha hai naubasta chauraha par",
        "12345678 me jodo: aaj fir wahi truck aaya balu leke",
    ],
)  # fmt: skip
def test_whoever_adds_to_a_tip_may_say_more_beside_the_code(text: str) -> None:
    assert (read(text, FACTS).intent, read(text, FACTS).ref) == ("attach", "12345678")


@pytest.mark.parametrize(
    "text",
    [
        "mera code 1234 5678 hai kya hua", "please tell status of 12345678 about the hookah bar near my house",
        "mera code 12345678 hai, us jue wali shikayat ka kya hua, abhi bhi jua chal raha hai kya",
    ],
)  # fmt: skip
def test_a_question_with_the_code_anywhere_in_it_asks_what_became_of_the_tip(text: str) -> None:
    assert (read(text, FACTS).intent, read(text, FACTS).ref) == ("status", "12345678")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("code 1234-5678 jua chalu hai", "code  jua chalu hai"), ("१२३४५६७८ का क्या हुआ", " का क्या हुआ"),
        ("mera code ek do teen char paanch chhe saat aath hai", "mera code  hai"),
        ("gadi 87654321 hai", "gadi 87654321 hai"),
    ],
)  # fmt: skip
def test_a_code_is_taken_out_of_the_words_however_it_is_written(text: str, left: str) -> None:
    assert without_code(text, "12345678") == left
    assert without_code(text, "") == text


@pytest.mark.parametrize(
    "text",
    [
        "kya SP sahab ko pata chalega mera number", "kya daroga ko mera naam pata chalega",
        "will the SP know my number",
        "can I complain about a policeman here without giving my name", "kya yaha police ki shikayat kar sakte hai",
        "मेरी शिकायत किस थाने में जाएगी",
    ],
)  # fmt: skip
def test_whoever_is_worried_asks_and_tells_nothing(text: str) -> None:
    assert read(text, FACTS).intent == "help"


@pytest.mark.parametrize("text", ["photo attach kaise kare", "12345678", "status 12345678", "1234-5678 me kya hua"])
def test_a_code_or_a_question_alone_adds_nothing(text: str) -> None:
    assert read(text, FACTS).intent in ("status", "help")


@pytest.mark.parametrize(
    "text",
    ["menu", "menu kya hai", "menu bhejo", "मेनू क्या है", "मेन्यू", "list", "suchi", "सूची", "options please"],
)
def test_the_list_of_subjects_is_sent_when_asked_for(text: str) -> None:
    reading = read(text, FACTS)
    assert (reading.intent, reading.published_intent) == ("menu", "help")


@pytest.mark.parametrize("text", ["?", "??", "???", "? ? ?", "？", "...?"])
def test_a_bare_question_mark_asks_how_this_works(text: str) -> None:
    reading = read(text, FACTS)
    assert (reading.intent, reading.published_intent) == ("help", "help")


@pytest.mark.parametrize(
    "text",
    [
        "who informed about my shop? tell me the name", "kisne bataya police ko mere adde ke bare me, naam do",
        "मुखबिर का नाम बताओ नहीं तो देख लूंगा",
    ],
)  # fmt: skip
def test_whoever_hunts_for_informants_has_told_nothing(text: str) -> None:
    assert read(text, FACTS).intent == "unknown"
