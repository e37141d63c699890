"""What was written and sent: an exchange of messages while it goes on, its messages, and the files that came with them.

Never does: hold a number, a profile's name, or a text as it was written: `sealed` opens for a worker only, `text` has
passed `workers.redact`. Officers' copies of files are made anew, without what a device wrote into them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Float, Integer, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database import UtcDateTime
from models.tip import new_id

# Where a file stands (Attachment.status).
WAITING = "waiting"  # nobody has looked at it
LATER = "later"  # costs much: a job of its own prepares it, and no words wait for it
HELD = "held"  # its tip has used up its minutes of work: sealed, and prepared when an officer asks for it
WANTED = "wanted"  # an officer has asked for it
READY = "ready"
QUARANTINED = "quarantined"
OWED = (LATER, WANTED)  # work that is owed to the file itself; a WAITING one is part of its tip's


class Conversation(SQLModel, table=True):
    """An exchange of messages that goes on. The row is deleted once it has been silent for long enough, and with it
    the last thing that says that two messages came from one telephone."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32, description="= Tip.conversation_key")
    who: str = Field(max_length=40, unique=True, description="channel and pseudonym of the day")
    channel: str = Field(max_length=10, description="sms or whatsapp")
    tip_id: str | None = Field(default=None, foreign_key="tip.id", ondelete="SET NULL", max_length=32, index=True)
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False), description="of the dialogue; no content")
    last_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))


class Message(SQLModel, table=True):
    """One message of a tip, in the order of telling."""

    __table_args__ = (UniqueConstraint("tip_id", "position"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    tip_id: str = Field(foreign_key="tip.id", ondelete="CASCADE", max_length=32, index=True)
    position: int = Field(description="from 1, in the order received; gaps are harmless")
    language: str = Field(max_length=2)
    sealed: bytes | None = Field(
        default=None,
        sa_column=Column(LargeBinary),
        description="UTF-8 text as written, sealed; None: none, or destroyed",
    )
    text: str | None = Field(default=None, description="anonymised, hidden words as [phone]; None: not prepared yet")
    answers: str | None = Field(
        default=None, max_length=32, description="it answers officers' questions: id of the first message that did"
    )


class Attachment(SQLModel, table=True):
    """One file, place or contact card that came with a message. The vault holds the bytes: `original` sealed for
    workers only, `shown` and `thumbnail` (made anew, without metadata) locked for officers. Names are random.

    A voice note ends as a `Recording` with a `Transcript` (`recording_id`), like a take of a call.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    tip_id: str = Field(foreign_key="tip.id", ondelete="CASCADE", max_length=32, index=True)
    message_id: str = Field(foreign_key="message.id", ondelete="CASCADE", max_length=32, index=True)
    position: int = Field(description="within its message, from 0")
    copy_id: str | None = Field(default=None, max_length=32, description="ProviderCopy.id of the file; None: no file")
    kind: str = Field(default="file", max_length=10, description="photo video voice document location contact or file")
    status: str = Field(default=WAITING, max_length=12, index=True, description="one of the words above")
    reason: str | None = Field(default=None, max_length=40, description="why quarantined: a code of workers.media")
    declared_type: str = Field(default="", max_length=100, description="as the sender's side called it; not believed")
    size: int | None = Field(default=None, description="bytes of the original; emptied when that is destroyed")
    sha256: str | None = Field(default=None, max_length=64, description="of the original as fetched; emptied likewise")
    original: str | None = Field(default=None, max_length=64, description="name in the vault; None once destroyed")
    shown: str | None = Field(default=None, max_length=64, description="name in the vault of the officers' copy")
    shown_type: str | None = Field(default=None, max_length=40, description="media type of the officers' copy")
    thumbnail: str | None = Field(default=None, max_length=64, description="name in the vault; JPEG, at most 480 px")
    seconds: float | None = Field(default=None, description="of a video, in tens")
    recording_id: str | None = Field(default=None, foreign_key="recording.id", ondelete="SET NULL", max_length=32)
    place: dict[str, float] | None = Field(
        default=None, sa_column=Column(JSON), description='of a location: {"lat", "lon"}, cut to 3 decimals (100 m)'
    )

    # --- work owed to the file alone, as in models.tip; and what it has cost so far
    lease: str | None = Field(default=None, max_length=32)
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    retry_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    problem: str | None = Field(default=None, max_length=40, description="a code of workers.problems")
    problem_detail: str | None = Field(default=None, max_length=300, description="for the operator; no content")
    worked: float = Field(
        default=0.0,
        sa_column=Column(Float, nullable=False, server_default="0"),
        description="seconds that workers were busy with it",
    )
