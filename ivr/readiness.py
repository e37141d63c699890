"""What stands behind a call, part by part: does it work, and if not, what is the matter.

Never does: mend anything; look into a tip; wait more than a second or two for a part that hangs.
"""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import redis
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from ivr.parts import Parts
from models.database import Database, now
from models.lifecycle import Status
from models.officer import Beat
from models.tip import Tip
from settings import Settings
from workers import embedded
from workers.outside.speech import LANGUAGES, ModelMissing, check
from workers.queues import QUEUES

KEEP_SECONDS = 2.0  # the same answer for so long: anybody may ask, as often as they like
WAIT_SECONDS = 1.0
DISK_LOW = 1024**3
DISK_FULL = 64 * 1024**2
WAITED_LONG = timedelta(minutes=15)


class Readiness(StrEnum):
    """The verdict over all parts, and of each."""

    READY = "ready"
    DEGRADED = "degraded"  # calls are kept; something behind them stands still
    UNREADY = "unready"  # calls would be lost


@dataclass(frozen=True)
class Check:
    """One part: its verdict and the facts, without anything of a tip."""

    name: str
    status: Readiness
    detail: str


@dataclass(frozen=True)
class Look:
    """All parts at one moment."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> Readiness:
        """The worst verdict among the parts."""
        order = list(Readiness)
        return max((check.status for check in self.checks), key=order.index)


_lock = threading.Lock()
_last: tuple[float, Parts, Look] | None = None


def look(parts: Parts) -> Look:
    """Look at every part; within KEEP_SECONDS the same answer again."""
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] > KEEP_SECONDS or _last[1] is not parts:
            checks: tuple[Callable[[Parts], Check], ...] = (_database, _queue, _models, _disk, _waiting, _schedule)
            _last = time.monotonic(), parts, Look(tuple(one(parts) for one in checks))
        return _last[2]


def queue_client(settings: Settings) -> redis.Redis:
    """A client for looking only: it gives up after a second."""
    return redis.Redis.from_url(
        embedded.url(settings), socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS
    )


def oldest_unprepared(db: Database) -> tuple[int, datetime | None]:
    """How many tips wait to be prepared or routed, and since when the oldest one does (UTC)."""
    waiting = col(Tip.status).in_([Status.RECEIVED.value, Status.PREPARED.value])
    with db.read() as connection:
        n, since = connection.execute(select(func.count(), func.min(col(Tip.ended_at))).where(waiting)).one()
    return int(n), since


def _database(parts: Parts) -> Check:
    begun = time.perf_counter()
    try:
        with parts.db.read() as connection:
            connection.execute(select(col(Tip.id)).limit(1)).all()
    except SQLAlchemyError as fault:
        return Check("database", Readiness.UNREADY, f"does not answer ({type(fault).__name__})")
    return Check("database", Readiness.READY, f"answers in {(time.perf_counter() - begun) * 1000:.1f} ms")


def _queue(parts: Parts) -> Check:
    try:
        with queue_client(parts.settings) as client:
            depths = {name: client.llen(f"rq:queue:{name}") for name in QUEUES}
    except redis.RedisError as fault:
        detail = f"does not answer ({type(fault).__name__}); tips are kept and found again by the sweep"
        return Check("queue", Readiness.DEGRADED, detail)
    return Check("queue", Readiness.READY, ", ".join(f"{n} {name}" for name, n in depths.items()) + " waiting")


def _models(parts: Parts) -> Check:
    names, missing = [], []
    for language in LANGUAGES:
        try:
            names.append(f"{language}: {check(parts.settings.model_folder(language), language).name}")
        except ModelMissing as fault:
            missing.append(str(fault))
    if missing:
        return Check("models", Readiness.DEGRADED, "; ".join(missing))
    if starters := parts.settings.starters():
        names.append(f"starter models are not for real work: ./hotline models fetch {' '.join(starters)}")
    return Check("models", Readiness.READY, ", ".join(names))


def _disk(parts: Parts) -> Check:
    try:
        free = shutil.disk_usage(parts.settings.var_dir).free
    except OSError as fault:
        return Check("disk", Readiness.UNREADY, f"the var folder cannot be read ({fault.strerror})")
    status = Readiness.READY
    if free < DISK_LOW:
        status = Readiness.UNREADY if free < DISK_FULL and parts.db.is_sqlite else Readiness.DEGRADED
    return Check("disk", status, f"{free / 1024**3:.1f} GiB free")


def _waiting(parts: Parts) -> Check:
    try:
        n, since = oldest_unprepared(parts.db)
    except SQLAlchemyError:
        return Check("waiting", Readiness.DEGRADED, "not known without the database")
    if since is None:
        return Check("waiting", Readiness.READY, f"{n} tips to prepare")
    age = now() - since
    status = Readiness.DEGRADED if age > WAITED_LONG else Readiness.READY
    return Check("waiting", status, f"{n} tips to prepare, the oldest for {int(age.total_seconds() // 60)} min")


def _schedule(parts: Parts) -> Check:
    try:
        with parts.db.read() as connection:
            at = connection.scalar(select(func.max(col(Beat.at))).where(col(Beat.part) == "schedule"))
    except SQLAlchemyError:
        return Check("schedule", Readiness.DEGRADED, "not known without the database")
    if at is None:
        return Check("schedule", Readiness.DEGRADED, "has not run yet: ./hotline serve or ./hotline schedule runs it")
    age = now() - at
    late = age > timedelta(seconds=3 * parts.settings.sweep_seconds + 60)
    detail = f"last ran {int(age.total_seconds())} s ago"
    return Check("schedule", Readiness.DEGRADED if late else Readiness.READY, detail)
