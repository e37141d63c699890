"""Officers, what they and the workers did (the trail), and the tallies that outlive tips.

Never does: hold a password (only its argon2id hash) or anything about a caller.
"""

from datetime import date, datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.database import UtcDateTime, now
from models.tip import new_id

THROWN_AWAY = "thrown_away"  # in the tallies, by week: tips without content whose rows are gone
# In the trail:
ADDED = "late_take"  # more was told of a tip that officers had already
CORRECTED = "correct"  # an officer put its kind or place right
LIFTED = "lift_complaint"  # ... and says that it is no complaint about police, though it was one


class Officer(SQLModel, table=True):
    """Somebody who signs in. `unit` is the office or station whose tips are seen."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    username: str = Field(max_length=40, unique=True, description="lower case")
    name: str = Field(max_length=80, description="as shown to colleagues, e.g. 'SHO Naubasta'")
    unit: str = Field(max_length=20, description="office or station code of the catalogue")
    role: str = Field(default="officer", max_length=16, description="officer or administrator")
    language: str = Field(default="hi", max_length=2)
    password_hash: str = Field(max_length=200)
    active: bool = True
    session_epoch: int = Field(default=0, description="raised to end every open session")


class Trail(SQLModel, table=True):
    """What officers and workers did to which tip, in order, and who signed in. Rows are only ever added; a closed tip's
    notes are emptied with its content (workers.retention). What informants do by themselves (send, throw away, add to a
    tip) is not here: its time would be theirs. That something was added is written down by the worker who stores it."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, sa_column=Column(UtcDateTime, nullable=False))
    tip_id: str | None = Field(default=None, max_length=32)
    officer_id: str | None = Field(default=None, max_length=32)
    what: str = Field(max_length=32, description="a move of the lifecycle, sign_in, listen ...")
    note: str | None = Field(default=None, max_length=2000, description="an officer's words; may quote the tip")


# The overview asks of each tip when it was opened, and whether it was reported, without a look at the rows.
Index("ix_trail_tip_what_at", Trail.__table__.c.tip_id, Trail.__table__.c.what, Trail.__table__.c.at)  # type: ignore[attr-defined]


class Tally(SQLModel, table=True):
    """How often something happened on a day: calls with nothing said, jobs by outcome, what stood in their way; and how
    many seconds of sound were heard, in how many milliseconds. Tips thrown away: by the Monday of their week, as a
    tally of the day would say of one tip when it was told."""

    day: date = Field(primary_key=True)
    what: str = Field(primary_key=True, max_length=32)
    n: int = 0


class DayKey(SQLModel, table=True):
    """The key of one day's pseudonyms. Destroyed with the day, and the pseudonyms with it."""

    day: date = Field(primary_key=True)
    key: bytes


class Attempt(SQLModel, table=True):
    """What is counted or known of somebody for a day, by pseudonym: reference codes asked for, sign-ins, messages, and
    who said STOP. Destroyed with the day's key."""

    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=16)
    who: str = Field(primary_key=True, max_length=40, description="a pseudonym, or a mark for many (ivr.lookup)")
    n: int = 0


class Beat(SQLModel, table=True):
    """The last sign of life of a background part, so that /readyz and doctor can say what stands still."""

    part: str = Field(primary_key=True, max_length=40, description="schedule, sweep, worker ...")
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
