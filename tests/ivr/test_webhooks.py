"""Twilio's webhooks: signed, in any order, twice, malformed. One tip a call, always, and never a number."""

import itertools
import random
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from sqlmodel import select

from ivr.dialogue.turn import Heard, State
from ivr.intake import Call, Intake
from ivr.parts import Parts
from ivr.recent import Recent
from models.database import Database
from models.lifecycle import MOVES, READABLE, Status
from models.tables import Contact, Tip
from models.tip import CONTENT
from tests.ivr.kept import copies, tips
from tests.ivr.posting import CALLER, Poster, a_call, a_recording
from workers.queues import Job


def a_whole_call(caller: Poster) -> list:  # type: ignore[type-arg]
    return [
        lambda: caller.post("/voice", CallStatus="ringing"),
        lambda: caller.answer("language", "1"),
        lambda: caller.answer("main", "1", "&turn=1"),
        lambda: caller.told(),
        lambda: caller.recording_ready(),
        lambda: caller.answer("review", "1", "&turn=3"),
        lambda: caller.answer("kinds", "1", "&turn=4"),
        lambda: caller.answer("kind", "2", "&turn=5&menu=1"),
        lambda: caller.answer("place", "208005", "&turn=6"),
        lambda: caller.answer("place_check", "1", "&turn=7&pin=208005"),
        lambda: caller.answer("follow_up", "1", "&turn=8"),
        lambda: caller.answer("code", "", "&turn=9"),
        lambda: caller.over(),
    ]


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


def a_call_told_again(caller: Poster, sent: str) -> list:  # type: ignore[type-arg]
    """Told, and told again; the second take is sent by a key, or by silence (then the way on carries nothing)."""
    return [
        lambda: caller.told(),
        lambda: caller.recording_ready(),
        lambda: caller.told(take=2, recording=a_recording(2), seconds=5),
        lambda: caller.recording_ready(take=2, recording=a_recording(2)),
        lambda: caller.post(f"/voice/review?take=2&heard=2&turn=5&tries={2 * (not sent)}", Digits=sent),
        lambda: caller.post(f"/voice/kind?take=2&heard=2&turn=6&menu=1{'&sent=2' if sent else ''}", Digits="2"),
        lambda: caller.post(f"/voice/follow_up?take=2&heard=2&turn=9{'&sent=2' if sent else ''}", Digits="2"),
        lambda: caller.over(),
    ]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("sent", "first"), [("1", 2), ("", 0)])
def test_only_a_key_sends_what_was_said_again_and_nothing_is_due_before_a_worker_has_listened(
    caller: Poster, parts: Parts, seed: int, sent: str, first: int
) -> None:
    webhooks = a_call_told_again(caller, sent) * 2
    if seed:
        random.Random(seed).shuffle(webhooks)
    for webhook in webhooks:
        assert webhook().status_code in (200, 204)
    (tip,) = tips(parts)
    assert (tip.status, tip.category, tip.sent_take, tip.rescued_take) == ("received", "gambling", first, None)
    assert set(copies(parts)) == {("call", 0), ("recording", 1), ("recording", 2)}
    assert all(copy.due_at is None for copy in copies(parts).values())


def test_a_tip_found_empty_is_taken_up_again_when_an_earlier_telling_becomes_known(
    caller: Poster, parts: Parts
) -> None:
    for webhook in a_call_told_again(caller, "1")[2:]:
        webhook()
    with parts.db.session() as session:
        session.exec(select(Tip)).one().status = Status.DISCARDED
    caller.recording_ready()
    assert tips(parts)[0].status == "received" and copies(parts)["recording", 1].due_at is None


@pytest.mark.parametrize("status", MOVES["tell_more"].sources)
def test_a_recording_that_comes_after_all_else_reopens_the_work(caller: Poster, parts: Parts, status: Status) -> None:
    caller.told()
    caller.over()
    with parts.db.session() as session:
        session.exec(select(Tip)).one().status = status
    caller.told(take=2, recording=a_recording(2))
    assert tips(parts)[0].status == "received"


