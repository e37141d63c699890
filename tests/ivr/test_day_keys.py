"""Whose message it is, for a day: also while midnight passes under several threads."""

from datetime import UTC, date, datetime, timedelta

from ivr.day_keys import DayKeys
from models.database import Database
from models.secrecy import Keys
from models.tables import DayKey

KEYS = Keys(hashing=b"h" * 32, vault=b"v" * 32, public=b"p" * 32)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
BEFORE, AFTER = MIDNIGHT - timedelta(minutes=1), MIDNIGHT + timedelta(minutes=1)


class _Overtaken(DayKeys):
    """Another thread is served between any two steps of this one."""

    meanwhile: datetime | None = None

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name != "meanwhile" and (moment := self.meanwhile) is not None:
            self.meanwhile = None
            self.pseudonyms("+910000000000", moment)
            self.meanwhile = moment


def _days(db: Database) -> _Overtaken:
    with db.session() as session:
        session.add_all(DayKey(day=date(2026, 3, day), key=bytes([day]) * 32) for day in (1, 2))
    return _Overtaken(db, KEYS)


def test_who_writes_at_midnight_gets_the_key_of_the_own_day(db: Database) -> None:
    days = _days(db)
    days.meanwhile = AFTER
    assert days.today(BEFORE.date()) == bytes([1]) * 32
    days.meanwhile = BEFORE
    assert days.today(AFTER.date()) == bytes([2]) * 32


def test_the_end_of_the_overlap_disturbs_nobody_who_still_needs_yesterday(db: Database) -> None:
    days = _days(db)
    yesterday, today = (KEYS.pseudonym("+91", bytes([day]) * 32) for day in (1, 2))
    days.meanwhile = MIDNIGHT + timedelta(hours=3)  # another thread lets go of yesterday's key
    assert days.pseudonyms("+91", AFTER) == (today, yesterday)
