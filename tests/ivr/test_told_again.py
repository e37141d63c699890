"""A further recording: which take counts, and what one that comes late does to a tip that workers or officers have."""

import random

import pytest
from sqlmodel import select

from ivr.parts import Parts
from models.lifecycle import MOVES, READABLE, Status
from models.tables import Tip
from tests.ivr.kept import copies, tips
from tests.ivr.posting import Poster, a_recording
from workers.queues import Job


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
