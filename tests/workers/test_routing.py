"""A prepared tip is brought to whom it concerns, and never to whom it is about."""

from typing import Any

import pytest
from sqlmodel import select

from models.lifecycle import Status
from models.officer import LIFTED, Trail
from models.recording import Recording, Transcript
from models.tip import Routing, Tip
from tests.workers.telling import Teller
from workers.parts import Parts
from workers.routing import route


def a_prepared_tip(teller: Teller, text: str, **facts: Any) -> str:
    tip_id = teller.tell(b"", status=Status.PREPARED, **facts).tip_id
    recording = Recording(tip_id=tip_id, take=1, seconds=5, sha256="0" * 64)
    teller.set(recording)
    teller.set(
        Transcript(
            recording_id=recording.id, tip_id=tip_id, language="hi", model="m", confidence=0.9, text=text, words=[]
        )
    )
    return tip_id


def units(parts: Parts, tip_id: str) -> set[str]:
    with parts.db.reading() as session:
        return {row.unit for row in session.exec(select(Routing).where(Routing.tip_id == tip_id))}


def tip_of(parts: Parts, tip_id: str) -> Tip:
    with parts.db.reading() as session:
        return session.get_one(Tip, tip_id)


GAMBLING_AT_KAKADEO = {
    "category": "gambling", "category_by": "caller", "pin_code": "208005", "district": "KNP", "station": "KNP-KKD",
    "place_by": "caller",
}  # fmt: skip


def test_a_plain_tip_reaches_the_station_and_its_offices(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO)
    assert route(parts, tip_id)
    assert "KNP-KKD" in units(parts, tip_id)


@pytest.mark.parametrize("text", ["चौकी के सिपाही पैसे लेकर जुआ करवाते हैं", "दरोगा जी की मिलीभगत है यहाँ"])
def test_words_that_accuse_police_keep_it_from_the_station_whatever_key_was_pressed(
    parts: Parts, teller: Teller, text: str
) -> None:
    tip_id = a_prepared_tip(teller, text, **GAMBLING_AT_KAKADEO)
    assert route(parts, tip_id)
    assert units(parts, tip_id) == {"KNP-CP", "KNP-DCP-CENTRAL"}
    assert tip_of(parts, tip_id).category == "gambling"


@pytest.mark.parametrize(
    "text",
    ["the inspector gets his cut from the gambling den", "the station house officer gets a monthly envelope",
     "थाने का दरोगा महीना लेता है और जुआ चलता है", "thane wale paisa lete hain jua chalane ka",
     "जुआ होता है " * 400 + "और दरोगा जी पैसे लेते हैं"],
)  # fmt: skip
def test_a_tip_that_speaks_of_an_officer_is_not_shown_to_the_station(parts: Parts, teller: Teller, text: str) -> None:
    tip_id = a_prepared_tip(teller, text, **GAMBLING_AT_KAKADEO)
    assert route(parts, tip_id)
    assert "KNP-KKD" not in units(parts, tip_id) and units(parts, tip_id)


@pytest.mark.parametrize(
    "text",
    ["एसआई यादव जी रोज आते हैं", "the S.I. comes every evening and sits with them", "munshi ji ko sab pata hai",
     "हेड मोहर्रिर का मकान है", "वर्दी वाले साथ खड़े रहते हैं", "SOG team ke ladke", "crime branch ke log", "beat wala aata hai",
     "chauki ke samne hi", "चौकी में सब पता है"],
)  # fmt: skip
def test_whoever_of_the_police_is_spoken_of_by_whatever_word_does_not_read_of_himself(
    parts: Parts, teller: Teller, text: str
) -> None:
    tip_id = a_prepared_tip(teller, f"रोज जुआ होता है {text}", **GAMBLING_AT_KAKADEO)
    assert route(parts, tip_id)
    assert "KNP-KKD" not in units(parts, tip_id) and units(parts, tip_id)


@pytest.mark.parametrize(
    "text",
    ["chauki ke samne", "थाने के पास", "बर्रा में थोड़ी सी जगह में", "112 par phone kiya", "ऐसे लोग आते हैं"],
)
def test_a_thana_as_a_place_and_words_that_only_sound_like_police_keep_it_from_nobody(
    parts: Parts, teller: Teller, text: str
) -> None:
    tip_id = a_prepared_tip(teller, f"रोज जुआ होता है {text}", **GAMBLING_AT_KAKADEO)
    route(parts, tip_id)
    assert "KNP-KKD" in units(parts, tip_id)


def test_that_police_do_not_come_keeps_it_from_nobody(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "रोज जुआ होता है और पुलिस नहीं आती", **GAMBLING_AT_KAKADEO)
    route(parts, tip_id)
    assert "KNP-KKD" in units(parts, tip_id)


def test_that_a_tip_accuses_is_kept_beside_it_whatever_key_was_pressed_and_as_it_is_found_last(
    parts: Parts, teller: Teller
) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO)
    for text, accuses in (
        ("रोज शाम को जुआ होता है", False), ("चौकी के सिपाही पैसे लेकर जुआ करवाते हैं", True), ("रोज जुआ होता है", False),
    ):  # fmt: skip
        with parts.db.session() as session:
            session.exec(select(Transcript)).one().text = text
        route(parts, tip_id)
        assert tip_of(parts, tip_id).accuses is accuses, text
    by_key = a_prepared_tip(teller, "यहाँ कुछ गलत हो रहा है", **{**GAMBLING_AT_KAKADEO, "category": "police_misconduct"})
    route(parts, by_key)
    assert tip_of(parts, by_key).accuses


