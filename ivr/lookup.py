"""What became of a tip, asked by reference code: tries are limited, and every answer costs the same work.

Never does: say more than a status, or keep who asked (a pseudonym of the day is counted, then destroyed).
"""

from typing import Any

from sqlalchemy import func, select

from ivr.day_keys import DayKeys
from ivr.intake import Call
from ivr.writes import TIP
from models.database import Database, now
from models.lifecycle import Status
from models.secrecy import CODE_DIGITS, Keys
from models.tables import Attempt
from settings import Settings

ATTEMPT: Any = Attempt.__table__  # type: ignore[attr-defined]

UNKNOWN, LOCKED = "unknown", "locked"
# What is not yet with an officer is all one to the informant.
_TOLD_AS = {Status.TELLING: Status.RECEIVED, Status.PREPARED: Status.RECEIVED}


class Lookup:
    """Answers reference codes. One instance a process."""

    def __init__(self, db: Database, keys: Keys, settings: Settings) -> None:
        self._db = db
        self._keys = keys
        self._a_caller, self._in_all = settings.code_tries_per_caller, settings.code_tries_in_all
        self._days = DayKeys(db, keys)

    def status(self, code: str, call: Call) -> str:
        """A lifecycle status, "unknown", "locked", or "" for what is no code at all (not counted as a try)."""
        if len(code) != CODE_DIGITS or not code.isdecimal():
            return ""
        today = now().date()
        # Those who withhold their number are told apart by their call.
        day_key = self._days.today(today)
        who = self._keys.pseudonym(call.number or call.sid, day_key)
        # The same code again is the same try: webhooks come twice, and nothing is learnt by it.
        one_try = f"{who}.{self._keys.pseudonym(f'{who}.{code}', day_key)[:12]}"
        hashed = self._keys.code_hash(code)
        with self._db.begin() as connection:
            new = connection.execute(
                self._db.insert_once(Attempt).values(day=today, kind="code", who=one_try, n=1)
            ).rowcount
            mine = connection.execute(
                select(func.count()).select_from(ATTEMPT).where(
                    ATTEMPT.c.day == today,
                    ATTEMPT.c.kind == "code",
                    ATTEMPT.c.who.startswith(f"{who}.", autoescape=True),
                )
            ).scalar_one()  # fmt: skip
            found = connection.execute(select(TIP.c.status).where(TIP.c.code_hash == hashed)).scalar()
            # Whoever is over the own limit no longer counts in all: one caller must not lock out everybody.
            counted = new if found is None and mine <= self._a_caller else 0
            # Same statements whether or not the code exists: the time taken tells nothing.
            wrong = connection.execute(
                self._db.insert(Attempt)
                .values(day=today, kind="code", who="*", n=counted)
                .on_conflict_do_update(
                    index_elements=["day", "kind", "who"],
                    set_={"n": ATTEMPT.c.n + counted},
                )
                .returning(ATTEMPT.c.n)
            ).scalar_one()
        if mine > self._a_caller or wrong > self._in_all:
            return LOCKED
        return UNKNOWN if found is None else _TOLD_AS.get(Status(found), Status(found))
