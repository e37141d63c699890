"""One file of a tip, from the provider's copy to what officers may see: fetch, seal, clean, store.

Its original is sealed and recorded before anything else is done with it: a worker that dies then needs the provider no
more. What came of it is stored at once, so that a tip with ten photos does not begin again at the first. What costs
more than its tip's words should wait for is put off: see late_files.
Never does: let a bad file stop its tip (it is quarantined, with a reason), or open a foreign byte itself.
"""

import hashlib
import time
from datetime import timedelta

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from models.database import now
from models.installation import holds
from models.message import LATER, QUARANTINED, READY, WAITING, Attachment, Message
from models.recording import ProviderCopy, Recording
from models.tip import Tip
from workers import sound
from workers.hearing import Heard
from workers.lease import Lease
from workers.ledger import ANSWER
from workers.media.clean import Cleaned, clean
from workers.media.faults import EMPTY, GONE, TOO_LARGE, Refused
from workers.media.kinds import FILM, SOUND, kind_of
from workers.media.purse import Purse
from workers.outside.refusals import Elsewhere
from workers.outside.telephony import NotReady, ProviderFault, TooLarge
from workers.outside.vault import NotInVault, VaultFull
from workers.parts import Parts
from workers.routing import ROUTABLE, address

PATIENCE = timedelta(hours=2)  # after it, a file that the provider does not know will not come any more
# Takes of calls are counted from 1 as they are told; a voice note sent to such a tip must never take their place.
_NOTES_OF_CALLS = 1000


def waiting(session: Session, tip_id: str) -> list[str]:
    """The ids of a tip's files that nobody has looked at yet, in their order."""
    return list(
        session.scalars(
            select(col(Attachment.id))
            .join(Message, col(Message.id) == col(Attachment.message_id))
            .where(col(Attachment.tip_id) == tip_id, col(Attachment.status) == WAITING)
            .order_by(col(Message.position), col(Attachment.position))
        )
    )


def bring(parts: Parts, lease: Lease, attachment_id: str, purse: Purse) -> None:
    """Bring one waiting file to ready or quarantined, or put it off. `lease`: its tip's. ProviderFault or VaultFault:
    try again later; LeaseLost."""
    with parts.db.reading() as session:
        attachment = session.get_one(Attachment, attachment_id)
    if not purse.pays_for(attachment) or not (_is_spoken(attachment) or _has_room(parts)):
        return _put_off(parts, lease, attachment_id)
    began = time.monotonic()
    try:
        data = original(parts, lease, attachment)
    except Refused as refused:
        return keep_refused(parts, lease, attachment, refused.reason)
    except ProviderFault:
        if purse.insists:
            raise
        return _put_off(parts, lease, attachment_id)
    lease.check()
    kind = kind_of(data).kind
    if kind == FILM or (kind == SOUND and not purse.sounds):
        return _put_off(parts, lease, attachment_id)
    cleaned = clean(data, parts.settings.max_recording_seconds)
    if cleaned.samples is not None and not purse.pays_for_hearing(cleaned.seconds or 0.0):
        return _put_off(parts, lease, attachment_id)
    return keep(parts, lease, attachment_id, cleaned, time.monotonic() - began)


def require_room(parts: Parts) -> None:
    """VaultFull when what is left of the disk is kept for calls: then nothing is fetched or made of any file."""
    parts.vault.room_for_files(parts.settings.disk_reserve_mb)


def _is_spoken(attachment: Attachment) -> bool:
    """Whether it may be a tip by itself: a voice note is small, and has the room that words have."""
    return (attachment.declared_type or "").startswith("audio/")


def _has_room(parts: Parts) -> bool:
    try:
        require_room(parts)
    except VaultFull:
        return False
    return True


def _put_off(parts: Parts, lease: Lease, attachment_id: str) -> None:
    with parts.db.session() as session:
        lease.fence(session)
        session.get_one(Attachment, attachment_id).status = LATER


def original(parts: Parts, lease: Lease, attachment: Attachment) -> bytes:
    """The file as it was sent: from the vault when it is there, else from the provider, and then sealed first. Refused
    when there is none; ProviderFault, VaultFault, LeaseLost."""
    with parts.db.reading() as session:
        copy = session.get(ProviderCopy, attachment.copy_id) if attachment.copy_id else None
    there = copy is not None and copy.sid is not None and (copy.parent is not None or copy.kind == ANSWER)
    if attachment.original is not None:
        try:
            return parts.vault.original(attachment.original)
        except NotInVault:
            if not there:
                raise
    if copy is None or copy.sid is None or not there:
        raise Refused(GONE)
    try:
        data = _fetched(parts, copy)
    except TooLarge:
        raise Refused(TOO_LARGE) from None
    except NotReady:
        with parts.db.read() as connection:
            is_here = holds(connection, parts.keys, parts.settings.twilio_account_sid, copy.heard_at)
        if not is_here:
            raise Elsewhere("it was heard of when another account was set, and lies there") from None
        if copy.heard_at > now() - PATIENCE:
            raise
        raise Refused(GONE) from None
    if not data:
        raise Refused(EMPTY)
    _seal(parts, lease, attachment.id, data)
    return data


