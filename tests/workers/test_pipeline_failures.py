"""What goes wrong on the way from received to routed is kept, named, and goes through once it is mended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from ivr.simulator.outages import Kind
from ivr.simulator.provider import Provider
from models.database import now
from models.lifecycle import Status
from models.officer import Trail
from models.secrecy import load_keys
from models.tip import Routing, Tip, stuck
from tests.workers.telling import Teller, clip
from workers import jobs, pipeline, routing
from workers.lease import claim
from workers.outside import download
from workers.outside.vault import Vault
from workers.parts import Parts
from workers.problems import PROBLEMS, JobProblem, pause
from workers.queues import Job
from workers.sweep import sweep

# --- failures: the tip is kept, the provider's copy stays, and when it is mended it goes through
FAILURES: dict[str, tuple[Kind, str]] = {
    "not ready": ("404", "recording_not_ready"),
    "wrong key": ("401", "provider_refuses_key"),
    "too many requests": ("429", "provider_unreachable"),
    "server error": ("500", "provider_unreachable"),
    "no answer": ("timeout", "provider_unreachable"),
    "cut off": ("cut", "recording_damaged"),
    "half a file": ("wrong length", "recording_damaged"),
    "a web page": ("html", "not_audio"),
    "two hours": ("huge", "recording_too_long"),
    "no end": ("endless", "recording_too_long"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_provider_leaves_the_tip_stuck_and_mended_it_goes_through(
    name: str, parts: Parts, teller: Teller, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.5)
    kind, problem = FAILURES[name]
    told = teller.tell(clip("hello_hi"))
    provider.plan(kind)
    for attempt in (1, 2):
        with pytest.raises(JobProblem) as caught:
            pipeline.prepare(parts, told.tip_id)
        tip = teller.tip(told)
        assert (tip.status, tip.attempts, tip.lease) == (Status.RECEIVED, attempt, None)
        assert tip.retry_at is not None and tip.retry_at <= now() + timedelta(seconds=pause(attempt))
        assert tip.problem in (problem, "provider_unreachable" if kind == "cut" else problem)
    assert told.recording_sids[0] not in str(caught.value) + str(tip.problem_detail)
    assert all(copy.due_at is None for copy in teller.copies())
    assert teller.vault_names() == set() and teller.recordings() == []
    provider.outages.lift()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert (teller.tip(told).problem, teller.tip(told).attempts) == (None, 0)


def test_an_announced_length_over_the_limit_is_not_even_asked_for(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("hello_hi"), announced=7200)
    with pytest.raises(JobProblem, match="recording_too_long"):
        pipeline.prepare(parts, told.tip_id)
    assert provider.requests == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:44],
        lambda data: data[:5],
        lambda data: b"",
        lambda data: b"RIFF" + data[4:36] + b"junk" + data[40:],
        lambda data: data[:22] + b"\x00\x00" + data[24:],  # no channels
        lambda data: b"ID3" + data,
    ],
)
def test_bytes_that_are_no_sound_are_a_problem_not_a_crash(
    spoil: Callable[[bytes], bytes], parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(spoil(clip("hello_hi")))
    with pytest.raises(JobProblem) as caught:
        pipeline.prepare(parts, told.tip_id)
    assert caught.value.code in ("recording_damaged", "not_audio")
    provider.store.recordings[told.recording_sids[0]].wav = clip("hello_hi")
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"


def test_a_media_folder_that_cannot_be_written_stops_the_tip_not_the_worker(
    parts: Parts, teller: Teller, settings: object
) -> None:
    told = teller.tell(clip("hello_hi"))
    media = parts.settings.var_dir / "media"
    media.write_text("a file is in the way")
    with pytest.raises(JobProblem, match="media_store_unreachable"):
        pipeline.prepare(parts, told.tip_id)
    assert teller.recordings() == [] and all(copy.due_at is None for copy in teller.copies())
    media.unlink()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"


def test_a_full_database_leaves_no_half_of_anything(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_parts", parts)
    told = teller.tell(clip("drugs_hi"))
    room = {"max_page_count": 1}  # SQLite takes the present size for a smaller number

    @event.listens_for(parts.db.engine, "begin")
    def _limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={room['max_page_count']}")

    with pytest.raises(OperationalError, match="full"):
        while True:
            with parts.db.session() as session:
                session.add(Trail(what="x", note="x" * 2000))
    with pytest.raises(JobProblem, match="disk_full"):
        jobs.prepare_tip(told.tip_id)
    assert teller.transcripts() == [] and teller.tip(told).status == Status.RECEIVED
    assert len(teller.vault_names()) == len(teller.recordings())
    room["max_page_count"] = 1_000_000
    teller.set(teller.tip(told), lease=None, lease_until=None)
    jobs.prepare_tip(told.tip_id)
    assert teller.tip(told).status == Status.ROUTED
    assert len(teller.vault_names()) == 2


def test_a_missing_private_key_is_named(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"), clip("hello_en"))
    provider.plan("500", path=told.recording_sids[1])
    with pytest.raises(JobProblem):
        pipeline.prepare(parts, told.tip_id)
    provider.outages.lift()
    keyless = replace(parts, vault=Vault(parts.settings.media, load_keys(parts.settings.keys)))
    with pytest.raises(JobProblem, match="key_missing"):
        pipeline.prepare(keyless, told.tip_id)


# --- leases
def test_a_tip_in_other_hands_is_left_alone(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    assert claim(parts.db, told.tip_id, 60) is not None
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert provider.requests == []


def test_a_worker_that_lost_its_tip_while_listening_stores_nothing(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(clip("hello_hi"))
    original = type(parts.ears).transcribe

    def slow(self, *rest):  # type: ignore[no-untyped-def]
        words = original(self, *rest)
        teller.set(teller.tip(told), lease="somebody else")
        return words

    monkeypatch.setattr(type(parts.ears), "transcribe", slow)
    assert pipeline.prepare(parts, told.tip_id).what == "lost"
    assert teller.transcripts() == [] and teller.tip(told).status == Status.RECEIVED
    assert len(teller.vault_names()) == 1  # the original, recorded while the lease was held


@pytest.mark.parametrize("status", [Status.TELLING, Status.DISCARDED])
def test_what_is_still_told_or_thrown_away_is_not_worked_on(
    status: Status, parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("hello_hi"), status=status)
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert provider.requests == []


def test_an_unknown_tip_is_nothing(parts: Parts) -> None:
    assert pipeline.prepare(parts, "0" * 32).what == "nothing"
    assert pipeline.route(parts, "0" * 32) is False


def test_every_problem_is_explained_in_both_languages_and_fits_its_column() -> None:
    for code, problem in PROBLEMS.items():
        assert len(code) <= 40 and problem.en and any("\u0900" <= letter <= "\u097f" for letter in problem.hi)
    pauses = [pause(attempt) for attempt in range(1, 30)]
    assert pauses == sorted(pauses) and 3600 <= pauses[-1] <= 6 * 3600


# --- between the words and the offices
def _broken(*_: object) -> None:
    raise ZeroDivisionError("a word that was told")


def test_what_stands_between_a_tip_and_its_offices_is_written_down_shown_as_stuck_and_tried_more_and_more_seldom(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(clip("hello_hi"))
    monkeypatch.setattr(routing, "_address", _broken)
    for attempt in (1, 2, 3):
        with pytest.raises(JobProblem, match="unexpected: ZeroDivisionError at ") as caught:
            pipeline.prepare(parts, told.tip_id)
        tip = teller.tip(told)
        assert (tip.status, tip.problem, tip.attempts, tip.lease) == (Status.PREPARED, "unexpected", attempt, None)
        assert tip.retry_at is not None and abs(tip.retry_at - now() - timedelta(seconds=pause(attempt))).seconds < 2
        assert "word" not in f"{caught.value} {tip.problem_detail}"
        assert sweep(parts)[Job.ROUTE_TIP] == 0  # not before its time
        with parts.db.read() as connection:
            assert connection.scalars(select(col(Tip.id)).where(stuck())).all() == [told.tip_id]
    teller.set(teller.tip(told), retry_at=now())
    parts.jobs.client.flushall()
    assert (sweep(parts)[Job.ROUTE_TIP], sweep(parts)[Job.PREPARE_TIP]) == (1, 0)
    with pytest.raises(JobProblem):
        pipeline.send_on(parts, told.tip_id)
    assert teller.tip(told).attempts == 4
    monkeypatch.undo()
    assert pipeline.send_on(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.status, tip.problem, tip.problem_detail, tip.attempts, tip.retry_at) == (
        Status.ROUTED, None, None, 0, None,
    )  # fmt: skip


def test_the_retry_of_a_tip_that_was_stored_and_not_routed_routes_it(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(clip("hello_hi"))
    monkeypatch.setattr(routing, "_address", _broken)
    with pytest.raises(JobProblem):
        pipeline.prepare(parts, told.tip_id)
    monkeypatch.undo()
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert (teller.tip(told).status, teller.tip(told).problem) == (Status.ROUTED, None)
    assert len(teller.transcripts()) == 1


def test_facts_that_could_not_be_brought_to_the_offices_of_a_routed_tip_are_brought_there_later(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    monkeypatch.setattr(routing, "_address", _broken)
    with pytest.raises(JobProblem):
        pipeline.send_on(parts, told.tip_id)
    assert (teller.tip(told).status, teller.tip(told).problem) == (Status.ROUTED, "unexpected")
    monkeypatch.undo()
    late = {"category": "gambling", "category_by": "caller", "district": "KNP", "station": "KNP-KKD"}
    teller.set(teller.tip(told), retry_at=now(), place_by="caller", **late)
    parts.jobs.client.flushall()
    assert sweep(parts)[Job.PREPARE_TIP] == 1
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert teller.tip(told).problem is None
    assert "KNP-KKD" in {row.unit for row in teller.rows(Routing)}


def test_a_worker_that_fails_when_its_tip_is_another_ones_says_that_it_lost_it_and_changes_nothing(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(clip("hello_hi"))

    def slow(*_: object) -> None:
        teller.set(teller.tip(told), lease="somebody else")
        raise ZeroDivisionError

    monkeypatch.setattr(type(parts.ears), "transcribe", slow)
    assert pipeline.prepare(parts, told.tip_id).what == "lost"
    tip = teller.tip(told)
    assert (tip.lease, tip.problem, tip.attempts) == ("somebody else", None, 0)
