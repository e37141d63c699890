"""Jobs through the real queue, and what of their failures reaches Redis and the log."""

import logging

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from ivr.simulator.provider import Provider
from models.lifecycle import Status
from models.officer import Tally
from tests.workers.telling import CALLER, Teller, clip
from workers import count, jobs
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import QUEUES, TERMS, Job, named


@pytest.fixture(autouse=True)
def _in_hand(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_parts", parts)


def _work_off(parts: Parts) -> None:
    worker = SimpleWorker(list(QUEUES), connection=parts.jobs.client, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="WARNING")


def test_every_job_of_the_table_is_a_function_here() -> None:
    assert set(TERMS) == set(Job)
    assert all(callable(getattr(jobs, job.value)) for job in Job)


def test_a_tip_goes_from_the_queue_to_the_offices_and_nothing_is_left_at_the_provider(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("drugs_hi"))
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id, urgency="U1")
    _work_off(parts)
    assert teller.tip(told).status == Status.ROUTED
    assert provider.objects() == []
    with parts.db.read() as connection:
        totals = count.totals(connection)
    assert totals["job.prepare_tip.done"] == 1 and totals["job.erase_copy.done"] == 2
    assert totals["audio_seconds"] == 10 and totals["transcription_ms"] > 0


def test_a_failure_leaves_no_id_no_number_and_no_word_in_redis_or_the_log(
    parts: Parts, teller: Teller, provider: Provider, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    told = teller.tell(clip("demo_hi"))

    def broken(self, samples, rate, language):  # type: ignore[no-untyped-def]
        words = "मेरा नंबर 9876543210"
        raise RuntimeError(f"{words} {told.call_sid} {CALLER}")

    monkeypatch.setattr(type(parts.ears), "transcribe", broken)
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    _work_off(parts)
    provider.plan("cut")
    teller.set(teller.recordings()[0], original=None)
    with pytest.raises(JobProblem):
        jobs.prepare_tip(told.tip_id)
    redis = parts.jobs.client
    kept = b"".join(redis.dump(key) or b"" for key in redis.scan_iter("*"))
    for key in redis.scan_iter("rq:results:*"):
        kept += str(redis.xrange(key)).encode()
    tip = teller.tip(told)
    assert tip.attempts == 2
    for secret in (told.call_sid, told.recording_sids[0], "9876543210", CALLER[1:], "नंबर"):
        assert secret.encode() not in kept
        assert secret not in caplog.text
        assert secret not in f"{tip.problem} {tip.problem_detail}"
    assert "unexpected" in caplog.text and "test_jobs.py" in caplog.text  # yet the place of the fault is told


def test_a_failed_job_waits_for_its_next_try_in_redis_too(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    provider.plan("404")
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    _work_off(parts)
    assert parts.jobs.waiting() == {(Job.PREPARE_TIP, told.tip_id)}
    assert parts.jobs.depths() == {"urgent": 0, "normal": 0, "low": 0}
    assert {(row.what, row.n) for row in teller.rows(Tally)} == {
        ("job.prepare_tip.problem", 1),
        ("problem.recording_not_ready", 1),
    }


def test_tallies_fit_their_column() -> None:
    from workers.problems import PROBLEMS

    for job in Job:
        assert all(len(f"job.{job}.{result}") <= 32 for result in ("done", "nothing", "problem"))
    assert all(len(f"problem.{code}") <= 32 for code in PROBLEMS)


def test_a_queues_job_id_says_whose_it_is() -> None:
    assert named("prepare_tip-abc-12345678") == (Job.PREPARE_TIP, "abc")
    assert named("something-else") is None and named("prepare_tip") is None


def test_a_worker_without_parts_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_parts", None)
    with pytest.raises(JobProblem, match=r"\./hotline worker"):
        jobs.route_tip("x")
