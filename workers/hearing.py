"""One take, from the provider's copy to anonymised words and a disguised listening copy.

Never does: change a tip's status, decide what is erased, or let a word out that has not passed `redact`.
"""

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.recording import ProviderCopy, Recording, Transcript
from workers import ledger, sound
from workers.lease import Lease
from workers.outside.disguise import disguise
from workers.outside.telephony import NotReady, TooLarge
from workers.outside.vault import NotInVault
from workers.parts import Parts
from workers.problems import JobProblem
from workers.redact import redact
from workers.understanding import Understanding, understand


@dataclass(frozen=True)
class Heard:
    """What came of one take; nothing of it names or sounds like the caller."""

    recording_id: str
    seconds: float  # of the true sound: for the speed of this worker, never stored beside the tip
    length: int  # of the disguised copy, roughly
    silent: bool
    text: str
    words: list[dict[str, Any]]
    confidence: float
    language: str
    chosen_language: str
    model: str
    listening: bytes
    transcription_ms: int  # processor time

    def transcript(self, tip_id: str) -> Transcript:
        """The row to store."""
        return Transcript(
            recording_id=self.recording_id,
            tip_id=tip_id,
            language=self.language,
            chosen_language=self.chosen_language,
            model=self.model[:80],
            confidence=self.confidence,
            text=self.text,
            words=self.words,
        )


def hear(parts: Parts, lease: Lease, language: str, copy: ProviderCopy) -> Heard:
    """Work one take through. Its original is sealed and recorded before anything else is done with it."""
    recording_id, samples, rate = _samples(parts, lease, copy)
    lease.check()
    return anonymised(parts, recording_id, samples, rate, language)


def anonymised(parts: Parts, recording_id: str, samples: sound.Pcm, rate: int, chosen: str) -> Heard:
    """Words and listening copy of these samples. `chosen`: the caller's language; the one understood may be another."""
    silent = sound.is_silent(samples)
    began = time.process_time()
    if silent:
        understood = Understanding([], chosen, parts.ears.model_name(chosen), 0.0)
    else:
        understood = understand(parts.ears, samples, rate, chosen, parts.settings.language_doubt)
    took = time.process_time() - began
    redaction = redact(understood.words, understood.language)
    listening, when = disguise(samples, rate, redaction.spans())
    shown = [{**word, "start": when(word["start"]), "end": when(word["end"])} for word in redaction.words()]
    return Heard(
        recording_id=recording_id,
        seconds=len(samples) / rate,
        length=sound.about(len(listening) / rate),
        silent=silent,
        text=redaction.text(),
        words=shown,
        confidence=understood.confidence,
        language=understood.language,
        chosen_language=chosen,
        model=understood.model,
        listening=sound.wav(listening, rate),
        transcription_ms=round(1000 * took),
    )


def recording_of(session: Session, tip_id: str, take: int) -> Recording | None:
    """What is kept of a take."""
    return session.scalars(
        select(Recording).where(col(Recording.tip_id) == tip_id, col(Recording.take) == take)
    ).first()


def _samples(parts: Parts, lease: Lease, copy: ProviderCopy) -> tuple[str, sound.Pcm, int]:
    """The recording's id, its samples and their rate: from the vault when they are there, else from the provider."""
    with parts.db.reading() as session:
        kept = recording_of(session, lease.row_id, copy.take)
    if kept is not None and kept.original is not None:
        try:
            samples, rate = sound.decode(parts.vault.original(kept.original))
        except NotInVault:
            if copy.sid is None:
                raise
        else:
            return kept.id, samples, rate
    if copy.sid is None:
        raise JobProblem("media_lost", "the recording is neither in the media store nor at the provider")
    if copy.seconds is not None and copy.seconds > parts.settings.max_recording_seconds:
        raise TooLarge(f"{copy.seconds} s of sound were announced")
    data = _fetched(parts, copy.sid)
    sound.check_wav(data, may_be_empty=copy.seconds == 0 or data is sound.NOTHING)
    samples, rate = sound.decode(data)
    return _keep(parts, lease, copy.take, data), samples, rate


def _fetched(parts: Parts, sid: str) -> bytes:
    """The provider's bytes; those of an empty sound when the provider says that there never was one."""
    try:
        return parts.telephony.recording(sid)
    except NotReady:
        if ledger.has_sound(parts.telephony.recording_info(sid)):
            raise
        return sound.NOTHING


def _keep(parts: Parts, lease: Lease, take: int, data: bytes) -> str:
    """Seal the original and record it, at most once a take; the recording's id."""
    name = parts.vault.put_original(data)
    try:
        with parts.db.session(durable=False) as session:  # the provider's copy stays until its words are stored
            lease.fence(session)
            row = recording_of(session, lease.row_id, take) or Recording(
                tip_id=lease.row_id, take=take, seconds=0, sha256=""
            )
            row.sha256, row.original = hashlib.sha256(data).hexdigest(), name
            session.add(row)
    except BaseException:
        parts.vault.destroy(name)
        raise
    return row.id
