"""Table of contents: one thin function a job, an id of ours in. RQ finds them by name (workers.queues.Job).

What leaves a job by exception goes to Redis and to logs as a traceback: so only a JobProblem leaves, cut off from
what caused it, without ids or content.
Never does: the work itself; return a result (RQ would keep it).
"""

import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from workers import count, forget, late_files, pipeline, redo
from workers.parts import Parts
from workers.pipeline import Outcome
from workers.problems import JobProblem
from workers.queues import Job
from workers.sound import about

log = logging.getLogger(__name__)
_parts: Parts | None = None


def use(parts: Parts) -> None:
    """Hand in what the jobs of this process work with (workers.crew does, before the first job)."""
    global _parts
    _parts = parts


def prepare_tip(tip_id: str) -> None:
    """Fetch, transcribe, anonymise, store; then route."""
    _run(Job.PREPARE_TIP, lambda parts: pipeline.prepare(parts, tip_id))


def fetch_file(file_id: str) -> None:
    """Seal a file that is prepared by itself, so that the provider's copy can go."""
    _run(Job.FETCH_FILE, lambda parts: late_files.fetch(parts, file_id))


def prepare_file(file_id: str) -> None:
    """Prepare one film or long sound, unless its tip has had its share."""
    _run(Job.PREPARE_FILE, lambda parts: late_files.prepare(parts, file_id))


def route_tip(tip_id: str) -> None:
    """Bring a prepared tip to its offices; again when facts arrived late."""
    _run(Job.ROUTE_TIP, lambda parts: Outcome("routed" if pipeline.send_on(parts, tip_id) else "nothing"))


def erase_copy(copy_id: str) -> None:
    """Erase one object at the provider."""
    _run(Job.ERASE_COPY, lambda parts: Outcome(forget.erase_copy(parts, copy_id)))


def look_for_recordings(copy_id: str) -> None:
    """Ask the provider whether a call that left no tip was recorded after all."""
    _run(Job.LOOK_FOR_RECORDINGS, lambda parts: Outcome(forget.look_for_recordings(parts, copy_id)))


def redo_transcript(recording_id: str) -> None:
    """Make the words of a take again with the models in use."""
    _run(Job.REDO_TRANSCRIPT, lambda parts: redo.redo(parts, recording_id))


def _run(job: Job, work: Callable[[Parts], Outcome]) -> None:
    if _parts is None:
        raise JobProblem("unexpected", "this worker has no parts: start it with `./hotline worker`")
    began = time.monotonic()
    problem: JobProblem | None = None
    outcome = Outcome("problem")
    try:
        outcome = work(_parts)
    except Exception as fault:
        problem = pipeline.problem_of(fault)
    took = time.monotonic() - began
    # Whole seconds and no length of the sound: with a telephone company's list they would say which call this was.
    log.log(logging.WARNING if problem else logging.INFO, "%s %s in %.0f s", job, problem or outcome.what, took)
    _count(_parts, job, outcome, problem)
    if problem is not None:
        raise problem from None


def _count(parts: Parts, job: Job, outcome: Outcome, problem: JobProblem | None) -> None:
    result = "problem" if problem else "nothing" if outcome.what in ("nothing", "not_yet", "lost") else "done"
    tallies = {f"job.{job}.{result}": 1}
    if problem is not None:
        tallies[f"problem.{problem.code}"[:32]] = 1
    if outcome.audio_seconds:
        # Roughly: on a quiet day the tally is the length of one call.
        worked = 1000 * max(1, round(outcome.transcription_ms / 1000))
        tallies |= {"audio_seconds": about(outcome.audio_seconds), "transcription_ms": worked}
    try:
        with parts.db.begin(durable=False) as connection:
            count.add_all(connection, tallies)
    except SQLAlchemyError as fault:
        log.warning("the tally of a job could not be written (%s)", type(fault).__name__)
