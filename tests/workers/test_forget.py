"""Erasure at the provider, and recordings nobody told us of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, func, select

from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import hour, now
from models.installation import agree, forget_earlier_account, holds, left_in_earlier_account
from models.lifecycle import MOVES, READABLE, Status
from models.officer import Tally
from models.recording import ProviderCopy, overdue
from models.tip import Tip
from tests.workers.kept import work_through
from tests.workers.telling import CALLER, TOKEN, Teller, Told, clip
from workers import forget, jobs, pipeline
from workers.outside.telephony import ProviderFault, Telephony
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job
from workers.sweep import sweep

OUR_NUMBER = "+911234567890"  # the one that callers of Teller call


def overdue_after(connection: Connection, hours: int) -> int:
    return connection.scalar(select(func.count()).where(overdue(hours))) or 0


def _copies(teller: Teller, told: Told) -> dict[str, ProviderCopy]:
    key = teller.tip(told).conversation_key
    return {f"{one.kind} {one.take}".removesuffix(" 0"): one for one in teller.copies() if one.conversation_key == key}


@pytest.fixture
def prepared(parts: Parts, teller: Teller) -> Told:
    told = teller.tell(clip("hello_hi"), clip("hello_en"))
    pipeline.prepare(parts, told.tip_id)
    return told


def test_recordings_go_first_then_the_call_and_its_numbers(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    copies = _copies(teller, prepared)
    assert forget.erase_copy(parts, copies["call"].id) == "not_yet"
    assert forget.erase_copy(parts, copies["recording 1"].id) == "erased"
    assert forget.erase_copy(parts, copies["call"].id) == "not_yet"
    parts.jobs.client.flushall()
    assert forget.erase_copy(parts, copies["recording 2"].id) == "erased"
    assert parts.jobs.waiting() == {(Job.ERASE_COPY, copies["call"].id)}
    assert forget.erase_copy(parts, copies["call"].id) == "erased"
    assert provider.objects() == []
    for copy in teller.copies():
        assert copy.sid is None and copy.problem is None
        assert all(moment.minute == moment.second == 0 for moment in (copy.erased_at, copy.heard_at, copy.due_at))


def test_erasing_twice_asks_once(parts: Parts, teller: Teller, provider: Provider, prepared: Told) -> None:
    copy = _copies(teller, prepared)["recording 1"]
    assert [forget.erase_copy(parts, copy.id) for _ in range(2)] == ["erased", "nothing"]
    assert sum(method == "DELETE" for method, _, _ in provider.requests) == 1
    assert forget.erase_copy(parts, "0" * 32) == "nothing"


def test_what_is_not_due_is_not_erased(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    assert all(forget.erase_copy(parts, copy.id) == "nothing" for copy in _copies(teller, told).values())
    assert provider.requests == []


def test_even_due_a_take_that_may_count_is_not_erased_before_it_is_stored(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("hello_hi"), clip("hello_hi"), clip("hello_en"), discarded_take=1, sent_take=3)
    copies = _copies(teller, told)
    for copy in copies.values():
        teller.set(copy, due_at=now())
    assert forget.erase_copy(parts, copies["recording 3"].id) == "not_yet"
    # Told again; but as long as nobody has listened, what was sent may be silent.
    assert forget.erase_copy(parts, copies["recording 2"].id) == "not_yet"
    assert forget.erase_copy(parts, copies["recording 1"].id) == "erased"  # thrown away: unfetched
    assert [path for method, path, _ in provider.requests if method == "GET"] == []


def test_an_object_that_is_gone_already_counts_as_erased(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    provider.plan("404", path="/Recordings/")
    assert forget.erase_copy(parts, _copies(teller, prepared)["recording 1"].id) == "erased"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("500", "provider_unreachable"), ("401", "provider_refuses_key"), ("429", "provider_unreachable")],
)
def test_a_refused_erasure_is_written_down_and_tried_again(
    kind: str, code: str, parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    copy = _copies(teller, prepared)["recording 1"]
    provider.plan(kind)  # type: ignore[arg-type]
    pauses = []
    for _ in range(9):
        began = now()
        with pytest.raises(JobProblem, match=code):
            forget.erase_copy(parts, copy.id)
        copy = _copies(teller, prepared)["recording 1"]
        assert copy.retry_at is not None and copy.problem
        pauses.append(round((copy.retry_at - began).total_seconds()))
    assert copy.attempts == 9 and pauses[-1] > 3000 and pauses == sorted(pauses)
    assert copy.sid is not None and copy.sid not in str(copy.problem)
    provider.outages.lift()
    assert forget.erase_copy(parts, copy.id) == "erased"
    assert _copies(teller, prepared)["recording 1"].problem is None


def test_a_call_the_provider_thinks_still_goes_on_is_erased_later(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    copies = _copies(teller, prepared)
    forget.erase_copy(parts, copies["recording 1"].id)
    forget.erase_copy(parts, copies["recording 2"].id)
    provider.store.calls[prepared.call_sid].ended = None
    assert forget.erase_copy(parts, copies["call"].id) == "not_yet"
    provider.store.end_call(prepared.call_sid, "completed", 5)
    assert forget.erase_copy(parts, copies["call"].id) == "erased"


def test_what_is_not_final_yet_is_no_failure_and_is_asked_about_again_within_half_a_minute(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_parts", parts)
    for name in ("recording 1", "recording 2"):
        forget.erase_copy(parts, _copies(teller, prepared)[name].id)
    call = _copies(teller, prepared)["call"]
    provider.store.calls[prepared.call_sid].ended = None
    parts.jobs.client.flushall()
    parts.jobs.enqueue(Job.ERASE_COPY, call.id)
    began, low = now(), Queue("hotline-low", connection=parts.jobs.client, serializer=JSONSerializer)
    worker = SimpleWorker([low], connection=parts.jobs.client, serializer=JSONSerializer)
    worker.work(burst=True)
    assert low.failed_job_registry.count == 0 and parts.jobs.waiting() == set()
    call = _copies(teller, prepared)["call"]
    assert call.retry_at is not None and call.retry_at - began < timedelta(seconds=30)
    assert sweep(parts)[Job.ERASE_COPY] == 0
    provider.store.end_call(prepared.call_sid, "completed", 5)
    teller.set(call, retry_at=now())
    assert sweep(parts)[Job.ERASE_COPY] == 1
    worker.work(burst=True)
    assert provider.objects() == []


def test_a_failed_erasure_waits_in_the_database_and_not_in_redis(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_parts", parts)
    copy = _copies(teller, prepared)["recording 1"]
    parts.jobs.client.flushall()
    provider.plan("500")
    parts.jobs.enqueue(Job.ERASE_COPY, copy.id)
    low = Queue("hotline-low", connection=parts.jobs.client, serializer=JSONSerializer)
    SimpleWorker([low], connection=parts.jobs.client, serializer=JSONSerializer).work(burst=True)
    assert parts.jobs.waiting() == set()
    provider.outages.lift()
    teller.set(_copies(teller, prepared)["recording 1"], retry_at=now())
    sweep(parts)
    assert (Job.ERASE_COPY, copy.id) in parts.jobs.waiting()


def test_a_call_still_telling_keeps_its_record(parts: Parts, teller: Teller) -> None:
    told = teller.tell(status=Status.TELLING)
    call = _copies(teller, told)["call"]
    teller.set(call, due_at=now())
    assert forget.erase_copy(parts, call.id) == "not_yet"


def test_what_lies_too_long_at_the_provider_is_reported_due_or_not(
    parts: Parts, teller: Teller, prepared: Told
) -> None:
    for copy in teller.copies():
        teller.set(copy, heard_at=now() - timedelta(hours=2))
    with parts.db.read() as connection:
        assert overdue_after(connection, 1) == 3
        assert overdue_after(connection, 3) == 0
    forget.erase_copy(parts, _copies(teller, prepared)["recording 1"].id)
    with parts.db.read() as connection:
        assert overdue_after(connection, 1) == 2


# --- calls without a tip
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
    for copy in sorted(teller.copies(), key=lambda copy: copy.kind, reverse=True):
        assert forget.erase_copy(parts, copy.id) == "erased"
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


# --- another account
def test_what_an_earlier_account_holds_is_not_taken_for_gone_because_the_present_one_does_not_know_it(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    folder = parts.settings.keys
    agree(parts.db, parts.keys, folder, parts.settings.twilio_account_sid)
    with Provider(other := "AC" + "8" * 32, TOKEN) as elsewhere:
        changed = parts.settings.model_copy(update={"twilio_account_sid": other, "twilio_api_url": elsewhere.url})
        moved = replace(parts, settings=changed, telephony=Telephony(changed))
        agree(parts.db, parts.keys, folder, other)
        copy = _copies(teller, prepared)["recording 1"]
        with pytest.raises(JobProblem, match="provider_account_changed"):
            forget.erase_copy(moved, copy.id)
        copy = _copies(teller, prepared)["recording 1"]
        assert copy.erased_at is None and copy.retry_at is not None and "another account" in str(copy.problem)
        with parts.db.read() as connection:
            assert left_in_earlier_account(connection) == 3
        # What is heard of from now on lies in the present account: there, unknown means gone.
        told = teller.tell(clip("hello_hi"), status=Status.ROUTED)
        teller.set(_copies(teller, told)["recording 1"], due_at=now())
        assert forget.erase_copy(moved, _copies(teller, told)["recording 1"].id) == "erased"
        # A worker that was not started anew since is not believed either: it asks the earlier account.
        later = teller.tell(clip("hello_hi"), status=Status.ROUTED)
        teller.set(_copies(teller, later)["call"], due_at=now())
        provider.plan("404", path="/Calls/")
        teller.set(_copies(teller, later)["recording 1"], erased_at=now())
        with pytest.raises(JobProblem, match="provider_account_changed"):
            forget.erase_copy(parts, _copies(teller, later)["call"].id)
        provider.outages.lift()
    agree(parts.db, parts.keys, folder, parts.settings.twilio_account_sid)  # the earlier one is set again
    assert (
        forget.erase_copy(parts, copy.id) == "erased"
        and provider.store.recordings[prepared.recording_sids[0]].erased_at
    )


def test_an_earlier_account_of_which_somebody_says_that_nothing_is_left_there_is_forgotten(
    parts: Parts, teller: Teller, prepared: Told
) -> None:
    folder, account = parts.settings.keys, parts.settings.twilio_account_sid
    agree(parts.db, parts.keys, folder, "AC" + "8" * 32)
    agree(parts.db, parts.keys, folder, account)
    with parts.db.read() as connection:
        assert left_in_earlier_account(connection) == 3
    forget_earlier_account(parts.db)
    with parts.db.read() as connection:
        assert left_in_earlier_account(connection) == 0
        assert holds(connection, parts.keys, account, now() - timedelta(days=9))
