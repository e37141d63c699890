"""What callers throw away: gone with its kind and place, whichever webhook comes late; what is told anew is a tip."""

import itertools
import random

import pytest
from sqlmodel import select

from ivr.dialogue.turn import Heard, State
from ivr.intake import Call, Intake
from ivr.parts import Parts
from ivr.recent import Recent
from models.database import Database
from models.tables import Contact, Tip
from models.tip import CONTENT
from tests.ivr.kept import copies, tips
from tests.ivr.posting import Poster, a_call, a_recording, a_whole_call


def a_call_thrown_away_and_told_anew(caller: Poster) -> list:  # type: ignore[type-arg]
    return [
        *a_whole_call(caller)[:10],
        lambda: caller.answer("follow_up", "*", "&turn=8"),
        lambda: caller.answer("place", "*", "&turn=9"),
        lambda: caller.answer("kinds", "*", "&turn=10"),
        lambda: caller.answer("review", "*", "&turn=11"),
        lambda: caller.told(take=2, recording=a_recording(2), keys="hangup"),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_kind_and_place_of_what_was_thrown_away_do_not_come_back_with_a_late_webhook(
    caller: Poster, parts: Parts, seed: int
) -> None:
    webhooks = a_call_thrown_away_and_told_anew(caller) * 2
    if seed:
        random.Random(seed).shuffle(webhooks)
    for webhook in webhooks:
        assert webhook().status_code in (200, 204)
    (tip,) = tips(parts)
    assert (tip.status, tip.discarded_take) == ("received", 1)
    assert (tip.category, tip.category_by, tip.urgency) == (None, None, None)
    assert (tip.pin_code, tip.district, tip.station, tip.place_by) == (None, None, None, None)


def test_what_is_chosen_after_throwing_away_counts_and_so_does_an_officers_correction(
    caller: Poster, parts: Parts
) -> None:
    later = [
        lambda: caller.answer("kinds", "13", "&turn=14"),
        lambda: caller.answer("place_check", "1", "&turn=16&pin=208005"),
    ]
    for webhook in [*later, *a_call_thrown_away_and_told_anew(caller)]:
        webhook()
    (tip,) = tips(parts)
    assert (tip.category, tip.urgency, tip.station) == ("cyber_fraud", "U2", "KNP-KKD")
    with parts.db.session() as session:
        row = session.exec(select(Tip)).one()
        row.category_by = row.place_by = "officer"
    caller.answer("review", "*", "&turn=20")
    assert (tips(parts)[0].category, tips(parts)[0].station) == ("cyber_fraud", "KNP-KKD")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_is_thrown_away_is_gone_from_every_database(db: Database, parts: Parts, order: tuple[int, ...]) -> None:
    intake, call = Intake(db, parts.keys, parts.catalogue, parts.courier), Call(a_call(), "")
    webhooks = [
        (State("kinds", turn=4, take=1), "31"),
        (State("place_check", turn=6, take=1, pin="208005"), "1"),
        (State("review", turn=10, take=1), "*"),
    ]
    for n in order:
        intake.take_turn(webhooks[n][0], Heard(webhooks[n][1]), call)
    with db.reading() as session:
        tip = session.exec(select(Tip)).one()
    assert {getattr(tip, name) for name in CONTENT if name != "last_turn_at"} == {None}
    intake.take_turn(State("kinds", turn=14, take=2), Heard("13"), call)
    with db.reading() as session:
        assert session.exec(select(Tip.category)).one() == "cyber_fraud"


def test_what_is_thrown_away_is_erased_and_leaves_no_content(caller: Poster, parts: Parts) -> None:
    caller.told()
    caller.answer("kinds", "9", "&turn=4")
    caller.answer("review", "*", "&turn=5")
    caller.over()
    (tip,) = tips(parts)
    assert (tip.status, tip.category) == ("discarded", None)
    assert all(copy.due_at is not None for copy in copies(parts).values())


def test_the_recording_of_a_discarded_take_that_is_announced_late_is_erased_too(caller: Poster, parts: Parts) -> None:
    caller.answer("review", "*", "&turn=3")
    caller.over()
    caller.recording_ready()
    assert tips(parts)[0].status == "discarded" and copies(parts)["recording", 1].due_at is not None


def test_telling_anew_after_throwing_away_is_a_tip(caller: Poster, parts: Parts) -> None:
    caller.told()
    caller.answer("review", "*", "&turn=3")
    caller.told(take=2, recording=a_recording(2), keys="hangup")
    (tip,) = tips(parts)
    assert tip.status == "received" and tip.discarded_take == 1
    assert copies(parts)["recording", 1].due_at and not copies(parts)["recording", 2].due_at


def test_what_was_thrown_away_keeps_no_time_and_no_code(
    caller: Poster, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recent, "__contains__", lambda _self, _hashed: False)  # or it knows better than the next lines
    caller.told()
    caller.answer("follow_up", "1")
    with parts.db.session() as session:
        session.exec(select(Tip)).one().status = "telling"
    caller.answer("review", "*", "&turn=9")
    caller.over()
    (tip,) = tips(parts)
    assert (tip.status, tip.last_turn_at, tip.ended_at, tip.code_hash, tip.follow_up) == ("discarded", *[None] * 4)
    with parts.db.reading() as session:
        assert session.exec(select(Contact)).all() == []
