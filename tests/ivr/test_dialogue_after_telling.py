"""What the dialogue asks and says once something was told: its kind, its place, whether to ask back, the code."""

import pytest

from ivr.dialogue.engine import reply
from ivr.dialogue.facts import CatalogueFacts
from ivr.dialogue.turn import Heard, Keep, State
from models.catalogue import load
from tests.ivr.pressing import after, kept_by, says


@pytest.mark.parametrize(
    ("keys", "category"),
    [(path, category.code) for category in load().categories.values() for path in [category.menu_path]],
)
def test_the_same_keys_lead_to_the_same_kind_on_every_call(keys: tuple[str, ...], category: str) -> None:
    assert [keep.category for keep in kept_by(State("kinds", take=1), *keys)] == [category]


@pytest.mark.parametrize(("code", "category"), [(c.direct_code, c.code) for c in load().categories.values()])
def test_a_two_digit_code_leads_there_directly(code: str, category: str) -> None:
    assert [keep.category for keep in kept_by(State("kinds", take=1), code)] == [category]


def test_a_path_typed_in_one_go_is_understood_where_it_is_no_code() -> None:
    assert kept_by(State("kinds", take=1), "42")[0].category == "police_misconduct"
    assert kept_by(State("kinds", take=1), "9#")[0].category == "other"


def test_a_complaint_about_police_is_promised_to_bypass_the_station() -> None:
    assert says(after(State("kinds", take=1), "4", "2"))[0] == "about-police_misconduct"


def test_a_pin_of_one_station_is_read_back_and_kept_when_right() -> None:
    turn = after(State("place", take=1), "208005")
    assert says(turn) == ["place_is", "station-KNP-KKD", "district-KNP", "place_right"]
    kept = after(turn.state, "1").keep
    assert kept == Keep(pin="208005", district="KNP", station="KNP-KKD")
    assert after(turn.state, "2").state.step == "place"


def test_a_pin_of_many_stations_is_asked_in_pages_of_four() -> None:
    turn = after(State("place", take=1), "208001")
    assert says(turn)[:3] == ["place_which", "station-KNP-KOT", "press-1"] and "place_more" in says(turn)
    second = after(turn.state, "9")
    assert "station-KNP-HBM" in says(second) and "station-KNP-KOT" not in says(second)
    assert after(second.state, "1").keep.station == "KNP-HBM"
    assert after(second.state, "9", "9").state.page == 0
    assert after(turn.state, "#").keep == Keep(pin="208001", district="KNP")


def test_a_pin_that_is_not_ours_or_too_short_is_asked_again_and_then_left() -> None:
    assert says(after(State("place"), "110001"))[0] == "place_unknown"
    assert says(after(State("place"), "2080#"))[0] == "place_not_six"
    third = after(State("place"), "110001", "12", "")
    assert third.state.step == "follow_up" and says(third)[0] == "going_on"


@pytest.mark.parametrize(("key", "welcome"), [("1", True), ("2", False), ("#", False)])
def test_the_last_question_sends_the_tip_and_tells_the_code(key: str, welcome: bool) -> None:
    turn = after(State("follow_up", take=1), key)
    assert turn.keep == Keep(follow_up=welcome, ended=True, code=True)
    assert says(turn).count("<code>") == 2 and says(turn)[0] == "code"
    assert says(after(turn.state, "")) == ["goodbye"]
    assert says(after(turn.state, "0")).count("<code>") == 2


def test_of_a_robbery_there_may_be_pictures_and_the_caller_hears_where_to_send_them() -> None:
    facts = CatalogueFacts(load(), "+919876500000")
    turn = reply(State("kinds", take=1), Heard("11"), facts)  # the two-digit code of a serious crime
    for keys in ("#", "2"):
        turn = reply(turn.state, Heard(keys), facts)

    assert turn.state.step == "code"
    said = says(turn)
    at = said.index("pictures")
    assert said[at + 1 : at + 11] == [f"digit-{digit}" for digit in "9876500000"]
    assert said[at + 11 :] == ["pictures_code", "code_use"]


@pytest.mark.parametrize(("number", "code"), [("", "11"), ("+919876500000", "04")])
def test_without_a_number_or_for_gambling_no_pictures_are_asked_for(number: str, code: str) -> None:
    facts = CatalogueFacts(load(), number)
    turn = reply(State("kinds", take=1), Heard(code), facts)
    for keys in ("#", "2"):
        turn = reply(turn.state, Heard(keys), facts)

    assert turn.state.step == "code"
    assert "pictures" not in says(turn)