def test_a_welcomed_answer_leaves_a_contact_that_the_web_process_cannot_open(caller: Poster, parts: Parts) -> None:
    from models.secrecy import CannotOpen, load_keys

    caller.told()
    caller.answer("follow_up", "1")
    with parts.db.reading() as session:
        sealed = session.exec(select(Contact)).one().sealed
    assert CALLER.encode() not in sealed and parts.keys.private is None
    with pytest.raises(CannotOpen):
        parts.keys.unseal(sealed)
    assert load_keys(parts.settings.keys, private=True).unseal(sealed) == CALLER.encode()


def test_every_answer_is_twiml_without_a_redirect(caller: Poster) -> None:
    for webhook in a_whole_call(caller)[:-1]:
        answer = webhook()
        if answer.data:
            root = ET.fromstring(answer.data)
            assert root.tag == "Response" and root.find(".//Redirect") is None
            assert answer.mimetype == "text/xml" and len(answer.data) < 64_000


def test_the_fallback_records_who_has_not_told_and_thanks_who_has(caller: Poster) -> None:
    early = caller.post("/voice/fallback", ErrorCode="11200", ErrorUrl="https://hotline.example/voice/main?lang=en")
    late = caller.post("/voice/fallback", ErrorCode="11200", ErrorUrl="https://hotline.example/voice/kinds?take=1")
    assert b"<Record" in early.data and b"take=90" in early.data
    assert b"<Record" not in late.data and b"<Hangup" in late.data


def test_the_fallback_needs_no_database(app: Flask, caller: Poster, parts: Parts) -> None:
    parts.db.engine.dispose()
    for file in parts.settings.var_dir.glob("hotline.db*"):
        file.unlink()
    assert caller.told().status_code == 500
    assert caller.post("/voice/fallback", ErrorUrl="https://hotline.example/voice").status_code == 200


def test_no_answer_and_no_row_holds_the_callers_number(caller: Poster, parts: Parts) -> None:
    answers = b"".join(webhook().data for webhook in a_whole_call(caller))
    parts.db.dispose()
    kept = b"".join(path.read_bytes() for path in parts.settings.var_dir.rglob("*") if path.is_file())
    for canary in (b"9876543210", b"919876543210", b"%2B919876543210"):
        assert canary not in answers and canary not in kept


def test_a_second_trouble_records_a_take_of_its_own(caller: Poster) -> None:
    again = caller.post("/voice/fallback", ErrorUrl="https://hotline.example/voice/main?lang=en&take=90")
    assert b"take=91" in again.data and b"lang=en" in again.data
    assert b"not_heard_goodbye" in again.data and b"trouble_goodbye" not in again.data  # if there is no recording


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


def test_the_database_alone_does_not_open_a_pseudonym(caller: Poster, parts: Parts) -> None:
    from dataclasses import replace

    day_key = b"k" * 32
    stolen = replace(parts.keys, hashing=b"another installation's key......")
    assert parts.keys.pseudonym(CALLER, day_key) == parts.keys.pseudonym(CALLER, day_key)
    assert parts.keys.pseudonym(CALLER, day_key) != stolen.pseudonym(CALLER, day_key)


@pytest.mark.parametrize("status", sorted({*READABLE} - {Status.CLOSED}))
def test_a_recording_that_is_announced_late_takes_the_tip_from_nobody_and_is_prepared_at_once(
    caller: Poster, parts: Parts, monkeypatch: pytest.MonkeyPatch, status: Status
) -> None:
    caller.told()
    caller.over()
    with parts.db.session() as session:
        session.exec(select(Tip)).one().status = status
    sent: list[tuple[Job, str]] = []
    monkeypatch.setattr(parts.courier, "enqueue", lambda job, subject, **_: sent.append((job, subject)))
    caller.told(2, a_recording(2))
    (tip,) = tips(parts)
    assert tip.status == status and sent == [(Job.PREPARE_TIP, tip.id)]
