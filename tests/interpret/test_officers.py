"""Whether somebody of the police is spoken of, in whatever words; and who only sounds like it."""

import pytest

from interpret.officers import speaks_of_officers
from models.catalogue import load

FACTS = load()


@pytest.mark.parametrize(
    "text",
    [
        "एसआई यादव जी रोज आते हैं",
        "एस आई यादव रोज आते हैं",
        "ए.एस.आई. साहब बैठते हैं",
        "the S.I. comes every evening and sits with them",
        "the si comes every evening",
        "si yadav ka ghar hai",
        "SI Yadav wahin baithte hain",
        "ASI sahab ki dukan hai",
        "S.O. sahab ka makan hai",
        "the sub-inspector owns the plot",
        "सब इंस्पेक्टर का मकान है",
    ],
)
def test_ranks_are_known_dotted_joined_and_as_a_recogniser_hears_them(text: str) -> None:
    assert speaks_of_officers(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "munshi ji ko sab pata hai",
        "मुंशी जी को सब पता है",
        "हेड मोहर्रिर का मकान है",
        "head moharrir ka makan hai",
        "muharrir sahab aate hain",
        "दीवान जी रोज आते हैं",
        "थाने वाले आते हैं",
        "pantiji rozana aata hai",
    ],
)
def test_those_in_the_office_of_a_station_are_known(text: str) -> None:
    assert speaks_of_officers(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "वर्दी वाले साथ खड़े रहते हैं",
        "vardi wale sath khade rahte hain",
        "wardi me aate hain",
        "खाकी वाले आते हैं",
        "the man in khaki sits there",
        "men in uniform sit there",
        "SOG team ke ladke",
        "एसओजी के लड़के",
        "एस ओ जी वाले",
        "crime branch ke log",
        "क्राइम ब्रांच के लोग",
        "LIU ka aadmi hai",
        "STF wale aate hain",
        "swat team ke ladke",
        "sarvilans wale ladke",
        "सर्विलांस वाले",
        "beat wala aata hai",
        "बीट वाला आता है",
        "the beat officer sits there",
        "PRV khadi rahti hai",
        "पीआरवी खड़ी रहती है",
        "dial 112 ki gadi khadi rahti hai",
        "एक सौ बारह वाली गाड़ी खड़ी रहती है",
        "neeli batti wali gadi aati hai",
        "police ko mahina jata hai",
    ],
)
def test_clothes_squads_and_cars_tell_who_is_meant(text: str) -> None:
    assert speaks_of_officers(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "chauki ke samne",
        "chauki ke samne jua hota hai",
        "थाने के पास जुआ होता है",
        "चौकी के पीछे शराब बिकती है",
        "chowki ke bagal me jua",
        "men gamble behind the police station",
        "men gamble behind the Juhi police outpost",
        "they sell ganja opposite the police outpost",
        "थाने से सौ मीटर दूर जुआ होता है",
        "jarib chauki par jua hota hai",
        "mata ki chauki me aaye the",
    ],
)
def test_what_is_beside_a_thana_or_chauki_is_at_a_place_and_nobody_is_spoken_of(text: str) -> None:
    assert not speaks_of_officers(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "chauki ke samne hi jua hota hai",
        "थाने के पास ही बिकता है",
        "thane tak paisa jata hai",
        "चौकी में सब पता है",
        "chauki me baith ke khelte hain",
    ],
)
def test_in_doubt_a_thana_or_chauki_is_its_people(text: str) -> None:
    assert speaks_of_officers(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "रोज जुआ होता है और पुलिस नहीं आती",
        "people gamble here and police never come",
        "112 par phone kiya koi nahi aaya",
        "thodi si jagah me jua",
        "chhoti si dukan hai",
        "kaun si gali hai",
        "zara si baat par",
        "थोड़ी सी दुकान",
        "ऐसे लोग आते हैं",
        "बीस हजार अस्सी",
        "साल बीत गया",
        "bhatte ka munshi jua khilata hai",
        "दुकान का मुंशी",
        "school uniform me ladke khelte hain",
        "जवान लड़कियां लाई जाती हैं",
        "they beat him every day",
        "nodal adhikari se milna hai",
        "ice cream wala bechta hai",
        "[phone] [name]",
        "",
    ],
)
def test_those_who_only_sound_like_police_keep_a_tip_from_nobody(text: str) -> None:
    assert not speaks_of_officers(text, FACTS)


@pytest.mark.parametrize("length", [398, 399, 400, 401, 795, 4000])
def test_the_end_of_a_long_telling_is_read_as_its_beginning(length: int) -> None:
    before = "जुआ होता है रोज ".split() * length
    assert speaks_of_officers(" ".join([*before[:length], "beat", "wala", "aata"]), FACTS)
    assert not speaks_of_officers(" ".join(before[:length]), FACTS)
    assert speaks_of_officers(".".join([*before[:length], "beat", "wala", "aata"]), FACTS)
