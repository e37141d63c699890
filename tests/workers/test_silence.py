"""Exchanges of messages that fell silent: their tips are sent on, and nothing says any more who wrote what."""

from datetime import timedelta

import pytest

from models.database import now
from models.lifecycle import Status
from models.message import Conversation, Message
from models.officer import Trail
from models.tip import Tip
from tests.workers.telling import Teller
from workers.parts import Parts
from workers.silence import end_silent_conversations
from workers.sweep import sweep


def written(teller: Teller, minutes: int, status: Status = Status.TELLING, **more: object) -> Tip:
    """A tip somebody wrote `minutes` ago, and its conversation."""
    moment = now() - timedelta(minutes=minutes)
    tip = Tip(status=status, channel="sms", language="hi", received_hour=moment, last_turn_at=moment, **more)  # type: ignore[arg-type]
    talk = Conversation(who=f"sms:{tip.id[:24]}", channel="sms", state={}, last_at=moment)
    tip.conversation_key = talk.id
    teller.set(tip)
    talk.tip_id = tip.id
    teller.set(talk)
    teller.set(Message(tip_id=tip.id, position=1, language="hi", sealed=b"x"))
    return tip


def status_of(teller: Teller, tip: Tip) -> str:
    return next(row.status for row in teller.rows(Tip) if row.id == tip.id)


@pytest.mark.parametrize(("minutes", "status"), [(29, "telling"), (31, "received")])
def test_after_half_an_hour_of_silence_what_was_written_is_sent(
    parts: Parts, teller: Teller, minutes: int, status: str
) -> None:
    tip = written(teller, minutes)
    assert sweep(parts)["ended_conversations"] == (1 if status == "received" else 0)
    assert status_of(teller, tip) == status
    assert len(teller.rows(Conversation)) == (0 if status == "received" else 1)
    assert [row.what for row in teller.rows(Trail)] == (["send"] if status == "received" else [])


def test_a_tip_that_was_sent_before_only_loses_its_conversation(parts: Parts, teller: Teller) -> None:
    tip = written(teller, 31, Status.ROUTED)
    assert end_silent_conversations(parts) == 1 and end_silent_conversations(parts) == 0
    assert status_of(teller, tip) == "routed" and teller.rows(Conversation) == []


def test_a_tip_to_which_something_was_attached_is_left_alone(parts: Parts, teller: Teller) -> None:
    told = Tip(status=Status.TELLING, language="hi", received_hour=now(), conversation_key="c" * 32, last_turn_at=now())
    teller.set(told)
    teller.set(
        Conversation(who="sms:x", channel="sms", state={}, last_at=now() - timedelta(minutes=31), tip_id=told.id)
    )
    assert end_silent_conversations(parts) == 1 and status_of(teller, told) == "telling"


def test_a_tip_without_a_conversation_is_waited_for_by_nobody(parts: Parts, teller: Teller) -> None:
    moment = now() - timedelta(minutes=31)
    tip = Tip(status=Status.TELLING, channel="whatsapp", language="hi", received_hour=moment, last_turn_at=moment)
    teller.set(tip)
    end_silent_conversations(parts)
    assert status_of(teller, tip) == "received"


def test_calls_and_messages_are_ended_after_their_own_silence(parts: Parts, teller: Teller) -> None:
    texted, moment = written(teller, 20), now() - timedelta(minutes=20)
    called = Tip(status=Status.TELLING, language="hi", received_hour=moment, last_turn_at=moment)
    teller.set(called)
    sweep(parts)
    assert (status_of(teller, called), status_of(teller, texted)) == ("received", "telling")
