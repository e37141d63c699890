"""How much work a tip's files may cost: at once, before its words are stored, and in all without anybody's asking.

Never does: the work, or look into a file: what a file may cost is guessed by what is known of it so far.
"""

import time
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.database import now
from models.message import OWED, Attachment, Message
from workers.lease import is_free
from workers.queues import Job

AT_ONCE_SECONDS = 60.0  # of work on files that the words of their tip wait for
HICCUPS = 3  # tries after which words no longer wait for a provider that does not hand out a file
# Seconds of work for a second of speech, when it is heard in both languages with an official model.
HEARING = 0.5
_FILMS = "video/"  # a film is put off unfetched when its sender's side called it one; any other once it is known


@dataclass
class Purse:
    """What one worker may still spend on the files of a tip before it stores the words. `sounds`: whether sounds can be
    heard here at all; `insists`: whether a file that the provider does not hand out stops the tip for now."""

    seconds: float
    sounds: bool = True
    insists: bool = True
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds that may still be spent; 0 or less: none."""
        return self.seconds - (time.monotonic() - self.began)

    def pays_for(self, attachment: Attachment) -> bool:
        """Whether to begin with a file at all."""
        return self.left() > 0 and not attachment.declared_type.lower().startswith(_FILMS)

    def pays_for_hearing(self, seconds: float) -> bool:
        """Whether a sound of so many seconds can be heard at once; then that is spent."""
        cost = HEARING * seconds
        if not self.sounds or cost > self.left():
            return False
        self.seconds -= cost
        return True


def spent(session: Session, tip_id: str) -> float:
    """Seconds of work that the files of a tip have cost so far."""
    return session.scalar(select(func.sum(col(Attachment.worked))).where(col(Attachment.tip_id) == tip_id)) or 0.0


def owed(session: Session, *, tip_id: str | None = None, limit: int = 500) -> list[tuple[Job, str]]:
    """Jobs for files that are prepared by themselves: every one that is to be fetched, and of those fetched the first
    of each tip, so that tips take turns. `tip_id`: of this tip only."""
    of_tip = () if tip_id is None else (col(Attachment.tip_id) == tip_id,)
    rows = session.execute(
        select(col(Attachment.id), col(Attachment.tip_id), col(Attachment.original))
        .join(Message, col(Message.id) == col(Attachment.message_id))
        .where(
            col(Attachment.status).in_(OWED),
            is_free(Attachment),
            (col(Attachment.retry_at).is_(None)) | (col(Attachment.retry_at) <= now()),
            *of_tip,
        )
        .order_by(col(Message.position), col(Attachment.position), col(Attachment.id))
        .limit(limit)
    ).all()
    unsealed = [(Job.FETCH_FILE, row.id) for row in rows if row.original is None]
    first = {row.tip_id: (Job.PREPARE_FILE, row.id) for row in reversed(rows) if row.original is not None}
    return [*unsealed, *first.values()]
