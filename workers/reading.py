"""What was written and sent with a tip: its messages become words that officers may read, its voice notes are heard.

Never does: change a tip's status, decide what is erased, or let a word out that has not passed `redact`.
"""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.message import Attachment, Message
from models.recording import Recording, Transcript
from models.tip import Tip
from workers import sound
from workers.hearing import Heard, anonymised
from workers.media import bring
from workers.parts import Parts
from workers.redact.typed import redact_written


@dataclass(frozen=True)
class Note:
    """A voice note that is kept and not yet heard: its recording's id and take, its sound in the vault, the language
    of its message."""

    recording_id: str
    take: int
    original: str
    language: str


@dataclass(frozen=True)
class Unread:
    """What of a tip nobody has worked through: files, voice notes, messages (ids)."""

    files: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.files or self.notes or self.messages)


def unread(session: Session, tip: Tip) -> Unread:
    """Everything written or sent that is not prepared yet."""
    messages = session.scalars(
        select(col(Message.id))
        .where(col(Message.tip_id) == tip.id, col(Message.text).is_(None), col(Message.sealed).is_not(None))
        .order_by(col(Message.position))
    )
    notes = session.execute(
        select(col(Recording.id), col(Recording.take), col(Recording.original), col(Message.language))
        .join(Attachment, col(Attachment.recording_id) == col(Recording.id))
        .join(Message, col(Message.id) == col(Attachment.message_id))
        .outerjoin(Transcript, col(Transcript.recording_id) == col(Recording.id))
        .where(
            col(Recording.tip_id) == tip.id,
            col(Recording.original).is_not(None),
            col(Transcript.recording_id).is_(None),
        )
        .order_by(col(Recording.take))
    )
    return Unread(bring.waiting(session, tip.id), [Note(*row) for row in notes], list(messages))


def is_anything_written(session: Session, tip: Tip) -> bool:
    """Whether the tip has a message at all."""
    return bool(session.scalar(select(func.count()).where(col(Message.tip_id) == tip.id)))


def read(parts: Parts, message_id: str) -> str:
    """The anonymised words of one message. CannotOpen when seal.key is another one."""
    with parts.db.reading() as session:
        message = session.get_one(Message, message_id)
    written = parts.keys.unseal(message.sealed or b"").decode("utf-8", errors="replace")
    return redact_written(written, message.language)


def hear_note(parts: Parts, note: Note) -> Heard:
    """The words of a voice note, and what officers may hear of it."""
    samples, rate = sound.decode(parts.vault.original(note.original))
    return anonymised(parts, note.recording_id, samples, rate, note.language)
