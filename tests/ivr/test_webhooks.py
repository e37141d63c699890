"""Twilio's webhooks: in any order, twice, after a hang-up. One tip a call, always, and every answer is TwiML."""

import itertools
import random
import xml.etree.ElementTree as ET

import pytest
from sqlmodel import select

from ivr.dialogue.turn import Heard, State
from ivr.intake import Call, Intake
from ivr.parts import Parts
from ivr.recent import Recent
from models.database import Database
from models.tables import Tip
from tests.ivr.kept import copies, tips
from tests.ivr.posting import Poster, a_call, a_whole_call


def test_a_whole_call_keeps_one_tip_with_all_that_was_said(caller: Poster, parts: Parts) -> None:
    for webhook in a_whole_call(caller):
        answer = webhook()
        assert answer.status_code in (200, 204) and "Location" not in answer.headers
    (tip,) = tips(parts)
    assert (tip.status, tip.category, tip.urgency) == ("received", "gambling", "U3")
    assert (tip.pin_code, tip.district, tip.station, tip.place_by) == ("208005", "KNP", "KNP-KKD", "caller")
    assert tip.follow_up is True and tip.code_hash and tip.ended_at
    assert set(copies(parts)) == {("call", 0), ("recording", 1)}
    assert all(copy.due_at is None for copy in copies(parts).values())


def test_a_complaint_that_a_late_webhook_brings_is_marked_beside_the_kind_that_an_officer_put_right(
    db: Database, parts: Parts
) -> None:
    intake, call = Intake(db, parts.keys, parts.catalogue, parts.courier), Call(a_call(), "")

    def facts() -> tuple[str | None, bool]:
        with db.reading() as session:
            tip = session.exec(select(Tip)).one()
        return tip.category, tip.accuses

    intake.take_turn(State("kinds", turn=4, take=1), Heard("12"), call)
    assert facts() == (
        "police_misconduct",
        False,
    )  # routing looks at the kind itself, and if it is thrown away all goes
    for turn, keys, found in ((6, "13", ("gambling", False)), (8, "12", ("gambling", True))):
        with db.session() as session:
            tip = session.exec(select(Tip)).one()
            tip.category, tip.category_by, tip.accuses = "gambling", "officer", False
        intake.take_turn(State("kinds", turn=turn, take=1), Heard(keys), call)
        assert facts() == found


@pytest.mark.parametrize("seed", range(12))
def test_every_webhook_twice_and_in_any_order_keeps_the_same_tip(
    caller: Poster, parts: Parts, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 2:  # each webhook comes to another process, which has not seen the one before
        monkeypatch.setattr(Recent, "__contains__", lambda _self, _hashed: False)
    webhooks = a_whole_call(caller) * 2
    random.Random(seed).shuffle(webhooks)
    for webhook in webhooks:
        assert webhook().status_code in (200, 204)
    (tip,) = tips(parts)
    assert (tip.status, tip.category, tip.station, tip.follow_up) == ("received", "gambling", "KNP-KKD", True)
    assert set(copies(parts)) == {("call", 0), ("recording", 1)}


def test_of_two_choices_the_later_one_counts_even_if_it_comes_first(caller: Poster, parts: Parts) -> None:
    caller.told()
    caller.answer("kinds", "13", "&turn=9")
    caller.answer("kinds", "9", "&turn=4")
    assert tips(parts)[0].category == "cyber_fraud"


def test_a_hang_up_in_the_recording_sends_what_there_is(caller: Poster, parts: Parts) -> None:
    answer = caller.told(keys="hangup", CallStatus="completed")
    (tip,) = tips(parts)
    assert tip.status == "received" and tip.ended_at and answer.status_code == 200


@pytest.mark.parametrize("steps", range(1, 9))
def test_a_hang_up_after_any_step_sends_what_there_is(caller: Poster, parts: Parts, steps: int) -> None:
    for webhook in [*itertools.islice(a_whole_call(caller), 3, 3 + steps), caller.over]:
        webhook()
    assert [tip.status for tip in tips(parts)] == ["received"]


def test_a_call_in_which_nothing_was_told_leaves_no_tip_but_its_erasure(caller: Poster, parts: Parts) -> None:
    caller.post("/voice")
    caller.answer("language", "1")
    caller.over()
    caller.over()
    assert tips(parts) == [] and set(copies(parts)) == {("call", 0)}


def test_every_answer_is_twiml_without_a_redirect(caller: Poster) -> None:
    for webhook in a_whole_call(caller)[:-1]:
        answer = webhook()
        if answer.data:
            root = ET.fromstring(answer.data)
            assert root.tag == "Response" and root.find(".//Redirect") is None
            assert answer.mimetype == "text/xml" and len(answer.data) < 64_000
