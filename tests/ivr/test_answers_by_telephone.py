"""How what is answered on a call comes to its tip: doubled, cut off, silent, late, or too late."""

import pytest
from flask import Flask
from sqlmodel import select

from ivr.parts import Parts
from models.tables import Asked, Attachment, Conversation, Message, ProviderCopy, Tip
from settings import Settings
from tests.ivr.answering import Answering, address_in, ask, change, states
from tests.ivr.kept import only, rows, spoken
from tests.ivr.posting import a_recording
from workers import ledger
from workers.queues import Job


def test_an_answer_comes_to_its_tip_once_however_often_and_in_whatever_order_it_is_announced(
    app: Flask, settings: Settings, parts: Parts, told: str, enqueued: list[tuple[Job, str]]
) -> None:
    ask(parts, "when")
    tip = only(parts, Tip)
    for n, order in enumerate((["action", "callback"], ["callback", "action"]), start=8):
        answering, sound = Answering(app, settings, told, n), a_recording(n)
        for name in [one for one in order for _ in range(2)]:
            getattr(answering, name)(sound)
        with parts.db.session() as session:
            session.exec(select(Asked)).one().state = "asked"
    after = only(parts, Tip)
    assert (after.status, after.id, after.sent_take) == ("working", tip.id, tip.sent_take)
    assert [one.declared_type for one in rows(parts, Attachment)] == ["audio/x-wav"] * 2
    assert len(rows(parts, Message)) == 2 and all(one.answers for one in rows(parts, Message))
    answers = [one for one in rows(parts, ProviderCopy) if one.kind == "answer"]
    assert sorted(one.sid for one in answers) == [a_recording(8), a_recording(9)]
    assert all(one.due_at is None for one in answers)
    assert (Job.PREPARE_TIP, tip.id) in enqueued


def test_a_hang_up_in_the_middle_of_an_answer_keeps_it(answering: Answering, parts: Parts) -> None:
    answering.action(keys="hangup")
    answering.caller.over()
    assert states(parts) == ["when answered"] and len(rows(parts, Attachment)) == 1 and len(rows(parts, Tip)) == 1


def test_a_hang_up_at_the_beep_is_kept_and_the_question_is_put_again(
    app: Flask, settings: Settings, answering: Answering, parts: Parts, told: str
) -> None:
    answering.action(keys="hangup", seconds=1)
    answering.caller.over()
    assert states(parts) == ["when heard"] and len(rows(parts, Attachment)) == 1
    again = Answering(app, settings, told, 9)
    assert spoken(parts, "question-when") in again.heard
    again.action(a_recording(9), keys="hangup", seconds=2)
    assert states(parts) == ["when answered"]


def test_silence_is_kept_but_answers_nothing_and_is_asked_for_again(answering: Answering, parts: Parts) -> None:
    heard = answering.action(keys="", seconds=9)
    assert spoken(parts, "not_heard") in heard and states(parts) == ["when heard"]
    assert len(rows(parts, Attachment)) == 1
    second = address_in(heard, "told")
    again = answering.caller.post(second, RecordingSid=a_recording(9), Digits="#", RecordingDuration="9").text
    assert spoken(parts, "answered") in again and states(parts) == ["when answered"]


def test_what_is_added_to_an_answer_belongs_to_it(answering: Answering, parts: Parts) -> None:
    more = answering.caller.post(address_in(answering.action(), "answered"), Digits="1").text
    answering.caller.post(address_in(more, "told"), RecordingSid=a_recording(9), Digits="#", RecordingDuration="9")
    first, second = sorted(rows(parts, Message), key=lambda one: one.position)
    assert only(parts, Asked).answer == first.id == first.answers == second.answers


def test_an_answer_to_a_tip_that_is_no_more_is_a_tip_of_its_own(answering: Answering, parts: Parts) -> None:
    with parts.db.session() as session:
        session.delete(session.exec(select(Tip)).one())
    answering.action()
    answering.caller.over()
    tip = only(parts, Tip)
    assert tip.status == "received" and rows(parts, Attachment) == []
    its = [one.kind for one in rows(parts, ProviderCopy) if one.conversation_key == tip.conversation_key]
    assert sorted(its) == ["call", "recording"]


def test_an_answer_to_a_question_that_was_taken_back_is_added_all_the_same(answering: Answering, parts: Parts) -> None:
    with parts.db.session() as session:
        session.exec(select(Asked)).one().state = "withdrawn"
    answering.action()
    assert states(parts) == ["when withdrawn"] and len(rows(parts, Attachment)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("closed", "received"), ("received", "received"), ("prepared", "received"), ("reported", "reported")],
)
def test_an_answer_to_a_tip_that_stands_elsewhere_by_now_is_added_as_by_its_code(
    answering: Answering, parts: Parts, before: str, after: str
) -> None:
    change(parts, only(parts, Tip).id, status=before)
    answering.action()
    assert only(parts, Tip).status == after and only(parts, Attachment).tip_id == only(parts, Tip).id


def test_an_answer_that_a_worker_found_before_we_were_told_comes_to_its_tip(answering: Answering, parts: Parts) -> None:
    answering.caller.over()
    found = {"sid": a_recording(8), "created": only(parts, Tip).received_hour, "seconds": 9, "status": "completed"}
    adopted = ledger.adopt(parts.db, parts.keys, answering.caller.call, [found])
    assert adopted and len(rows(parts, Tip)) == 2
    answering.action()
    assert states(parts) == ["when answered"] and only(parts, Attachment).tip_id != adopted
    assert [one.kind for one in rows(parts, ProviderCopy) if one.sid == a_recording(8)] == ["answer"]


def test_the_call_of_an_answer_may_go_and_its_number_is_nowhere(answering: Answering, parts: Parts) -> None:
    answering.action()
    (call,) = [one for one in rows(parts, ProviderCopy) if one.kind == "call" and one.sid == answering.caller.call]
    assert call.due_at
    for table in (Message, Attachment, Asked, Tip, Conversation):
        assert "9811111111" not in repr(rows(parts, table))
