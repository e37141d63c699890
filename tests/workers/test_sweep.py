"""The sweep finds in the database what Redis lost, what a killed worker left, and what was never announced."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from ivr import corrections
from models.database import now
from models.lifecycle import Status
from models.officer import Officer
from models.recording import ProviderCopy
from models.tip import Contact, Routing, Tip
from tests.queued import depths
from tests.workers.telling import Teller, clip
from workers import jobs, pipeline
from workers.parts import Parts
from workers.queues import Job
from workers.sweep import sweep


def test_forgotten_tips_are_sent_to_the_queue_once(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    assert sweep(parts)[Job.PREPARE_TIP] == 1
    assert sweep(parts)[Job.PREPARE_TIP] == 0
    assert parts.jobs.waiting() == {(Job.PREPARE_TIP, told.tip_id)}
    parts.jobs.client.flushall()  # Redis forgets everything
    assert sweep(parts)[Job.PREPARE_TIP] == 1


def test_urgent_tips_go_to_the_urgent_queue(parts: Parts, teller: Teller) -> None:
    teller.tell(clip("hello_hi"), urgency="U1")
    teller.tell(clip("hello_hi"), urgency="U4")
    sweep(parts)
    assert depths(parts.jobs) == {"urgent": 1, "normal": 1, "low": 0, "slow": 0}


@pytest.mark.parametrize(
    ("facts", "sent"),
    [
        ({"lease": "somebody", "lease_until": now() + timedelta(hours=1)}, 0),
        ({"lease": "somebody dead", "lease_until": now() - timedelta(seconds=1)}, 1),
        ({"retry_at": now() + timedelta(hours=1), "problem": "disk_full"}, 0),
        ({"retry_at": now() - timedelta(seconds=1), "problem": "disk_full"}, 1),
        ({"status": Status.DISCARDED}, 0),
        ({"status": Status.CLOSED}, 0),
    ],
)
def test_only_tips_nobody_works_on_and_whose_hour_has_come_are_sent(
    facts: dict[str, object], sent: int, parts: Parts, teller: Teller
) -> None:
    told = teller.tell(clip("hello_hi"), **facts)
    for copy in teller.copies():
        teller.set(copy, due_at=now(), erased_at=now())
    sweep(parts)
    assert ((Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()) == bool(sent)


def test_prepared_tips_are_routed_and_due_copies_erased(parts: Parts, teller: Teller) -> None:
    told = teller.tell(status=Status.PREPARED)
    (call,) = teller.copies()
    assert sweep(parts)["made_due"] == 1
    assert parts.jobs.waiting() == {(Job.ROUTE_TIP, told.tip_id), (Job.ERASE_COPY, call.id)}


def test_a_corrected_tip_whose_job_was_lost_is_found_and_sent_on(parts: Parts, teller: Teller) -> None:
    late = now() + timedelta(hours=1)  # what was added to it is tried again then
    told = teller.tell(status=Status.OPENED, category="gambling", district="KNP", station="KNP-NBS", retry_at=late,
                       problem="disk_full")  # fmt: skip
    teller.set(Routing(tip_id=told.tip_id, unit="KNP-NBS", role="to"))
    officer = Officer(username="sho", name="SHO", unit="KNP-NBS", password_hash="-")
    teller.set(officer)
    web = cast(Any, SimpleNamespace(db=parts.db, catalogue=parts.catalogue, courier=Mock()))
    corrections.correct(web, officer, told.tip_id, "", "KNP-BRR", "opened/gambling/KNP/KNP-NBS/0", "दूसरा इलाका")
    sweep(parts)
    assert (Job.ROUTE_TIP, told.tip_id) in parts.jobs.waiting()
    jobs.use(parts)
    jobs.route_tip(told.tip_id)
    units = {row.unit for row in teller.rows(Routing) if row.tip_id == told.tip_id}
    assert units == {"KNP-BRR", "KNP-DCP-SOUTH", "KNP-CP"} and teller.tip(told).status == Status.ROUTED


def test_an_erasure_that_failed_waits_for_its_hour(parts: Parts, teller: Teller) -> None:
    teller.tell(status=Status.ROUTED)
    (call,) = teller.copies()
    teller.set(call, due_at=now(), retry_at=now() + timedelta(hours=1))
    assert sweep(parts)[Job.ERASE_COPY] == 0
    teller.set(call, retry_at=now() - timedelta(seconds=1))
    assert sweep(parts)[Job.ERASE_COPY] == 1


def test_a_call_not_heard_of_any_more_is_taken_as_ended_and_sent(parts: Parts, teller: Teller) -> None:
    silent = {"status": Status.TELLING, "ended_at": None, "last_turn_at": now() - timedelta(minutes=16)}
    told = teller.tell(clip("hello_hi"), **silent)
    thrown_away = teller.tell(clip("hello_hi"), discarded_take=1, **silent)
    going_on = teller.tell(clip("hello_hi"), status=Status.TELLING, ended_at=None, last_turn_at=now())
    untold = teller.tell(**silent)  # webhooks were lost: the provider is asked
    assert sweep(parts)["ended_calls"] == 3
    assert [teller.tip(one).status for one in (told, thrown_away, going_on, untold)] == [
        Status.RECEIVED, Status.DISCARDED, Status.TELLING, Status.RECEIVED,
    ]  # fmt: skip
    assert teller.tip(told).ended_at is not None
    assert (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    due = {copy.conversation_key for copy in teller.copies() if copy.due_at}
    assert due == {teller.tip(thrown_away).conversation_key}


def test_a_tip_the_caller_threw_away_is_left_without_a_word_of_it_by_the_sweep_too(
    parts: Parts, teller: Teller
) -> None:
    moment = now() - timedelta(minutes=16)
    told = teller.tell(
        clip("hello_hi"), status=Status.TELLING, ended_at=None, last_turn_at=moment, discarded_take=1,
        category="gambling", category_by="caller", urgency="U3", pin_code="208005", district="KNP", station="KNP-KKD",
        place_by="caller", follow_up=True, code_hash="c" * 64,
    )  # fmt: skip
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    assert sweep(parts)["ended_calls"] == 1
    tip = teller.tip(told)
    assert tip.status == Status.DISCARDED and teller.rows(Contact) == []
    left = {name for name, value in tip.model_dump().items() if value is not None}
    assert left == {
        "id", "status", "channel", "language", "received_hour", "conversation_key", "sent_take", "discarded_take",
        "category_turn", "place_turn", "attempts", "accuses",
    }  # fmt: skip
    assert tip.accuses is False


def test_takes_thrown_away_become_due_but_not_those_that_may_count(parts: Parts, teller: Teller) -> None:
    teller.tell(clip("hello_hi"), clip("hello_hi"), clip("hello_hi"), discarded_take=1, sent_take=3)
    sweep(parts)
    assert {copy.take for copy in teller.copies() if copy.due_at} == {1}


def test_a_late_take_of_a_tip_long_routed_is_sent_to_be_prepared(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"), status=Status.WORKING)
    sweep(parts)
    assert (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert teller.tip(told).status == Status.WORKING
    parts.jobs.client.flushall()
    sweep(parts)
    assert (Job.PREPARE_TIP, told.tip_id) not in parts.jobs.waiting()


def test_what_stood_in_the_way_of_a_late_take_that_no_longer_counts_is_forgotten(parts: Parts, teller: Teller) -> None:
    told = teller.tell(status=Status.WORKING, problem="provider_unreachable", attempts=3, retry_at=now())
    sweep(parts)
    assert (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    tip = teller.tip(told)
    assert (tip.problem, tip.attempts, tip.retry_at, tip.lease, tip.status) == (None, 0, None, None, Status.WORKING)


def test_a_call_without_a_tip_is_looked_into_when_it_has_long_ended(parts: Parts, teller: Teller) -> None:
    for minutes in (1, 16):
        sid, _ = teller.call()
        teller.set(teller.copy(sid, "call", parts.keys.sid_key(sid), now() - timedelta(minutes=minutes)))
    sweep(parts)
    old = next(copy for copy in teller.rows(ProviderCopy) if copy.heard_at < now() - timedelta(minutes=10))
    assert parts.jobs.waiting() == {(Job.LOOK_FOR_RECORDINGS, old.id)}


def test_without_redis_the_sweep_loses_nothing(parts: Parts, teller: Teller) -> None:
    from dataclasses import replace

    from workers.queues import JobQueue, connect

    teller.tell(clip("hello_hi"))
    unreachable = replace(parts, jobs=JobQueue(connect("redis://127.0.0.1:9/0")))
    assert sweep(unreachable)[Job.PREPARE_TIP] == 0
    assert sweep(parts)[Job.PREPARE_TIP] == 1
    assert len(teller.rows(Tip)) == 1
