"""The keys of today's and yesterday's pseudonyms: who writes is told apart for a day, and then by nobody.

Yesterday's key lives two hours longer (workers.retention), so that a conversation over midnight stays one.
Never does: keep a number, or a key longer than the database does.
"""

import threading
import weakref
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from models.database import Database, now
from models.secrecy import Keys, new_day_key
from models.tables import DayKey

OVERLAP = timedelta(hours=2)

_KEY: Any = DayKey.__table__  # type: ignore[attr-defined]


def known_key(connection: Connection, day: date) -> bytes | None:
    """The key of a day, None where nobody has needed one, or it is destroyed."""
    key = connection.execute(select(_KEY.c.key).where(_KEY.c.day == day)).scalar()
    return bytes(key) if key is not None else None


def key_of(db: Database, connection: Connection, day: date) -> bytes:
    """The key of a day, made by whoever needs it first. `connection` is in a transaction that writes."""
    connection.execute(db.insert_once(DayKey).values(day=day, key=new_day_key()))
    return bytes(connection.execute(select(_KEY.c.key).where(_KEY.c.day == day)).scalar_one())


class DayKeys:
    """One instance a process, for all its threads; the database is asked once a day and process.

    What is remembered is read once a turn: at midnight another thread may replace it between two looks.
    """

    def __init__(self, db: Database, keys: Keys) -> None:
        self._db = db
        self._keys = keys
        self._today: tuple[date, bytes] | None = None
        self._yesterday: tuple[date, bytes | None] | None = None

    def today(self, day: date) -> bytes:
        """The key of this day."""
        kept = self._today
        if kept is None or kept[0] != day:
            with self._db.begin() as connection:
                kept = (day, key_of(self._db, connection, day))
            self._today = kept
            self._forget_after(day)
        return kept[1]

    def pseudonyms(self, number: str, moment: datetime) -> tuple[str, ...]:
        """The sender's pseudonyms that still mean something: today's, and yesterday's for two hours past midnight."""
        found = [self._keys.pseudonym(number, self.today(moment.date()))]
        before = (moment - OVERLAP).date()
        if before != moment.date():
            key = self._key_of_yesterday(before)
            if key is not None:
                found.append(self._keys.pseudonym(number, key))
        else:
            self._yesterday = None
        return tuple(found)

    def forget(self, day: date) -> None:
        """Let go of the keys of this day and of those before it."""
        for name in ("_today", "_yesterday"):
            kept = getattr(self, name)
            if kept is not None and kept[0] <= day:
                setattr(self, name, None)

    def _key_of_yesterday(self, day: date) -> bytes | None:
        kept = self._yesterday
        if kept is None or kept[0] != day:
            with self._db.read() as connection:
                kept = (day, known_key(connection, day))
            self._yesterday = kept
            self._forget_after(day)
        return kept[1]

    def _forget_after(self, day: date) -> None:
        # Where nobody writes for days no turn would let go of a key that the database has destroyed long ago.
        end = datetime.combine(day + timedelta(days=1), time.min, UTC) + OVERLAP
        left = (end - now()).total_seconds()
        if left > 0:
            timer = threading.Timer(left, _forget, (weakref.ref(self), day))
            timer.daemon = True
            timer.start()


def _forget(days: "weakref.ref[DayKeys]", day: date) -> None:
    still_there = days()
    if still_there is not None:
        still_there.forget(day)
