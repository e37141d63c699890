"""What stands behind a call, part by part: does it work, and if not, what is the matter.

Never does: mend anything; look into a tip; wait more than a second or two for a part that hangs.
"""

import secrets
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
from workers.queues import QUEUES, shown

KEEP_SECONDS = 2.0  # the same answer for so long: anybody may ask, as often as they like
WAIT_SECONDS = 1.0
LOOK_SECONDS = 2.0  # whoever asks while somebody else looks waits for so long, and then hears the last answer
STALE_SECONDS = 15.0  # but no older one than this
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
    """Look at every part; within KEEP_SECONDS the same answer again, and while somebody's look hangs the last one."""
    global _last
    if not _lock.acquire(timeout=LOOK_SECONDS):
        return _meanwhile(parts)
    try:
        if _last is None or time.monotonic() - _last[0] > KEEP_SECONDS or _last[1] is not parts:
            checks: tuple[Callable[[Parts], Check], ...] = (_database, _queue, _models, _disk, _waiting, _schedule)
            _last = time.monotonic(), parts, Look(tuple(one(parts) for one in checks))
        return _last[2]
    finally:
        _lock.release()


def _meanwhile(parts: Parts) -> Look:
    last = _last
    if last is not None and last[1] is parts and time.monotonic() - last[0] < STALE_SECONDS:
        return last[2]
    return Look((Check("database", Readiness.UNREADY, "has not answered for some time"),))


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


def starters_in_use(parts: Parts) -> tuple[str, ...]:
    """The languages whose starter model is in use, as the workers say, wherever they run; as long as none has said
    anything, and without the database, by this host's own folders."""
    told = col(Beat.part).in_(("worker", *(f"starter.{language}" for language in LANGUAGES)))
    try:
        with parts.db.read() as connection:
            said = dict(connection.execute(select(col(Beat.part), col(Beat.at)).where(told)).all())
    except SQLAlchemyError:
        said = {}
    if (last := said.pop("worker", None)) is None:
        return parts.settings.starters()
    lately = last - timedelta(seconds=60)
    return tuple(language for language in LANGUAGES if said.get(f"starter.{language}", lately) > lately)


def _database(parts: Parts) -> Check:
    begun = time.perf_counter()
    try:
        with parts.db.engine.connect() as connection:
            # Under a name of its own nobody waits for somebody else's; and nothing of it stays.
            trial = parts.db.insert(Beat).values(part=f"trial.{secrets.token_hex(8)}", at=now())
            connection.execute(trial)
            connection.rollback()
    except SQLAlchemyError as fault:
        return Check("database", Readiness.UNREADY, f"cannot be written ({type(fault).__name__})")
    return Check("database", Readiness.READY, f"written in {(time.perf_counter() - begun) * 1000:.1f} ms")


def _queue(parts: Parts) -> Check:
    try:
        with queue_client(parts.settings) as client:
            depths = {shown(name): client.llen(f"rq:queue:{name}") for name in QUEUES}
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
    if starters := starters_in_use(parts):
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