def test_when_the_words_become_an_accusation_late_the_station_loses_sight_of_it(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO)
    route(parts, tip_id)
    with parts.db.session() as session:
        session.exec(select(Transcript)).one().text = "दरोगा जी की मिलीभगत है यहाँ"
    route(parts, tip_id)
    assert "KNP-KKD" not in units(parts, tip_id)


def test_a_late_accusation_takes_the_tip_from_a_station_that_it_was_assigned_to(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO)
    route(parts, tip_id)
    for unit in ("KNP-BBP", "KNP-DCP-WEST"):
        teller.set(Routing(tip_id=tip_id, unit=unit, role="assigned"))
    route(parts, tip_id)
    assert {"KNP-BBP", "KNP-DCP-WEST"} <= units(parts, tip_id)
    with parts.db.session() as session:
        session.exec(select(Transcript)).one().text = "दरोगा जी की मिलीभगत है यहाँ"
    route(parts, tip_id)
    assert "KNP-BBP" not in units(parts, tip_id) and "KNP-DCP-WEST" in units(parts, tip_id)


def test_an_accused_commissioner_does_not_receive_the_complaint(parts: Parts, teller: Teller) -> None:
    facts = GAMBLING_AT_KAKADEO | {"category": "police_misconduct"}
    tip_id = a_prepared_tip(teller, "कमिश्नर पैसे लेकर काम करवाते हैं, रिश्वत लेते हैं", **facts)
    route(parts, tip_id)
    assert units(parts, tip_id) == {"HQ"}


def test_the_words_name_the_station_that_the_pin_code_leaves_open(parts: Parts, teller: Teller) -> None:
    facts = {
        "category": "gambling",
        "category_by": "caller",
        "pin_code": "208001",
        "district": "KNP",
        "place_by": "caller",
    }
    tip_id = a_prepared_tip(teller, "मूलगंज में जुआ होता है", **facts)
    route(parts, tip_id)
    assert tip_of(parts, tip_id).station == "KNP-MLG"


def test_a_pin_code_that_also_lies_outside_still_gives_its_district(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "यहाँ कुछ गलत हो रहा है", pin_code="208001")
    route(parts, tip_id)
    assert tip_of(parts, tip_id).district == "KNP"


def test_words_do_not_move_a_tip_out_of_the_district_the_caller_gave(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "जौनपुर के लोग आते हैं और जुआ खेलते हैं", **GAMBLING_AT_KAKADEO)
    route(parts, tip_id)
    tip = tip_of(parts, tip_id)
    assert (tip.district, tip.station) == ("KNP", "KNP-KKD")


CORRECTED = {"category_by": "officer", "place_by": "officer"}


def test_what_an_officer_put_right_no_word_overwrites(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "बर्रा में अवैध हथियार बिकते हैं", **GAMBLING_AT_KAKADEO | CORRECTED)
    left_open = a_prepared_tip(
        teller, "बर्रा में जुआ होता है", **GAMBLING_AT_KAKADEO | CORRECTED | {"station": None, "pin_code": None}
    )
    elsewhere = a_prepared_tip(
        teller, "बर्रा में जुआ होता है",
        **GAMBLING_AT_KAKADEO | CORRECTED | {"district": "OUT", "station": None, "pin_code": None},
    )  # fmt: skip
    for one in (tip_id, left_open, elsewhere):
        route(parts, one)
    tip = tip_of(parts, tip_id)
    assert (tip.category, tip.category_by, tip.station, tip.urgency) == ("gambling", "officer", "KNP-KKD", "U3")
    assert "KNP-KKD" in units(parts, tip_id)
    assert tip_of(parts, left_open).station is None and units(parts, left_open) == {"KNP-CP"}
    assert units(parts, elsewhere) == {"HQ"}


def test_a_later_accusation_in_the_words_takes_a_corrected_tip_from_the_station_and_leaves_its_kind(
    parts: Parts, teller: Teller
) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO | CORRECTED)
    route(parts, tip_id)
    assert "KNP-KKD" in units(parts, tip_id)
    with parts.db.session() as session:
        session.exec(select(Transcript)).one().text = "दरोगा जी की मिलीभगत है यहाँ"
    route(parts, tip_id)
    tip = tip_of(parts, tip_id)
    assert (tip.category, tip.accuses) == ("gambling", True) and units(parts, tip_id) == {"KNP-CP", "KNP-DCP-CENTRAL"}


def test_who_complains_by_key_after_a_correction_is_believed_until_overseers_lift_it(
    parts: Parts, teller: Teller
) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO | CORRECTED | {"accuses": True})
    for _ in range(2):
        route(parts, tip_id)
        assert tip_of(parts, tip_id).accuses and "KNP-KKD" not in units(parts, tip_id)


def test_what_was_a_complaint_once_goes_to_no_station_however_it_came_there(parts: Parts, teller: Teller) -> None:
    tip_id = a_prepared_tip(teller, "रोज शाम को जुआ होता है", **GAMBLING_AT_KAKADEO | CORRECTED)
    teller.set(Trail(tip_id=tip_id, what=LIFTED))
    teller.set(Routing(tip_id=tip_id, unit="KNP-BBP", role="assigned"))
    route(parts, tip_id)
    assert units(parts, tip_id) == {"KNP-DCP-CENTRAL", "KNP-CP"}
