"""Files that cost much: films and long sounds, each a job of its own, so that no words wait for them.

First a file is fetched and sealed, so that the provider's copy can go; then it is prepared by the one slow worker of a
host, the files of one tip in turn with those of others. A tip whose files have cost its minutes of work gets no more of
them without an officer's word. Safe to run twice, or at once on two machines: the file's own lease and fence decide.
Never does: touch the tip's status, or hold up anything that was written or told.
"""

import time
from collections.abc import Callable

from sqlalchemy import update
from sqlmodel import col

from models.message import HELD, LATER, Attachment, Message
from models.tip import new_id
from workers.hearing import Heard, anonymised
from workers.lease import Lease, LeaseLost, claim_file
from workers.media import bring, purse
from workers.media.clean import clean
from workers.media.faults import Refused
from workers.parts import Parts
from workers.pipeline import Outcome, hurry_files, problem_of, send_on
from workers.queues import Job
from workers.sound import TELEPHONE_RATE


def fetch(parts: Parts, file_id: str) -> Outcome:
    """Seal one file; "sealed", "refused", "nothing" or "lost". JobProblem, already written down, when it must wait."""
    return _holding(parts, file_id, _fetch)


def prepare(parts: Parts, file_id: str) -> Outcome:
    """Bring one file to ready, quarantined or held; "brought", "held", "refused", "nothing" or "lost". JobProblem,
    already written down, when it must wait."""
    return _holding(parts, file_id, _prepare)


def _holding(parts: Parts, file_id: str, work: Callable[[Parts, Lease, Attachment], Outcome]) -> Outcome:
    lease = claim_file(parts.db, file_id, parts.settings.lease_seconds)
    if lease is None:
        return Outcome("nothing")
    began = time.monotonic()
    with lease:
        try:
            with parts.db.reading() as session:
                file = session.get_one(Attachment, file_id)
            outcome = work(parts, lease, file)
            lease.release()
        except LeaseLost:
            return Outcome("lost")
        except Exception as fault:
            problem = problem_of(fault)
            is_ours = lease.fail(problem)
            _charge(parts, file_id, time.monotonic() - began)
            if not is_ours:
                return Outcome("lost")
            raise problem from None
        except BaseException:
            lease.release()
            raise
    try:
        if outcome.audio_seconds:  # words: they may bring the tip to other officers
            send_on(parts, file.tip_id)
    finally:
        hurry_files(parts, file.tip_id)
        if file.copy_id is not None:
            parts.jobs.enqueue(Job.ERASE_COPY, file.copy_id)
    return outcome


def _fetch(parts: Parts, lease: Lease, file: Attachment) -> Outcome:
    if file.original is not None:
        return Outcome("nothing")
    bring.require_room(parts)
    try:
        bring.original(parts, lease, file)
    except Refused as refused:
        bring.keep_refused(parts, lease, file, refused.reason)
        return Outcome("refused")
    _done(parts, lease, file)
    return Outcome("sealed")


def _prepare(parts: Parts, lease: Lease, file: Attachment) -> Outcome:
    bring.require_room(parts)
    try:
        data = bring.original(parts, lease, file)
    except Refused as refused:
        bring.keep_refused(parts, lease, file, refused.reason)
        return Outcome("refused")
    with parts.db.reading() as session:
        is_over = purse.spent(session, file.tip_id) >= 60 * parts.settings.max_media_minutes
        language = session.get_one(Message, file.message_id).language
    if file.status == LATER and is_over:
        _done(parts, lease, file, HELD)
        return Outcome("held")
    began = time.monotonic()
    cleaned = clean(data, parts.settings.max_recording_seconds)
    heard: Heard | None = None
    if cleaned.samples is not None:
        lease.check()
        heard = anonymised(parts, new_id(), bring.pcm(cleaned.samples), TELEPHONE_RATE, language)
    bring.keep(parts, lease, file.id, cleaned, time.monotonic() - began, heard)
    if heard is None:
        return Outcome("brought")
    return Outcome("brought", heard.seconds, heard.transcription_ms)


def _done(parts: Parts, lease: Lease, file: Attachment, status: str | None = None) -> None:
    """A step is done, and nothing stands in the way any more."""
    with parts.db.session() as session:
        lease.fence(session)
        row = session.get_one(Attachment, file.id)
        row.status = status or row.status
        bring.clear(row)


def _charge(parts: Parts, file_id: str, seconds: float) -> None:
    """What failed has cost its tip all the same: a file that breaks every try is not tried for ever."""
    with parts.db.begin() as connection:
        connection.execute(
            update(Attachment).where(col(Attachment.id) == file_id).values(worked=col(Attachment.worked) + seconds)
        )
