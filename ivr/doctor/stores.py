"""Looks at where things are kept: the database and what it tells, the queue, the media store.

Writes nothing that stays: the media store is tried with a few bytes that are destroyed again.
Never does: look into a tip.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from sqlalchemy import Connection, and_, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from ivr.doctor.finding import Finding, Mark
from ivr.readiness import queue_client
from models import installation, migrate
from models.database import Database, now
from models.message import OWED, Attachment
from models.officer import Beat, Officer
from models.recording import overdue as is_overdue
from models.secrecy import KeysMissing, load_keys
from models.tip import Tip, stuck
from settings import Settings
from workers import embedded
from workers.outside.vault import Vault

CLOCK_SLACK = 5.0  # seconds between this machine and its database


def database(settings: Settings) -> Iterator[Finding]:
    """Reachable, up to date; and officers, erasure, schedule and clock as it tells."""
    shown = make_url(settings.database).render_as_string(hide_password=True)
    if settings.database.startswith("sqlite") and not Path(make_url(settings.database).database or "").exists():
        yield Finding("database", Mark.NOTE, f"{shown} does not exist yet", "./hotline serve makes it.")
        return
    try:
        level = migrate.level(settings.database)
    except SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", None) or type(fault).__name__).strip().splitlines()[0]
        yield Finding("database", Mark.BROKEN, f"{shown} does not answer: {reason}", "See HOTLINE_DATABASE_URL.")
        return
    if not level.current:
        present = f"revision {level.present}" if level.present else "empty"
        yield Finding("database", Mark.BROKEN, f"{present}; this version needs {level.needed}", "./hotline migrate")
        return
    yield Finding("database", Mark.GOOD, f"{shown}, revision {level.present}")
    db = Database(settings.database, pool_size=1)
    try:
        yield from _inside(db, settings)
    finally:
        db.dispose()


def _inside(db: Database, settings: Settings) -> Iterator[Finding]:
    with db.read() as connection:
        if not db.is_sqlite:
            there = connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
            apart = abs(float(there or 0) - time.time())
            mark = Mark.GOOD if apart < CLOCK_SLACK else Mark.BROKEN
            mend = "" if mark is Mark.GOOD else "Let both machines take their time from NTP: leases depend on it."
            yield Finding("clock", mark, f"{apart:.1f} s apart from the database's", mend)
        officers = connection.scalar(select(func.count()).select_from(Officer).where(col(Officer.active))) or 0
        mend = "" if officers else "./hotline officers add --help"
        yield Finding("officers", Mark.GOOD if officers else Mark.NOTE, f"{officers} may sign in", mend)
        overdue = connection.scalar(select(func.count()).where(is_overdue(settings.erasure_overdue_hours))) or 0
        yield Finding(
            "erasure",
            Mark.BROKEN if overdue else Mark.GOOD,
            f"{overdue} objects of callers are overdue at the provider"
            if overdue
            else "nothing overdue at the provider",
            "The console's page for administrators says why; the schedule goes on trying." if overdue else "",
        )
        yield _stuck(connection)
        yield from _installation(connection, settings)
        at = connection.scalar(select(func.max(col(Beat.at))).where(col(Beat.part) == "schedule"))
        late = at is None or now() - at > timedelta(seconds=3 * settings.sweep_seconds + 60)
        ran = f"last ran {_ago(at)}" if at else "has not run yet"
        yield Finding(
            "schedule", Mark.NOTE if late else Mark.GOOD, ran, "./hotline serve or schedule runs it." if late else ""
        )


def _installation(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Whether our keys are those of the database, and whether anything lies in an account that was set before."""
    try:
        if wrong := installation.foreign(connection, load_keys(settings.keys)):
            found = f"{wrong} is not the one this database was begun with"
            yield Finding("keys", Mark.BROKEN, found, "Copy the keys folder of the first host (or its backup) here.")
        else:
            yield Finding("keys", Mark.GOOD, "those of the database")
    except KeysMissing:
        pass  # machine.keys says so
    if left := installation.left_in_earlier_account(connection):
        found = f"{left} objects of callers lie in an account that was set before: the present one cannot erase them"
        yield Finding("account", Mark.BROKEN, found, _EARLIER_ACCOUNT)


_EARLIER_ACCOUNT = (
    "Set the earlier TWILIO_ACCOUNT_SID and its token until nothing is left there;\n"
    "or erase it by hand in the provider's console, then: ./hotline twilio moved"
)


def _stuck(connection: Connection) -> Finding:
    """Tips and files that are tried again and again."""
    waits = and_(col(Attachment.status).in_(OWED), col(Attachment.problem).is_not(None))
    tips, files = select(col(Tip.problem)).where(stuck()), select(col(Attachment.problem)).where(waits)
    found = [connection.scalars(query).all() for query in (tips, files)]
    if not any(found):
        return Finding("work", Mark.GOOD, "nothing is stuck")
    why = ", ".join(sorted({str(one) for problems in found for one in problems}))
    told = f"{len(found[0])} tips and {len(found[1])} files are stuck ({why})"
    return Finding("work", Mark.NOTE, told, "The console's page for administrators says what helps.")


def queue(settings: Settings) -> Iterator[Finding]:
    """The queue server answers."""
    try:
        with queue_client(settings) as client:
            client.ping()
            where = "the embedded server" if settings.embedded_queue else "the server of HOTLINE_REDIS_URL"
            yield Finding("queue", Mark.GOOD, f"{where} answers (version {client.info('server')['redis_version']})")
    except redis.RedisError as fault:
        if settings.embedded_queue:
            embedded.server_program()
            yield Finding("queue", Mark.NOTE, "the embedded server does not run", "./hotline serve starts it.")
        else:
            mend = "See HOTLINE_REDIS_URL. Meanwhile tips are kept in the database."
            yield Finding("queue", Mark.BROKEN, f"does not answer ({type(fault).__name__})", mend)


def media(settings: Settings) -> Iterator[Finding]:
    """The media store can be written, read and emptied."""
    try:
        keys = load_keys(settings.keys)
    except KeysMissing:
        yield Finding("media store", Mark.NOTE, "not tried: it needs the keys")
        return
    vault = Vault(settings.media, keys)
    try:
        name = vault.put_listening(b"try")
        same = vault.listening(name) == b"try"
        vault.destroy(name)
    except Exception as fault:
        mend = "See HOTLINE_MEDIA_URL, the folder's owner or the store's credentials."
        yield Finding("media store", Mark.BROKEN, f"cannot be used ({type(fault).__name__})", mend)
        return
    mark = Mark.GOOD if same else Mark.BROKEN
    yield Finding("media store", mark, "written, read and destroyed" if same else "gives back other bytes")


def _ago(at: datetime) -> str:
    seconds = int((datetime.now(UTC) - at).total_seconds())
    return f"{seconds} s ago" if seconds < 120 else f"{seconds // 60} min ago"