def _fetched(parts: Parts, copy: ProviderCopy) -> bytes:
    """The provider's bytes: a file of a message, or what was said in answer on a call."""
    if copy.kind == ANSWER:
        return parts.telephony.recording(copy.sid or "")
    return parts.telephony.media(copy.parent or "", copy.sid or "")


def _seal(parts: Parts, lease: Lease, attachment_id: str, data: bytes) -> None:
    name = parts.vault.put_original(data)
    try:
        with parts.db.session() as session:
            lease.fence(session)
            row = session.get_one(Attachment, attachment_id)
            row.original, row.size, row.sha256 = name, len(data), hashlib.sha256(data).hexdigest()
    except BaseException:
        parts.vault.destroy(name)
        raise


def keep_refused(parts: Parts, lease: Lease, attachment: Attachment, reason: str) -> None:
    """A file that cannot be had at all."""
    keep(parts, lease, attachment.id, Cleaned(attachment.kind, quarantined=True, reason=reason), 0.0)


def keep(
    parts: Parts, lease: Lease, attachment_id: str, cleaned: Cleaned, worked: float, heard: Heard | None = None
) -> None:
    """The officers' copies into the vault, and everything about them into the rows, at most once. `worked`: seconds
    that it took; `heard`: what was said in it, if that is known already."""
    written: list[str] = []

    def put(data: bytes | None) -> str | None:
        if data is None:
            return None
        written.append(parts.vault.put_listening(data))
        return written[-1]

    try:
        shown, thumbnail = put(cleaned.shown), put(cleaned.thumbnail)
        listening = put(heard.listening) if heard is not None else None
        recording = _recording(parts, cleaned.samples, written) if cleaned.samples is not None else None
        with parts.db.session() as session:
            lease.fence(session)
            row = session.get_one(Attachment, attachment_id)
            if recording is not None:
                recording.tip_id, recording.take = row.tip_id, _next_take(session, row.tip_id)
                if heard is not None:
                    recording.id, recording.listening = heard.recording_id, listening
                    recording.seconds = heard.length
                session.add(recording)
                session.flush()
                row.recording_id = recording.id
                if heard is not None:
                    session.add(heard.transcript(row.tip_id))
                    _address_anew(parts, session, row.tip_id)
            row.kind, row.status = cleaned.kind, QUARANTINED if cleaned.quarantined else READY
            # Of a voice note no length: its recording has that of the disguised copy.
            row.reason = cleaned.reason
            row.seconds = sound.about(cleaned.seconds) if cleaned.seconds and recording is None else None
            row.shown, row.shown_type, row.thumbnail = shown, cleaned.shown_type, thumbnail
            row.worked += worked
            clear(row)
    except BaseException:
        for name in written:
            parts.vault.destroy(name)
        raise


def _address_anew(parts: Parts, session: Session, tip_id: str) -> None:
    """In the same moment as officers see new words, those lose the tip who may not: the words may accuse them."""
    session.flush()
    tip = session.get_one(Tip, tip_id, with_for_update=True)
    if tip.status in ROUTABLE:
        address(session, tip, parts)


def clear(row: Attachment) -> None:
    """Nothing stands in the way of a file any more."""
    row.attempts, row.retry_at, row.problem, row.problem_detail = 0, None, None, None


def pcm(samples: bytes) -> sound.Pcm:
    """Samples as they come out of a cell."""
    return np.frombuffer(samples, dtype="<i2").astype(np.int16)


def _recording(parts: Parts, samples: bytes, written: list[str]) -> Recording:
    """A voice note as a take. Its original is the WAV we made: whoever hears it again need not open the file sent."""
    wav = sound.wav(pcm(samples), sound.TELEPHONE_RATE)
    written.append(parts.vault.put_original(wav))
    return Recording(tip_id="", take=0, seconds=0, sha256=hashlib.sha256(wav).hexdigest(), original=written[-1])


def _next_take(session: Session, tip_id: str) -> int:
    first = _NOTES_OF_CALLS if session.get_one(Tip, tip_id).channel == "voice" else 0
    last = session.scalar(select(func.max(col(Recording.take))).where(col(Recording.tip_id) == tip_id)) or 0
    return max(first, last) + 1
