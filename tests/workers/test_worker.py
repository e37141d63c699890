"""One worker of the crew between its jobs: when it rests, and what it tells Redis of itself."""

import secrets
import threading
import time
from types import SimpleNamespace

import pytest
from rq import Queue
from rq.executions import Execution
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from workers import jobs, worker
from workers.parts import Parts
from workers.queues import HURRIED, Job
from workers.worker import Deadlines, TipWorker


class _Counting(TipWorker):
    done = 0

    def perform_job(self, job: RqJob, queue: Queue, execution: Execution) -> bool:
        self.done += 1
        return super().perform_job(job, queue, execution)


@pytest.fixture
def rests(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many jobs were done when the worker rested, each time."""
    monkeypatch.setattr(jobs, "_parts", parts)
    return []


@pytest.fixture
def tip_worker(parts: Parts, rests: list[int]) -> TipWorker:
    made = _Counting(list(HURRIED), connection=parts.jobs.client, serializer=JSONSerializer, log_job_description=False)
    made.slot, made.deadlines = 0, Deadlines(1)
    made.rest = lambda: rests.append(made.done)
    return made


def _enqueue(parts: Parts) -> None:
    assert parts.jobs.enqueue(Job.ERASE_COPY, secrets.token_hex(16))  # unknown: done at once


def test_it_rests_before_it_waits_and_not_between_jobs_that_wait(
    parts: Parts, tip_worker: TipWorker, rests: list[int]
) -> None:
    for _ in range(3):
        _enqueue(parts)

    def later() -> None:
        while not rests:
            time.sleep(0.01)
        _enqueue(parts)

    threading.Thread(target=later, daemon=True).start()
    tip_worker.work(max_jobs=4, logging_level="WARNING")
    assert rests == [3]
    assert parts.jobs.waiting() == set()


def test_that_it_lives_is_told_again_only_when_that_is_news(
    parts: Parts, tip_worker: TipWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 1000.0
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: clock))
    redis, usual = parts.jobs.client, tip_worker.worker_ttl + 60
    tip_worker.register_birth()

    def told() -> bool:
        redis.expire(tip_worker.key, 5)
        tip_worker.heartbeat()
        return redis.ttl(tip_worker.key) > 5

    assert told() and redis.ttl(tip_worker.key) == usual
    assert not told()
    clock += 14
    assert not told()
    clock += 2
    assert told()
    with redis.pipeline() as together:
        tip_worker.heartbeat(60, together)  # a short job begins: its end would come too soon for one that waits
        together.execute()
    assert redis.ttl(tip_worker.key) == 60
    assert told() and redis.ttl(tip_worker.key) == usual
