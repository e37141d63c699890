"""Transcripts made with another model than the one in use are made again, from the sealed originals.

Words and listening copy change together (hidden words are silenced in the one at the times of the other), in one
transaction, and only if nobody else changed them meanwhile: so it may run twice, or at once on two hosts.
Never does: move a tip's status, send it to other offices, or leave a take without its old words when it fails.
"""

from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.database import hour, now
from models.lifecycle import Status
from models.officer import Trail
from models.recording import Recording, Transcript
from models.tip import Tip
from workers import sound
from workers.hearing import Heard, anonymised
from workers.parts import Parts
from workers.pipeline import Outcome
from workers.problems import JobProblem


class _Overtaken(Exception):
    """Somebody else made it again, or its time was over."""


def redo(parts: Parts, recording_id: str) -> Outcome:
    """Make one take's transcript again; "nothing" when it is up to date, gone, or its original destroyed."""
    if parts.ears.outdated():
        raise JobProblem("models_changing")
    with parts.db.read() as connection:
        old = connection.execute(
            select(
                col(Recording.tip_id), col(Recording.original), col(Recording.listening),
                col(Transcript.language), col(Transcript.chosen_language), col(Transcript.model),
            )
            .join(Transcript, col(Transcript.recording_id) == col(Recording.id))
            .join(Tip, col(Tip.id) == col(Recording.tip_id))
            .where(col(Recording.id) == recording_id, col(Tip.status) != Status.DISCARDED.value)
        ).first()  # fmt: skip
    if old is None or old.original is None or old.model == parts.ears.model_name(old.language):
        return Outcome("nothing")
    samples, rate = sound.decode(parts.vault.original(old.original))
    heard = anonymised(parts, recording_id, samples, rate, old.chosen_language or old.language)
    written = parts.vault.put_listening(heard.listening)
    try:
        with parts.db.session() as session:
            _store(session, old, heard, written)
    except BaseException as fault:
        parts.vault.destroy(written)
        if isinstance(fault, _Overtaken):
            return Outcome("nothing")
        raise
    if old.listening is not None:
        parts.vault.destroy(old.listening)
    return Outcome("redone", heard.seconds, heard.transcription_ms)


def _store(session: Session, old: Any, heard: Heard, written: str) -> None:
    """Put the new words in the place of the old; _Overtaken when those are no longer there."""
    there = update(Recording).where(col(Recording.id) == heard.recording_id, col(Recording.original).is_not(None))
    listening = col(Recording.listening)
    same = listening.is_(None) if old.listening is None else listening == old.listening
    swapped = session.connection().execute(there.where(same).values(listening=written, seconds=heard.length))
    row = heard.transcript(old.tip_id)
    changed = session.connection().execute(
        update(Transcript)
        .where(col(Transcript.recording_id) == heard.recording_id, col(Transcript.model) == old.model)
        .values(
            language=row.language, chosen_language=row.chosen_language, model=row.model, confidence=row.confidence,
            text=row.text, words=row.words,
        )
    )  # fmt: skip
    if swapped.rowcount != 1 or changed.rowcount != 1:
        raise _Overtaken
    # The trail stays for ever: its time is cut to the hour.
    session.add(Trail(tip_id=old.tip_id, what="redo", at=hour(now())))
