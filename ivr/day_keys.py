"""The keys of today's and yesterday's pseudonyms: who writes is told apart for a day, and then by nobody.

Yesterday's key lives two hours longer (workers.retention), so that a conversation over midnight stays one.
Never does: keep a number, or a key longer than the database does.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.database import Database
from models.secrecy import Keys, new_day_key
from models.tables import DayKey

OVERLAP = timedelta(hours=2)


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
        """The key of this day, made by whoever needs it first."""
        kept = self._today
        if kept is None or kept[0] != day:
            table: Any = DayKey.__table__  # type: ignore[attr-defined]
            with self._db.begin() as connection:
                connection.execute(self._db.insert_once(DayKey).values(day=day, key=new_day_key()))
                key = connection.execute(select(table.c.key).where(table.c.day == day)).scalar_one()
            self._today = kept = (day, bytes(key))
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

    def _key_of_yesterday(self, day: date) -> bytes | None:
        kept = self._yesterday
        if kept is None or kept[0] != day:
            table: Any = DayKey.__table__  # type: ignore[attr-defined]
            with self._db.read() as connection:
                key = connection.execute(select(table.c.key).where(table.c.day == day)).scalar()
            self._yesterday = kept = (day, bytes(key) if key is not None else None)
        return kept[1]
