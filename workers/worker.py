"""One worker of the crew: RQ's own, under its parent's eyes, doing our jobs and no others; and the clock of retries.

Never does: fork, load a model (the crew did before), or run what else somebody wrote into Redis.
"""

import contextlib
import ctypes
import logging
import mmap
import re
import struct
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import redis
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.exceptions import DeserializationError
from rq.executions import Execution
from rq.job import Job as RqJob
from rq.scheduler import RQScheduler
from rq.serializers import JSONSerializer

from models.database import now
from workers import embedded
from workers.parts import Parts
from workers.queues import QUEUES, Job

log = logging.getLogger(__name__)

JOBS_A_LIFE = 1000  # then a worker is replaced by a fresh one: what leaks is gone
_HEARTBEAT_SECONDS = 15  # by so much a worker's record in Redis may end earlier than RQ would have it
GRACE_SECONDS = 60  # over its time limit a job is stopped by an exception; if that does not help, by force
_OURS = frozenset(f"workers.jobs.{job.value}" for job in Job)
_ID = re.compile("[0-9a-f]{32}")


class Deadlines:
    """Until when each worker may be busy with its job: shared memory of parent and children, a number a slot."""

    def __init__(self, slots: int) -> None:
        self._memory = mmap.mmap(-1, 8 * slots)

    def set(self, slot: int, moment: float) -> None:
        """A moment of the monotonic clock; 0: not busy."""
        struct.pack_into("d", self._memory, 8 * slot, moment)

    def passed(self, slot: int) -> bool:
        """Whether the slot's worker should long have finished."""
        moment: float = struct.unpack_from("d", self._memory, 8 * slot)[0]
        return 0 < moment < time.monotonic()


class NotOurs(Exception):
    """A job in the queue that we never put there."""


class OwnJob(RqJob):
    """A job as RQ reads it out of Redis, but whoever can write into Redis chooses only among our own jobs.

    RQ itself calls any function of any module by name, with any arguments, and more of them as callbacks.
    """

    # RQ imports these by name, also for a job whose worker died: ours have none.
    success_callback = failure_callback = stopped_callback = None

    def restore(self, raw_data: Any) -> Any:
        """What Redis holds, without the addresses that RQ would send letters to."""
        restored = super().restore(raw_data)
        self.webhooks = []
        return restored

    def perform(self) -> Any:
        """Do it, if it is ours: NotOurs before anything of it is imported."""
        if not self.is_ours():
            log.error("refused a job that is not ours")
            self.retries_left = 0
            raise NotOurs("refused a job that is not ours")
        return super().perform()

    def is_ours(self) -> bool:
        """Whether it is one of workers.jobs with one id, and nothing else besides."""
        try:
            what, instance, args, kwargs = self.func_name, self.instance, self.args, self.kwargs
        except DeserializationError:
            return False
        return (
            what in _OURS
            and instance is None
            and isinstance(args, (list, tuple))
            and len(args) == 1
            and isinstance(args[0], str)
            and _ID.fullmatch(args[0]) is not None
            and not kwargs
            and not (self._success_callback_name or self._failure_callback_name or self._stopped_callback_name)
        )


class TipWorker(SimpleWorker):
    """RQ's worker without a fork for each job; it tells its parent until when it is busy."""

    job_class = OwnJob
    max_connection_wait_time = 5.0
    slot: int
    deadlines: Deadlines
    rest: Callable[[], None]  # lets go of what only the next job would need
    _known_until = 0.0  # until when Redis keeps the worker's record, by the monotonic clock

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[RqJob, Queue] | None:
        """The next job. One that waits already is taken at once; before waiting for another the worker rests."""
        found: tuple[RqJob, Queue] | None = super().dequeue_job_and_maintain_ttl(None)
        if found is None and timeout is not None:
            self.rest()
            _return_memory()
            found = super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
        return found

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """That this worker lives. RQ says so three times between two jobs, by three messages: only what would be news
        is sent, and in one."""
        wanted = time.monotonic() + (timeout or self.worker_ttl + 60)
        if pipeline is not None:
            super().heartbeat(timeout, pipeline)
        elif wanted > self._known_until + _HEARTBEAT_SECONDS:
            with self.connection.pipeline(transaction=False) as together:
                super().heartbeat(timeout, together)
                together.execute()
        else:
            return
        self._known_until = wanted

    def perform_job(self, job: RqJob, queue: Queue, execution: Execution) -> bool:
        """Do one job under the parent's eyes."""
        self.deadlines.set(self.slot, time.monotonic() + float(job.timeout or 0) + GRACE_SECONDS)
        try:
            return bool(super().perform_job(job, queue, execution))
        finally:
            self.deadlines.set(self.slot, 0)


class RetryClock(RQScheduler):
    """RQ's scheduler; a lock left by a killed one is taken over within seconds, not minutes."""

    @property
    def should_reacquire_locks(self) -> bool:
        return bool(self._queue_names != self.acquired_locks)


def work(parts: Parts, slot: int, deadlines: Deadlines, queues: Sequence[str]) -> None:
    """Do the jobs of these queues until asked to stop, or for as long as a worker lives."""
    worker = TipWorker(
        list(queues), connection=_reach(parts), serializer=JSONSerializer, log_job_description=False,
        default_result_ttl=0,
    )  # fmt: skip
    worker.slot, worker.deadlines, worker.rest = slot, deadlines, parts.ears.rest
    worker.work(logging_level="WARNING", max_jobs=JOBS_A_LIFE)


def move_retries(parts: Parts) -> None:
    """Bring jobs whose next try is due back into their queues, until asked to stop."""
    clock = RetryClock(list(QUEUES), connection=_reach(parts), logging_level="WARNING", serializer=JSONSerializer)
    clock.work()  # type: ignore[no-untyped-call]


def _reach(parts: Parts) -> redis.Redis:
    """A client of its own for a child, once the queue server answers; until then the tips wait in the database."""
    client = redis.Redis.from_url(embedded.url(parts.settings), socket_connect_timeout=2, health_check_interval=30)
    pause, told = 0.2, now() - timedelta(days=1)
    while True:
        try:
            client.ping()
            return client
        except redis.RedisError as fault:
            if now() - told > timedelta(seconds=30):
                told = now()
                log.warning("the queue server does not answer yet (%s): waiting", type(fault).__name__)
        time.sleep(pause)
        pause = min(pause * 1.5, 5.0)


def _return_memory() -> None:
    """Give back what a recogniser has freed: an idle worker would hold 60 MB of it (glibc only)."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
