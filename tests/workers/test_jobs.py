"""Jobs through the real queue, and what of their failures reaches Redis and the log."""

import logging
import re
from pathlib import Path

import pytest
from rq import Queue, Retry, SimpleWorker
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from ivr.simulator.provider import Provider
from models.lifecycle import Status
from models.officer import Tally
from tests.queued import depths
from tests.workers.telling import CALLER, Teller, clip
from workers import jobs
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import QUEUES, TERMS, Job, named, shown
from workers.worker import Deadlines, TipWorker


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
    totals = {row.what: row.n for row in teller.rows(Tally)}
    assert totals["job.prepare_tip.done"] == 1 and totals["job.erase_copy.done"] == 1
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
    assert depths(parts.jobs) == dict.fromkeys(map(shown, QUEUES), 0)
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


def test_the_log_of_a_job_does_not_say_which_call_it_was(
    parts: Parts, teller: Teller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "workers.jobs")
    jobs.prepare_tip(teller.tell(clip("drugs_hi")).tip_id)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "workers.jobs"]
    assert re.fullmatch(r"prepare_tip prepared in \d+ s", line)


# --- whoever can write into Redis
_FOREIGN: dict[str, tuple[str, list[object], dict[str, object]]] = {
    "another function": ("subprocess.getoutput", ["touch {proof}"], {}),
    "another function of ours": ("workers.jobs.use", ["ab" * 16], {}),
    "a path that leads elsewhere": ("workers.jobs.logging.os.system", ["touch {proof}"], {}),
    "an argument that is no id": ("workers.jobs.route_tip", ["../x"], {}),
    "an id with a line's end": ("workers.jobs.route_tip", ["ab" * 16 + "\n"], {}),
    "two arguments": ("workers.jobs.route_tip", ["ab" * 16, "ab" * 16], {}),
    "no argument": ("workers.jobs.route_tip", [], {}),
    "a named argument": ("workers.jobs.route_tip", [], {"tip_id": "ab" * 16}),
}


@pytest.mark.parametrize("name", _FOREIGN)
def test_a_job_that_is_not_ours_is_refused_unimported(
    name: str, parts: Parts, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_run", lambda *_: pytest.fail("it was run"))
    function, args, kwargs = _FOREIGN[name]
    proof = tmp_path / "proof"
    args = [one.replace("{proof}", str(proof)) if isinstance(one, str) else one for one in args]
    _put(parts, function, args, kwargs)
    _work_as_the_crew_does(parts)
    assert "refused a job that is not ours" in caplog.text and not proof.exists()
    assert "it was run" not in caplog.text
    assert depths(parts.jobs) == dict.fromkeys(map(shown, QUEUES), 0) and not parts.jobs.waiting()


@pytest.mark.parametrize("callback", ["success", "failure", "stopped"])
def test_a_job_of_ours_with_a_callback_is_refused_and_the_callback_not_imported(
    callback: str, parts: Parts, teller: Teller, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "imported_by_rq.py").write_text(f"open({str(tmp_path / 'proof')!r}, 'w')\ndef called(*_): pass\n")
    told = teller.tell(clip("hello_hi"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        job = _put(parts, "workers.jobs.prepare_tip", [told.tip_id], {})
        parts.jobs.client.hset(job.key, f"{callback}_callback_name", "imported_by_rq.called")
        _work_as_the_crew_does(parts)
    assert "refused a job that is not ours" in caplog.text and not (tmp_path / "proof").exists()
    assert teller.tip(told).status == Status.RECEIVED


@pytest.mark.parametrize("data", [b"no json", b"[1]", b"null", b'[["x"], null, {"a": 1}, 7]'])
def test_a_job_of_no_shape_at_all_does_not_end_the_worker(data: bytes, parts: Parts, teller: Teller) -> None:
    job = _put(parts, "workers.jobs.route_tip", ["ab" * 16], {})
    parts.jobs.client.hset(job.key, "data", data)
    told = teller.tell(clip("hello_hi"))
    parts.jobs.enqueue(Job.PREPARE_TIP, told.tip_id)
    _work_as_the_crew_does(parts)
    assert teller.tip(told).status == Status.ROUTED


def _put(parts: Parts, function: str, args: list[object], kwargs: dict[str, object]) -> RqJob:
    queue = Queue("hotline-urgent", connection=parts.jobs.client, serializer=JSONSerializer)
    return queue.enqueue_call(function, args=args, kwargs=kwargs, retry=Retry(max=3))


def _work_as_the_crew_does(parts: Parts) -> None:
    worker = TipWorker(list(QUEUES), connection=parts.jobs.client, serializer=JSONSerializer, log_job_description=False)
    worker.slot, worker.deadlines = 1, Deadlines(2)
    worker.work(burst=True, logging_level="WARNING")
