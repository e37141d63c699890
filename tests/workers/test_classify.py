"""The first guess at category and place: what the words say, and above all what they do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue import load
from workers.classify import Guess, by_words
from workers.route import DISTRICT_OFFICE, RANGE_OFFICE

FACTS = load()
ORDINARY = "यहां वहां रोज रात लोग आते जाते एक दो मकान the men come daily ghar ke paas mein"


def guess(text: str, district: str | None = None) -> Guess:
    return by_words(text, "hi", FACTS, district=district)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("यहां रोज जुआ होता है", "gambling"),
        ("नशे का धंधा चल रहा है", "drugs_liquor"),
        ("कच्ची शराब बनती है", "drugs_liquor"),
        ("gaon me ganja bikta hai", "drugs_liquor"),
        ("लड़की बेचने का काम करते हैं", "trafficking_spa"),
        ("हथियारों की फैक्ट्री चलती है", "illegal_arms"),
        ("बालू के ट्रक ओवरलोड निकलते हैं", "mining_overload"),
        ("a gang collects protection money", "extortion"),
        ("somebody sells ganja near the school", "drugs_liquor"),
        ("otp pooch kar paise kat gaye", "cyber_fraud"),
    ],
)
def test_keywords_tell_the_category_in_every_script(text: str, category: str) -> None:
    found = guess(text)
    assert found.category == category
    assert found.urgency == FACTS.categories[category].urgency


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("सिपाही खुद शराब बिकवाता है", "police_misconduct"),
        ("दरोगा जी जुआ चलवाने के पैसे लेते हैं", "police_misconduct"),
        ("शराब वाले ने गोली मार दी हत्या हो गई", "serious_crime"),
        ("व्यापारी से रंगदारी मांगी", "extortion"),
        ("व्यापारी के खाते से ओटीपी लेकर ठगी", "cyber_fraud"),
        ("डंपर में शराब भरी है", "drugs_liquor"),
    ],
)
def test_the_graver_category_wins(text: str, category: str) -> None:
    assert guess(text).category == category


@pytest.mark.parametrize(
    "text",
    [
        "जुआ होता है पुलिस नहीं आती",
        "जुआ होता है पुलिस को बताया था",
        "पुलिस चौकी के पास जुआ होता है",
        "jua hota hai police nahi aati",
        "people gamble cards here and police never come",
    ],
)
def test_that_police_do_not_come_accuses_nobody(text: str) -> None:
    assert guess(text).category == "gambling"


@pytest.mark.parametrize(
    "text",
    [
        "क्या हुआ", "गांव में सब ठीक है", "मेरे साथ सात लोग हैं", "गंगा किनारे गंज बाजार", "पैर कट गए", "चार लोग आए थे",
        "वह लौट आया", "नाश्ता किया", "kya hua", "gaon me sab theek", "ganga kinare", "laut aaya", "open space in barra",
        "Nasirabad me nashta",
    ],
)  # fmt: skip
def test_words_that_only_sound_like_a_keyword_tell_nothing(text: str) -> None:
    assert guess(text).category is None
    assert guess(text).urgency is None


@pytest.mark.parametrize(
    ("text", "district", "station"),
    [
        ("काकादेव में नशा बिकता है", "KNP", "KNP-KKD"),
        ("nasha bikta hai kaka dev me", "KNP", "KNP-KKD"),
        ("drugs are sold at Kakadeo", "KNP", "KNP-KKD"),
        ("देवकी चौराहा पर", "KNP", "KNP-KKD"),
        ("कोतवाली के पीछे जौनपुर में", "JNP", "JNP-KOT"),
        ("पिन 208005", "KNP", "KNP-KKD"),
        ("somewhere in jaunpur", "JNP", None),
    ],
)
def test_a_named_place_tells_district_and_station(text: str, district: str, station: str | None) -> None:
    found = guess(text)
    assert (found.district, found.station) == (district, station)


@pytest.mark.parametrize(
    "text",
    ["कोतवाली के पीछे जुआ", "रामपुर में जुआ", "civil lines me jua", "घंटाघर पर", "गीता नगर में", "वाराणसी में चौबेपुर"],
)
def test_a_name_that_exists_in_many_places_tells_no_station(text: str) -> None:
    assert guess(text).station is None


def test_a_locality_of_many_stations_tells_only_the_district() -> None:
    found = guess("शारदा नगर कानपुर में जुआ")
    assert (found.district, found.station) == ("KNP", None)


def test_a_name_needing_the_district_is_believed_once_it_is_known() -> None:
    assert guess("कोतवाली के पीछे").station is None
    assert guess("कोतवाली के पीछे", district="GZP").station == "GZP-KOT"


def test_a_station_outside_the_known_district_is_not_believed() -> None:
    found = guess("काकादेव में नशा", district="JNP")
    assert (found.district, found.station) == ("JNP", None)


def test_two_stations_named_tell_neither() -> None:
    assert guess("पनकी से चकेरी तक ट्रक जाते हैं").station is None


def test_a_complaint_says_which_level_it_accuses() -> None:
    assert guess("दरोगा रिश्वत लेते हैं").accused == ()
    assert guess("एसपी और दरोगा दोनों रिश्वत लेते हैं").accused == (DISTRICT_OFFICE,)
    assert guess("दरोगा रिश्वत लेते हैं एसपी साहब से निवेदन है").accused == ()
    assert guess("कमिश्नर और दरोगा रिश्वत लेते हैं").accused == (RANGE_OFFICE,)


def test_hidden_words_are_no_keywords() -> None:
    assert guess("[phone] [name] [account]") == Guess(None, None, None, None)
    assert guess("") == Guess(None, None, None, None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(ORDINARY.split()),
        max_size=20,
    )
)
def test_ordinary_words_invent_no_place(words: list[str]) -> None:
    found = guess(" ".join(words))
    assert (found.district, found.station) == (None, None)


def test_every_station_is_found_by_its_full_name_and_district() -> None:
    missed = []
    for code, station in FACTS.stations.items():
        if station.type == "territorial":
            district = FACTS.districts[station.district]
            for text in (f"{station.name_hi} {district.name_hi}", f"{station.name_en} in {district.name_en}"):
                found = guess(text)
                if found.station != code:
                    missed.append((code, text, found.station))
    assert missed == []
