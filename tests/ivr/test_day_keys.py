"""Whose message it is, for a day: also while midnight passes under several threads."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.day_keys import DayKeys
from ivr.parts import Parts
from models.database import Database, now
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


def test_a_key_is_let_go_of_in_time_though_nobody_writes_any_more(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    class Timer(threading.Timer):
        def start(self) -> None:
            waits.append(self.interval)
            self.interval = 0.01  # what should be two hours past midnight
            super().start()

    monkeypatch.setattr(threading, "Timer", Timer)
    days, moment = DayKeys(db, KEYS), now()
    first = days.pseudonyms("+91", moment)
    until = time.monotonic() + 10
    while (days._today or days._yesterday) and time.monotonic() < until:
        time.sleep(0.01)
    assert days._today is None is days._yesterday
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert waits[0] == pytest.approx((midnight - moment).total_seconds() + 7200, abs=5)
    assert days.pseudonyms("+91", moment) == first  # while the database has it, it is found again


def test_a_key_still_needed_is_not_let_go_of_with_an_older_one(db: Database) -> None:
    days = _days(db)
    days.pseudonyms("+91", AFTER)
    days.forget(BEFORE.date())
    assert days._today == (AFTER.date(), bytes([2]) * 32) and days._yesterday is None


def test_the_parts_of_a_process_share_one_memory_of_keys(parts: Parts) -> None:
    assert parts.lookup._days is parts.correspondence._days
