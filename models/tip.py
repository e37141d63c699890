"""A tip: what was told in one conversation, where it stands, and the work still owed to it.

Never does: hold a caller's number, name or voice, the words as spoken (see transcript), or an exact time of the
call (an officer with the telephone company's lists could match it): `received_hour` is cut to the hour, and the
working times below are emptied once the tip is routed and its conversation over.
"""

from datetime import datetime
from secrets import token_hex

from sqlalchemy import Column, ColumnElement, Index, LargeBinary, and_, false
from sqlmodel import Field, SQLModel, col

from models.database import UtcDateTime
from models.lifecycle import Status

# What a tip says of what was told, and when: all of it goes when the tip is found empty.
CONTENT = (
    "category", "category_by", "urgency", "pin_code", "district", "station", "place_by", "follow_up", "last_turn_at",
    "ended_at",
)  # fmt: skip
# When the caller throws it away, the reference code goes as well, if one was told.
THROWN_AWAY = (*CONTENT, "code_hash")


def new_id() -> str:
    """32 random hex digits: says nothing about when or by whom."""
    return token_hex(16)


class Tip(SQLModel, table=True):
    """One row a conversation in which something was told."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    status: str = Field(default=Status.TELLING, max_length=12, index=True)
    channel: str = Field(default="voice", max_length=10, description="voice, sms or whatsapp")
    language: str = Field(max_length=2, description="hi or en, as chosen by the caller")
    received_hour: datetime = Field(sa_column=Column(UtcDateTime, nullable=False), description="cut to the hour, UTC")

    # --- what the caller said by keys, or the words told us (classify), or an officer corrected
    category: str | None = Field(default=None, max_length=32)
    category_by: str | None = Field(default=None, max_length=8, description="caller, words or officer")
    urgency: str | None = Field(default=None, max_length=2, description="U1 (now) to U4")
    pin_code: str | None = Field(default=None, max_length=6)
    district: str | None = Field(default=None, max_length=3)
    station: str | None = Field(default=None, max_length=12)
    place_by: str | None = Field(default=None, max_length=8, description="caller, words or officer")
    follow_up: bool | None = Field(default=None, description="an answer is welcome, and could be left")
    # Found by routing, whatever the category says; or the informant complained after an officer had put the category
    # right, which then says nothing of it. For deciding who may read it, and count it where; it is shown to nobody.
    accuses: bool = Field(
        default=False, sa_column_kwargs={"server_default": false()}, description="it accuses somebody of the police"
    )

    # --- the reference code: only its keyed hash
    code_hash: str | None = Field(default=None, max_length=64, unique=True)

    # --- the conversation: which takes count (a take is one recording of the same call, from 1)
    conversation_key: str | None = Field(
        default=None, max_length=32, unique=True, description="keyed hash of CallSid, or Conversation.id; later emptied"
    )
    sent_take: int = Field(default=0, description="takes before this one were told again and no longer count")
    discarded_take: int = Field(default=0, description="takes up to this one were thrown away")
    rescued_take: int | None = Field(
        default=None, description="an earlier take that counts after all: nothing can be heard in what was sent"
    )
    category_turn: int = Field(default=0, description="turn of the call in which the category was chosen: later wins")
    place_turn: int = Field(default=0, description="the same for the place")
    last_turn_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    # --- work owed: a lease is held by one worker at a time; a problem is shown in the console as stuck
    lease: str | None = Field(default=None, max_length=32)
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    attempts: int = Field(default=0)
    retry_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    problem: str | None = Field(default=None, max_length=40, description="a code of workers.problems")
    problem_detail: str | None = Field(default=None, max_length=300, description="for the operator; no content")


Index("ix_tip_unprepared", Tip.__table__.c.status, Tip.__table__.c.retry_at)  # type: ignore[attr-defined]


def stuck() -> ColumnElement[bool]:
    """The condition that something stands in the way of a tip, or of what was added to one that officers have already.
    One definition, for the metrics, the doctor and the console."""
    return and_(col(Tip.problem).is_not(None), col(Tip.status) != Status.DISCARDED)


class Contact(SQLModel, table=True):
    """Where an answer may be left, sealed so that only a worker can open it. Destroyed when the tip is closed, and some
    weeks after it was routed at the latest (workers.retention)."""

    tip_id: str = Field(primary_key=True, foreign_key="tip.id", ondelete="CASCADE", max_length=32)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Routing(SQLModel, table=True):
    """One office or station that may see a tip. What is not here is not seen."""

    tip_id: str = Field(primary_key=True, foreign_key="tip.id", ondelete="CASCADE", max_length=32)
    unit: str = Field(primary_key=True, max_length=20, index=True, description="office or station code")
    role: str = Field(max_length=8, description="to (must act), copy (informed) or assigned (given by the office)")
