"""What became of a tip, and what its officers ask, by reference code: tries are limited, and every answer costs the
same work.

What is kept of a day says how many wrong codes a pseudonym gave, and which webhooks brought codes, but not whose: from
a number that is guessed nothing leads to a code, and who asked with the right one has left nothing under it.
Never does: say more than a status and questions of a fixed list, or keep who asked (a pseudonym of the day is counted,
then destroyed).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ivr.answers import QUESTION
from ivr.console.access import ACTING
from ivr.day_keys import DayKeys
from ivr.intake import Call
from ivr.writes import TIP
from models.database import Database, now
from models.lifecycle import READABLE, Status
from models.question import MOST_OPEN, OPEN
from models.secrecy import CODE_DIGITS, Keys
from models.tables import Attempt
from models.tip import Routing, new_id
from settings import Settings

_OF_TIP = (TIP.c.status, TIP.c.id, TIP.c.language)
ATTEMPT: Any = Attempt.__table__  # type: ignore[attr-defined]
ROUTING: Any = Routing.__table__  # type: ignore[attr-defined]

UNKNOWN, LOCKED = "unknown", "locked"
TRY, WEBHOOK = "code", "code-webhook"  # kinds of rows: how many tries; a webhook whose try is counted already
# In place of a pseudonym. Those who withhold their number have a budget of their own: a new call makes them somebody
# else, so that one of them can use it up, and must not use up that of all others.
EVERYBODY, ALL_WITHHELD, NOBODY = "*", "*withheld", "-"
# What is not yet with an officer is all one to the informant.
_TOLD_AS = {Status.TELLING: Status.RECEIVED, Status.PREPARED: Status.RECEIVED}


@dataclass(frozen=True)
class Found:
    """What became of a tip: a lifecycle status, "unknown", "locked", or "" for what is no code at all (not counted as a
    try). `asks`: what its officers ask now, as ids of the catalogue, of which what comes next may be the answer; then
    `answers` is the tip, wrapped, and `language` the one it was told in."""

    status: str
    asks: tuple[str, ...] = ()
    answers: str = ""
    language: str = ""


NOTHING = Found("")


def is_put(tip: Any) -> ColumnElement[bool]:
    """The condition that a question is put to whoever has the code: it is open, and the unit that asks still has the
    tip, to act on it; so that none is asked by those from whom a tip was taken, as it accuses them."""
    asker = (ROUTING.c.tip_id == tip.c.id) & (ROUTING.c.unit == QUESTION.c.unit) & ROUTING.c.role.in_(ACTING)
    in_hand = tip.c.status.in_([status for status in READABLE if status is not Status.CLOSED])
    put: ColumnElement[bool] = QUESTION.c.state.in_(OPEN) & in_hand & select(ROUTING.c.unit).where(asker).exists()
    return put


class Lookup:
    """Answers reference codes. One instance a process."""

    def __init__(
        self, db: Database, keys: Keys, settings: Settings, days: DayKeys, questions: Iterable[str] = ()
    ) -> None:
        self._db = db
        self._keys = keys
        self._a_caller, self._in_all = settings.code_tries_per_caller, settings.code_tries_in_all
        self._days = days
        self._questions = tuple(questions)  # in the order in which they are put

    def look(self, code: str, call: Call, webhook: str = "") -> Found:
        """What became of the tip with this code.

        `webhook`: what the provider's request has in common with its repetition, so that both are one try; not its
        content. "": nothing, and each counts.
        """
        if len(code) != CODE_DIGITS or not code.isdecimal():
            return NOTHING
        today = now().date()
        # Those who withhold their number are told apart by their call.
        day_key = self._days.today(today)
        who = self._keys.pseudonym(call.number or call.sid, day_key)
        everybody = EVERYBODY if call.number else ALL_WITHHELD
        request = self._keys.pseudonym(webhook or new_id(), day_key)
        hashed = self._keys.code_hash(code)
        with self._db.begin() as connection:
            new = connection.execute(
                self._db.insert_once(Attempt).values(day=today, kind=WEBHOOK, who=request, n=1)
            ).rowcount
            # Whatever the code, what is asked is looked for too.
            asked = select(func.aggregate_strings(QUESTION.c.question, "."))
            asked = asked.select_from(QUESTION.join(TIP, TIP.c.id == QUESTION.c.tip_id))
            row: Any = connection.execute(
                select(
                    *(select(column).where(TIP.c.code_hash == hashed).scalar_subquery() for column in _OF_TIP),
                    asked.where(TIP.c.code_hash == hashed, is_put(TIP)).scalar_subquery(),
                    select(ATTEMPT.c.n)
                    .where(ATTEMPT.c.day == today, ATTEMPT.c.kind == TRY, ATTEMPT.c.who == who)
                    .scalar_subquery(),
                )
            ).one()
            found, tip_id, language, asks, before = row
            # Same statements whether or not the code exists: the time taken tells nothing.
            mine = self._count(connection, today, NOBODY if found else who, 0 if found else new)
            if found:
                mine = (before or 0) + 1
            # Whoever is over the own limit no longer counts in all: one caller must not lock out everybody.
            counted = new if found is None and mine <= self._a_caller else 0
            wrong = self._count(connection, today, everybody, counted)
        if mine > self._a_caller or wrong > self._in_all:
            return Found(LOCKED)
        if found is None:
            return Found(UNKNOWN)
        # A unit that gets the tip back brings its open questions along: no more are put than are listened to.
        put = tuple(one for one in self._questions if one in (asks or "").split("."))[:MOST_OPEN]
        status = _TOLD_AS.get(Status(found), Status(found))
        return Found(status, put, self._keys.wrap(tip_id), language) if put else Found(status)

    def _count(self, connection: Connection, day: date, who: str, more: int) -> int:
        """Count tries; how many it makes."""
        count = self._db.insert(Attempt).values(day=day, kind=TRY, who=who, n=more)
        added = count.on_conflict_do_update(
            index_elements=["day", "kind", "who"], set_={"n": ATTEMPT.c.n + more}
        ).returning(ATTEMPT.c.n)
        return int(connection.execute(added).scalar_one())
