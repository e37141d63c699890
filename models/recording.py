"""Sound: what lies at the provider until it is gone, what we keep of it, and the words heard in it.

Never does: hold the words as spoken. Every stored word has passed `workers.redact`; hidden words are gaps.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, UniqueConstraint, and_
from sqlmodel import Field, SQLModel, col

from models.database import UtcDateTime, now
from models.tip import new_id

# A take whose words are less sure than this in the mean goes to a human listener first: the console says so in the
# list and on the tip's page. Measured with the starter models: right words have 0.97 on average, wrong ones 0.74.
LISTEN_FIRST = 0.8


class ProviderCopy(SQLModel, table=True):
    """The erasure ledger: one row for each object of an informant's that the telephone provider holds.

    Written when we first hear of the object; `due_at` is set once it may go (its content is safely ours, or nobody
    wants it); `erased_at` once the provider confirmed, and then the ids are emptied. Rows with neither are work owed.
    """

    __tablename__ = "provider_copy"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    sid_key: str = Field(max_length=32, unique=True, description="keyed hash of the provider's id: the atomic claim")
    sid: str | None = Field(default=None, max_length=34, description="the provider's id; emptied once erased")
    parent: str | None = Field(
        default=None, max_length=34, description="of media: their message's id; emptied likewise"
    )
    kind: str = Field(
        max_length=10, description="recording, call, message, media, reply (a message of ours) or answer (a recording)"
    )
    conversation_key: str = Field(max_length=32, index=True)
    take: int = Field(default=0, description="which recording of the conversation, from 1; 0: not a recording")
    language: str | None = Field(default=None, max_length=2, description="language chosen when it was told")
    seconds: int | None = Field(default=None, description="as announced by the provider; emptied once erased")
    heard_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    due_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime, index=True))
    erased_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    attempts: int = Field(default=0)
    retry_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    problem: str | None = Field(default=None, max_length=200, description="the provider's last refusal; no content")


def overdue(hours: int) -> ColumnElement[bool]:
    """The condition that the provider still holds what we heard of more than `hours` ago, released for erasure or
    not. One definition, for the metrics, the doctor, the console and the workers."""
    return and_(col(ProviderCopy.erased_at).is_(None), col(ProviderCopy.heard_at) < now() - timedelta(hours=hours))


class Recording(SQLModel, table=True):
    """What we keep of one take. The media store holds the bytes: `original` sealed for workers only, `listening`
    (disguised, hidden words silenced) locked for officers. Both names are random."""

    __table_args__ = (UniqueConstraint("tip_id", "take"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    tip_id: str = Field(foreign_key="tip.id", ondelete="CASCADE", max_length=32, index=True)
    take: int
    seconds: float = Field(description="of the listening copy, in tens; 0: none yet, or not known")
    sha256: str = Field(max_length=64, description="of the sound as fetched; empty once the original is destroyed")
    original: str | None = Field(default=None, max_length=64, description="name in the vault; None once destroyed")
    listening: str | None = Field(default=None, max_length=64)


class Doomed(SQLModel, table=True):
    """An object of the vault that no other row names any more, until it is destroyed. Only ever for a moment: the row
    is left when whoever destroys is killed, and the next one goes on with it."""

    name: str = Field(primary_key=True, max_length=64)


class Transcript(SQLModel, table=True):
    """The anonymised words of one take.

    `words`: [{"w": "नशा", "start": 1.23, "end": 1.5, "conf": 0.97}, {"hidden": "phone", "start": 2.0, "end": 4.1}],
    times in seconds of the *listening* copy, in spoken order.
    """

    recording_id: str = Field(primary_key=True, foreign_key="recording.id", ondelete="CASCADE", max_length=32)
    tip_id: str = Field(foreign_key="tip.id", ondelete="CASCADE", max_length=32, index=True)
    language: str = Field(max_length=2, description="in which it was understood best")
    chosen_language: str | None = Field(default=None, max_length=2, description="as the caller chose; None: the same")
    model: str = Field(max_length=80, description="name of the model folder")
    confidence: float = Field(description="mean over the words, 0 to 1; 0 when no word was heard")
    text: str = Field(description="the words joined, hidden ones as [phone]")
    words: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
