"""Names of jobs, their urgency, time limits and retries: one table; and the one way to enqueue.

Redis only hurries: a job that is lost here is found again in the database by the sweep. So enqueueing never raises
and, from a web process, never waits: a courier thread carries it.
Never does: put anything but a job's name and one id of ours into Redis. Never imports the jobs themselves.
"""

import logging
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from queue import SimpleQueue
from typing import NamedTuple

import redis
from rq import Queue, Retry
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

PREFIX = "hotline-"  # RQ keeps queues by their bare names: on a Redis shared with others these are ours alone
_URGENT, _NORMAL, _LOW = (PREFIX + name for name in ("urgent", "normal", "low"))
HURRIED = (_URGENT, _NORMAL, _LOW)  # workers empty them in this order
SLOW = PREFIX + "slow"  # minutes of work a job: one worker of its own a host empties it, and gives way to all others
QUEUES = (*HURRIED, SLOW)
_URGENCY_QUEUE = {"U1": _URGENT, "U2": _URGENT, "U3": _NORMAL, "U4": _NORMAL}


class Job(StrEnum):
    """Every job there is; the value is its function in workers.jobs."""

    PREPARE_TIP = "prepare_tip"
    FETCH_FILE = "fetch_file"
    PREPARE_FILE = "prepare_file"
    ROUTE_TIP = "route_tip"
    ERASE_COPY = "erase_copy"
    LOOK_FOR_RECORDINGS = "look_for_recordings"
    REDO_TRANSCRIPT = "redo_transcript"


@dataclass(frozen=True)
class Terms:
    """How a job is treated: its queue (None: by urgency), its time limit in seconds, the pauses before its retries
    (none: its row says when to try again, and the sweep alone sends it)."""

    queue: str | None
    timeout: int
    retry_after: tuple[int, ...]


TERMS: dict[Job, Terms] = {
    # A recording is often not ready at once (404): the first retries are close together.
    Job.PREPARE_TIP: Terms(None, 900, (2, 5, 10, 30, 60, 300)),
    # Retries of files are the sweep's, too: no words wait for them. One film takes 20 minutes at the very worst.
    Job.FETCH_FILE: Terms(_LOW, 300, ()),
    Job.PREPARE_FILE: Terms(SLOW, 1800, ()),
    Job.ROUTE_TIP: Terms(None, 60, (2, 10, 60)),
    # A retry that waits in Redis would keep the sweep from sending it at the hour that the ledger says.
    Job.ERASE_COPY: Terms(_LOW, 60, ()),
    Job.LOOK_FOR_RECORDINGS: Terms(_LOW, 120, (30, 60, 300)),
    Job.REDO_TRANSCRIPT: Terms(_LOW, 900, (15, 60, 300)),
}


class Letter(NamedTuple):
    """One job to be sent: which, for which row of ours, and how urgent (None: as others)."""

    job: Job
    subject_id: str
    urgency: str | None = None


def shown(queue: str) -> str:
    """A queue's name for people: "urgent", "normal", "low" or "slow"."""
    return queue.removeprefix(PREFIX)


def named(job_id: str) -> tuple[Job, str] | None:
    """The job and the id of ours that a queue's job id was made of; None when it is not one of ours."""
    name, _, rest = job_id.partition("-")
    return (Job(name), rest.partition("-")[0]) if name in set(Job) and rest else None


def connect(url: str) -> redis.Redis:
    """A client that gives up quickly: nobody waits for Redis."""
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=30, health_check_interval=30)


class JobQueue:
    """Enqueues by name. One instance a process."""

    SILENT_SECONDS = 30  # between two log lines that say the same of an absent queue server

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self._silent_until = 0.0
        self._queues = {name: Queue(name, connection=client, serializer=JSONSerializer) for name in QUEUES}

    def enqueue(self, job: Job, subject_id: str, *, urgency: str | None = None) -> bool:
        """Put one job for one row of ours into Redis; False (said in the log now and then) when Redis is silent."""
        return self.enqueue_all([Letter(job, subject_id, urgency)])

    def enqueue_all(self, letters: Iterable[Letter]) -> bool:
        """Put several jobs into Redis by one transaction, all or none of them."""
        try:
            with self.client.pipeline() as together:
                for letter in letters:
                    self._add(letter, together)
                together.execute()
        except redis.RedisError as fault:
            if time.monotonic() >= self._silent_until:
                self._silent_until = time.monotonic() + self.SILENT_SECONDS
                log.warning("queue unreachable (%s): jobs are left to the sweep", type(fault).__name__)
            return False
        return True

    def _add(self, letter: Letter, together: redis.client.Pipeline) -> None:
        terms = TERMS[letter.job]
        self._queues[terms.queue or _URGENCY_QUEUE.get(letter.urgency or "", _NORMAL)].enqueue(
            f"workers.jobs.{letter.job.value}",
            letter.subject_id,
            job_id=f"{letter.job.value}-{letter.subject_id}-{secrets.token_hex(4)}",
            job_timeout=terms.timeout,
            retry=Retry(len(terms.retry_after), list(terms.retry_after)) if terms.retry_after else None,
            result_ttl=0,
            failure_ttl=24 * 3600,
            pipeline=together,
        )

    def waiting(self) -> set[tuple[Job, str]]:
        """What waits already: in a queue, or for the hour of its next try. Empty when Redis does not answer."""
        found: set[tuple[Job, str]] = set()
        try:
            for queue in self._queues.values():
                for job_id in (*queue.get_job_ids(), *queue.scheduled_job_registry.get_job_ids(cleanup=False)):
                    if (one := named(job_id)) is not None:
                        found.add(one)
        except redis.RedisError as fault:
            log.warning("queue unreachable (%s): nobody knows what waits", type(fault).__name__)
        return found


class Courier:
    """Enqueues from a thread of its own, so that a webhook waits for no network but the database."""

    LIMIT = 10_000
    # Letters that are handed over within these seconds go together: to send one costs as much as to send four, and a
    # worker takes seconds for each.
    GATHERING = 0.05
    MOST = 100  # letters a walk

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs
        self._letters: SimpleQueue[Letter] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def enqueue(self, job: Job, subject_id: str, *, urgency: str | None = None) -> None:
        """Hand over and return at once. With a courier overwhelmed the letter is dropped: the sweep finds the row."""
        if self._letters.qsize() < self.LIMIT:
            self._letters.put(Letter(job, subject_id, urgency))
            self._ensure_running()

    def _ensure_running(self) -> None:
        # Started on first use, not on construction: web servers fork after building the app.
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._carry, name="courier", daemon=True)
                    self._thread.start()

    def _carry(self) -> None:
        while True:
            letters = [self._letters.get()]
            time.sleep(self.GATHERING)
            letters += [self._letters.get() for _ in range(min(self._letters.qsize(), self.MOST))]
            self._jobs.enqueue_all(letters)
