"""Calls that ended without a tip, and recordings nobody told us of: counted, found and adopted once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import hour, now
from models.lifecycle import MOVES, READABLE, Status
from models.officer import Tally
from models.tip import Tip
from tests.workers.kept import work_through
from tests.workers.telling import CALLER, Teller, Told, clip
from workers import forget, pipeline
from workers.outside.telephony import ProviderFault
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job
from workers.sweep import sweep

OUR_NUMBER = "+911234567890"  # the one that callers of Teller call


def _ended_call(teller: Teller, *sounds: bytes) -> tuple[str, str]:
    call_sid, _ = teller.call(*sounds)
    row = teller.copy(call_sid, "call", teller.parts.keys.sid_key(call_sid), now())
    teller.set(row)
    return call_sid, row.id


def test_a_call_without_recordings_is_erased(parts: Parts, teller: Teller, provider: Provider) -> None:
    _, copy_id = _ended_call(teller)
    assert forget.look_for_recordings(parts, copy_id) == "none"
    assert forget.erase_copy(parts, copy_id) == "erased"
    assert provider.objects() == []
    assert forget.look_for_recordings(parts, copy_id) == "nothing"


def _counted(teller: Teller) -> dict[str, int]:
    return {row.what: row.n for row in teller.rows(Tally) if row.what in ("calls", "silent")}


def test_a_call_in_which_nothing_was_said_is_counted_once_and_leaves_nothing_else(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    _, copy_id = _ended_call(teller)  # hung up in the menu, or three recordings that were never made
    parts.jobs.enqueue(Job.LOOK_FOR_RECORDINGS, copy_id)
    work_through(parts)
    for _ in range(2):
        forget.look_for_recordings(parts, copy_id)
        forget.erase_copy(parts, copy_id)
    assert _counted(teller) == {"calls": 1, "silent": 1}
    assert provider.objects() == [] and teller.rows(Tip) == []


def test_a_silent_recording_that_becomes_known_late_does_not_count_its_call_twice(parts: Parts, teller: Teller) -> None:
    call_sid, copy_id = _ended_call(teller)
    forget.look_for_recordings(parts, copy_id)
    key, late = parts.keys.sid_key(call_sid), new_sid("RE")
    teller.provider.store.keep_recording(late, call_sid, clip("silence"), 1)
    tip = Tip(language="hi", received_hour=hour(now()), conversation_key=key, status=Status.RECEIVED)
    row = teller.copy(late, "recording", key, now())
    row.take = 1
    teller.set(tip)
    teller.set(row)
    assert pipeline.prepare(parts, tip.id).what == "found_empty"
    work_through(parts)
    assert _counted(teller) == {"calls": 1, "silent": 1}


def test_of_a_call_that_was_told_only_the_call_is_counted(parts: Parts, teller: Teller, prepared: Told) -> None:
    work_through(parts)
    assert _counted(teller) == {"calls": 1}


def test_a_recording_nobody_told_us_of_becomes_a_tip_exactly_once(parts: Parts, teller: Teller) -> None:
    _, copy_id = _ended_call(teller, clip("drugs_hi"))
    assert forget.look_for_recordings(parts, copy_id) == "found"
    assert forget.look_for_recordings(parts, copy_id) == "nothing"
    (tip,) = teller.rows(Tip)
    assert (tip.status, tip.language, tip.received_hour.minute) == (Status.RECEIVED, "hi", 0)
    assert (Job.PREPARE_TIP, tip.id) in parts.jobs.waiting()
    pipeline.prepare(parts, tip.id)
    assert "कल्याणपुर" in teller.transcripts()[0].text


def test_looking_is_written_down_when_the_provider_does_not_answer(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    _, copy_id = _ended_call(teller, clip("hello_hi"))
    provider.plan("500", path="/Recordings")
    with pytest.raises(JobProblem):
        forget.look_for_recordings(parts, copy_id)
    (copy,) = teller.copies()
    assert copy.attempts == 1 and copy.retry_at is not None and copy.due_at is None
    provider.outages.lift()
    assert forget.look_for_recordings(parts, copy_id) == "found"


def _with_number(parts: Parts, number: str = OUR_NUMBER) -> Parts:
    return replace(parts, settings=parts.settings.model_copy(update={"twilio_number": number}))


def _grown_old(provider: Provider) -> None:
    for recording in provider.store.recordings.values():
        recording.started -= timedelta(minutes=6)


def test_thrown_away_and_told_anew_without_a_webhook_the_new_telling_is_not_lost(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("hello_hi"), status=Status.DISCARDED, discarded_take=1)
    anew = new_sid("RE")
    provider.store.keep_recording(anew, told.call_sid, clip("drugs_hi"), 10)
    sweep(parts)
    (known,) = [copy for copy in teller.copies() if copy.kind == "recording"]
    assert forget.erase_copy(parts, known.id) == "erased"
    assert [copy.sid for copy in teller.copies()] == [None, None]  # the call's record, too
    _grown_old(provider)
    assert forget.adopt_orphans(parts) == 1
    assert teller.tip(told).status == Status.RECEIVED
    sweep(parts)
    assert provider.store.recordings[anew].erased_at is None
    assert not any(copy.due_at for copy in teller.copies() if copy.take == 2)
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert teller.tip(told).status == Status.ROUTED and "कल्याणपुर" in teller.transcripts()[0].text


@pytest.mark.parametrize("status", MOVES["tell_more"].sources)
def test_a_recording_found_late_brings_the_tip_to_its_officers_anew(
    status: Status, parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(status=status)
    provider.store.keep_recording(new_sid("RE"), told.call_sid, clip("drugs_hi"), 10)
    _grown_old(provider)
    assert forget.adopt_orphans(parts) == 1
    assert teller.tip(told).status == Status.RECEIVED


@pytest.mark.parametrize("status", sorted({*READABLE} - {Status.CLOSED}))
def test_a_recording_found_late_is_heard_and_takes_the_tip_from_nobody_who_works_on_it(
    status: Status, parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(status=status)
    provider.store.keep_recording(new_sid("RE"), told.call_sid, clip("drugs_hi"), 10)
    _grown_old(provider)
    assert forget.adopt_orphans(parts) == 1 and (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert teller.tip(told).status == status and len(teller.transcripts()) == 1


def test_a_tip_still_told_goes_on_being_told_when_a_recording_is_found(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(status=Status.TELLING)
    provider.store.keep_recording(new_sid("RE"), told.call_sid, clip("drugs_hi"), 10)
    _grown_old(provider)
    assert forget.adopt_orphans(parts) == 1
    assert teller.tip(told).status == Status.TELLING


def test_orphans_are_adopted_once_when_old_enough_and_ours(parts: Parts, teller: Teller, provider: Provider) -> None:
    parts = _with_number(parts)
    known = teller.tell(clip("hello_hi"))
    orphan_call, orphans = teller.call(clip("drugs_hi"), clip("hello_hi"))
    _, young = teller.call(clip("hello_en"))
    for sid in (*orphans, *known.recording_sids):
        provider.store.recordings[sid].started -= timedelta(minutes=6)
    assert forget.adopt_orphans(parts) == 1
    assert forget.adopt_orphans(parts) == 0
    adopted = next(tip for tip in teller.rows(Tip) if tip.id != known.tip_id)
    assert adopted.conversation_key == parts.keys.sid_key(orphan_call)
    takes = [copy for copy in teller.copies() if copy.conversation_key == adopted.conversation_key]
    assert sorted((copy.kind, copy.take) for copy in takes) == [("call", 0), ("recording", 1), ("recording", 2)]
    assert not any(copy.sid_key == parts.keys.sid_key(young[0]) for copy in teller.copies())


def test_recordings_of_another_number_on_the_account_are_not_touched(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    other = new_sid("CA")
    provider.store.open_call(other, CALLER, "+919999999999")
    provider.store.keep_recording(new_sid("RE"), other, clip("hello_hi"), 2)
    _, ours = teller.call(clip("hello_hi"))
    for recording in provider.store.recordings.values():
        recording.started -= timedelta(minutes=6)
    assert forget.adopt_orphans(_with_number(parts)) == 1
    assert [copy.sid for copy in teller.copies() if copy.kind == "recording"] == ours


def test_without_a_number_set_only_conversations_we_know_are_ours(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    teller.call(clip("hello_hi"))
    known = teller.tell()
    provider.store.keep_recording(new_sid("RE"), known.call_sid, clip("drugs_hi"), 10)
    _grown_old(provider)
    assert forget.adopt_orphans(parts) == 1
    assert {copy.conversation_key for copy in teller.copies()} == {parts.keys.sid_key(known.call_sid)}


def test_a_recording_whose_call_is_already_gone_is_ours_only_if_we_know_it(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    foreign, _ = teller.call(clip("hello_hi"))
    provider.store.erase(provider.store.calls[foreign])
    _grown_old(provider)
    assert forget.adopt_orphans(_with_number(parts)) == 0
    assert teller.rows(Tip) == []


def test_a_call_that_the_provider_will_not_explain_holds_up_none_behind_it(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    strange, _ = teller.call(clip("hello_hi"))
    teller.call(clip("drugs_hi"))
    provider.store.recordings[next(iter(provider.store.recordings))].started -= timedelta(minutes=1)
    _grown_old(provider)
    provider.plan("500", path=f"/Calls/{strange}")
    for _ in range(2):
        with pytest.raises(ProviderFault):
            forget.adopt_orphans(_with_number(parts))
        assert len(teller.rows(Tip)) == 1
    provider.outages.lift()
    assert forget.adopt_orphans(_with_number(parts)) == 1 and len(teller.rows(Tip)) == 2
