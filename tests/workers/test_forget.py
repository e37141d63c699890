"""Erasure at the provider: when, in which order, tried again, and in the account that holds the copy."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, func, select

from ivr.simulator.provider import Provider
from models.database import now
from models.installation import agree, forget_earlier_account, holds, left_in_earlier_account
from models.lifecycle import Status
from models.recording import ProviderCopy, overdue
from tests.workers.telling import TOKEN, Teller, Told, clip
from workers import forget, jobs
from workers.outside.telephony import Telephony
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job
from workers.sweep import sweep


def overdue_after(connection: Connection, hours: int) -> int:
    return connection.scalar(select(func.count()).where(overdue(hours))) or 0


def _copies(teller: Teller, told: Told) -> dict[str, ProviderCopy]:
    key = teller.tip(told).conversation_key
    return {f"{one.kind} {one.take}".removesuffix(" 0"): one for one in teller.copies() if one.conversation_key == key}


def test_recordings_go_first_then_the_call_and_its_numbers(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    copies = _copies(teller, prepared)
    assert forget.erase_copy(parts, copies["call"].id) == "not_yet"
    assert forget.erase_copy(parts, copies["recording 1"].id) == "erased"
    assert forget.erase_copy(parts, copies["call"].id) == "not_yet"
    assert forget.erase_copy(parts, copies["recording 2"].id) == "erased"
    assert provider.objects() == []
    deleted = [path.split("/")[-2] for method, path, _ in provider.requests if method == "DELETE"]
    assert deleted == ["Recordings", "Recordings", "Calls"]
    assert forget.erase_copy(parts, copies["call"].id) == "nothing"
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
    provider.store.calls[prepared.call_sid].ended = None
    assert forget.erase_copy(parts, copies["recording 2"].id) == "erased"
    assert forget.erase_copy(parts, copies["call"].id) == "not_yet"
    provider.store.end_call(prepared.call_sid, "completed", 5)
    assert forget.erase_copy(parts, copies["call"].id) == "erased"


def test_what_is_not_final_yet_is_no_failure_and_is_asked_about_again_within_half_a_minute(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_parts", parts)
    forget.erase_copy(parts, _copies(teller, prepared)["recording 1"].id)
    provider.store.calls[prepared.call_sid].ended = None
    parts.jobs.client.flushall()
    parts.jobs.enqueue(Job.ERASE_COPY, _copies(teller, prepared)["recording 2"].id)
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


def test_a_call_that_cannot_be_erased_after_its_recordings_is_written_down_for_itself(
    parts: Parts, teller: Teller, provider: Provider, prepared: Told
) -> None:
    copies = _copies(teller, prepared)
    forget.erase_copy(parts, copies["recording 1"].id)
    provider.plan("500", path="/Calls/")
    with pytest.raises(JobProblem, match="provider"):
        forget.erase_copy(parts, copies["recording 2"].id)
    left = _copies(teller, prepared)
    assert left["recording 2"].erased_at is not None and left["recording 2"].problem is None
    assert left["call"].erased_at is None and left["call"].problem and left["call"].retry_at is not None
    provider.outages.lift()
    assert forget.erase_copy(parts, copies["call"].id) == "erased"


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
