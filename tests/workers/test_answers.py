"""What was answered on a call: heard, anonymised, added beside the tip in hand, and erased at the provider."""

from datetime import date, timedelta

import pytest

from ivr.answers import Answers
from ivr.message_writes import MessageWrites
from ivr.simulator.provider import Provider
from models.database import now
from models.lifecycle import Status
from models.message import Message
from models.officer import ADDED, Trail
from models.question import Asked
from models.recording import Recording
from models.tip import Routing, Tip
from tests.workers.kept import attachments, copies, states, work_through
from tests.workers.telling import Teller, Told, clip, clips
from workers import forget, ledger, pipeline, retention
from workers.lease import Lease
from workers.parts import Parts
from workers.queues import Job
from workers.storing import Done
from workers.sweep import sweep

STATION, OFFICE = "KNP-KKD", "KNP-CP"


@pytest.fixture
def told(parts: Parts, teller: Teller) -> Told:
    """A tip that a station and its office have in hand, of whose call nothing is left; the station asks."""
    told = teller.tell(
        clip("gambling_hi"), category="gambling", category_by="caller", pin_code="208005", district="KNP",
        station=STATION, place_by="caller", code_hash="c" * 64,
    )  # fmt: skip
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    teller.set(teller.tip(told), status=Status.WORKING, conversation_key=None)
    teller.set(Asked(tip_id=told.tip_id, question="when", unit=STATION, state="heard", asked_on=date(2026, 3, 1)))
    parts.jobs.client.flushall()
    return told


def answer(parts: Parts, teller: Teller, tip: Tip, sound: bytes) -> str:
    """Somebody answers on a call of a number that shows; the call's id."""
    call, (recording,) = teller.call(sound)
    answers = Answers(parts.db, parts.keys, MessageWrites(parts.db))
    assert answers.spoken(call, recording, parts.keys.wrap(tip.id), "hi", answered=True)
    return call


def units(teller: Teller) -> set[str]:
    return {row.unit for row in teller.rows(Routing)}


def test_an_answer_is_heard_and_added_beside_the_tip_that_officers_have_in_hand(
    parts: Parts, teller: Teller, told: Told
) -> None:
    before = units(teller)
    answer(parts, teller, teller.tip(told), clip("demo_hi"))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    tip = teller.tip(told)
    assert (tip.status, tip.problem) == (Status.WORKING, None) and units(teller) == before
    first, said = sorted(teller.transcripts(), key=lambda one: len(one.text))[0], attachments(teller)[0]
    assert (said.kind, said.status) == ("voice", "ready") and said.recording_id
    spoken = next(one for one in teller.transcripts() if one.recording_id == said.recording_id)
    assert spoken.text and "[phone]" in spoken.text and first
    assert [one.what for one in teller.rows(Trail)][-1] == ADDED
    (question,), (message,) = teller.rows(Asked), teller.rows(Message)
    assert (question.state, question.answer, message.answers) == ("answered", message.id, message.id)


def test_at_the_provider_the_answer_goes_once_it_is_ours_and_then_its_call(
    parts: Parts, teller: Teller, told: Told, provider: Provider
) -> None:
    answer(parts, teller, teller.tip(told), clip("demo_hi"))
    (copy,) = copies(teller, "answer")
    call = next(one for one in copies(teller, "call") if one.conversation_key == copy.conversation_key)
    teller.set(copy, due_at=now())
    assert forget.erase_copy(parts, copy.id) == forget.erase_copy(parts, call.id) == "not_yet"
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    work_through(parts)
    for one in sorted(teller.copies(), key=lambda one: one.kind == "call"):
        forget.erase_copy(parts, one.id)
    assert provider.objects() == [] and all(one.sid is None for one in teller.copies())


def test_an_answer_that_accuses_police_takes_the_tip_and_the_question_from_the_station(
    parts: Parts, teller: Teller, told: Told
) -> None:
    assert STATION in units(teller)
    answer(parts, teller, teller.tip(told), clip("police_hi"))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert STATION not in units(teller) and OFFICE in units(teller)
    assert teller.tip(told).status == Status.WORKING


def test_a_recording_that_is_taken_back_while_a_worker_hears_it_is_an_answer_and_no_tip(
    parts: Parts, teller: Teller, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, (recording,) = teller.call(clip("demo_hi"))
    found = {"sid": recording, "created": now(), "seconds": 9, "status": "completed"}
    own = ledger.adopt(parts.db, parts.keys, call, [found])
    assert own
    answers, store = Answers(parts.db, parts.keys, MessageWrites(parts.db)), pipeline.store

    def late(parts: Parts, lease: Lease, done: Done) -> str:
        assert answers.spoken(call, recording, parts.keys.wrap(told.tip_id), "hi", answered=True)
        return store(parts, lease, done)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "store", late)
        assert pipeline.prepare(parts, own).what == "lost"
    sweep(parts)
    work_through(parts)
    statuses = {tip.id: tip.status for tip in teller.rows(Tip)}
    assert statuses == {told.tip_id: Status.WORKING, own: Status.DISCARDED} and states(teller) == ["ready"]
    assert sum("[phone]" in one.text for one in teller.transcripts()) == 1
    assert not [one for one in teller.rows(Recording) if one.tip_id == own]
    assert not [one for one in teller.rows(Routing) if one.tip_id == own]


def test_an_answer_that_redis_lost_is_found_by_the_sweep(parts: Parts, teller: Teller, told: Told) -> None:
    answer(parts, teller, teller.tip(told), clip("drugs_hi"))
    parts.jobs.client.flushall()
    sweep(parts)
    assert (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    work_through(parts)
    assert states(teller) == ["ready"]


def test_a_long_answer_is_heard_after_all_that_is_short(parts: Parts, teller: Teller, told: Told) -> None:
    answer(parts, teller, teller.tip(told), clips(*["demo_hi", "drugs_hi", "gambling_hi"] * 6))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared" and states(teller) == ["later"]
    work_through(parts)
    assert states(teller) == ["ready"] and len(teller.transcripts()) == 2


def test_what_was_asked_about_a_closed_tip_goes_with_its_content(parts: Parts, teller: Teller, told: Told) -> None:
    answer(parts, teller, teller.tip(told), clip("drugs_hi"))
    pipeline.prepare(parts, told.tip_id)
    long_ago = now() - timedelta(days=parts.settings.keep_closed_days + 1)
    teller.set(teller.tip(told), status=Status.CLOSED)
    for row in teller.rows(Trail):
        teller.set(row, at=long_ago)
    teller.set(Trail(tip_id=told.tip_id, what="close", at=long_ago))
    assert retention.empty_closed_tips(parts) == 1
    assert teller.rows(Asked) == teller.rows(Message) == [] and teller.tip(told).code_hash
