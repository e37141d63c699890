"""What happens by the clock: one table. Any number of these loops may run; the database says whose turn it is.

Never does: long work itself (it fills the queue), or stop because one entry failed.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from models.database import Database, now
from models.officer import Beat
from settings import Settings
from workers import forget, retention, unannounced
from workers.parts import Parts
from workers.pipeline import problem_of
from workers.sweep import sweep

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """Something done every so many seconds."""

    what: str
    every: Callable[[Settings], int]
    do: Callable[[Parts], object]


ENTRIES = (
    Entry("sweep", lambda settings: settings.sweep_seconds, sweep),
    Entry("adopt_orphans", lambda settings: 300, forget.adopt_orphans),
    Entry("adopt_messages", lambda settings: 300, unannounced.adopt_messages),
    Entry("retention", lambda settings: 3600, retention.run),
)


def run(parts: Parts, stopping: threading.Event) -> None:
    """Go round until asked to stop."""
    while not stopping.is_set():
        tick(parts)
        stopping.wait(min(5.0, parts.settings.sweep_seconds / 2))


def tick(parts: Parts) -> list[str]:
    """Do whatever is due and nobody else has begun; the names of what was done."""
    done = []
    try:
        beat(parts.db, "schedule")
        for entry in ENTRIES:
            if _is_our_turn(parts.db, entry.what, entry.every(parts.settings)) and _do(parts, entry):
                done.append(entry.what)
    except SQLAlchemyError as fault:
        log.warning("schedule: %s", problem_of(fault))
    return done


def _do(parts: Parts, entry: Entry) -> bool:
    try:
        result = entry.do(parts)
    except Exception as fault:
        log.warning("%s: %s", entry.what, problem_of(fault))
        return False
    beat(parts.db, entry.what)
    if any(result.values()) if isinstance(result, dict) else result:
        log.info("%s: %s", entry.what, result)
    return True


def beat(db: Database, part: str) -> None:
    """Write down that a part lives."""
    moment = now()
    with db.begin() as connection:
        alive = connection.execute(update(Beat).where(col(Beat.part) == part).values(at=moment))
        if alive.rowcount == 0:
            connection.execute(db.insert_once(Beat).values(part=part, at=moment))


def _is_our_turn(db: Database, what: str, every: int) -> bool:
    """Claim an entry for this round: one loop of all gets True."""
    moment, part = now(), f"claim.{what}"
    with db.begin() as connection:
        if connection.execute(db.insert_once(Beat).values(part=part, at=moment)).rowcount == 1:
            return True
        taken = connection.execute(
            update(Beat)
            .where(col(Beat.part) == part, col(Beat.at) <= moment - timedelta(seconds=every))
            .values(at=moment)
        )
    return taken.rowcount == 1
