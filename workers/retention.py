"""What is ours and has been kept long enough is destroyed: sound, files, words, contacts, pseudonym keys, ledger rows.

An original goes before the row that names it: if the second step fails, the next run does both again. Of a tip that is
emptied the names are written down (`Doomed`) in the transaction that deletes its rows, and then destroyed.
Never does: touch a tip that is still owed work, or anything at the provider (forget does).
"""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlmodel import col

from models.database import now
from models.lifecycle import Status
from models.message import OWED, QUARANTINED, READY, WAITING, Attachment, Message
from models.officer import Attempt, DayKey, Trail
from models.recording import Doomed, ProviderCopy, Recording
from models.tip import Contact, Tip
from workers.parts import Parts

log = logging.getLogger(__name__)

LEDGER_DAYS = 40  # the provider itself keeps what it knows of erased recordings for so long
STRAY_HOURS = 24
PSEUDONYMS_OVERLAP = timedelta(hours=2)  # past midnight, for which yesterday's pseudonyms still mean somebody
STRAYS, STRAY_SHARE = 10, 0.01  # more than both: not what killed workers leave, but somebody else's media
_BATCH = 500
_OWED = (Status.TELLING, Status.RECEIVED)
_CLOSING = ("close", "late_take")  # what was added after the closing has its own days
# Every column that names an object of the vault: what is missing here would be destroyed as a stray.
_OBJECTS: tuple[tuple[type[Recording] | type[Attachment], tuple[Any, ...]], ...] = (
    (Recording, (col(Recording.original), col(Recording.listening))),
    (Attachment, (col(Attachment.original), col(Attachment.shown), col(Attachment.thumbnail))),
)


def run(parts: Parts) -> dict[str, int]:
    """All of it once; how many of each were destroyed."""
    done = {
        "originals": destroy_originals(parts),
        "closed_tips": empty_closed_tips(parts),
        "small_things": forget_small_things(parts),
        "strays": destroy_strays(parts),
    }
    parts.db.forget_log()
    return done


def destroy_originals(parts: Parts) -> int:
    """Sealed originals of prepared tips older than keep_original_days: sound, files, messages as they were written.

    Of a file that is not prepared there is nothing but its original: it goes with its tip.
    """
    before = now() - timedelta(days=parts.settings.keep_original_days)
    old = (col(Tip.status).not_in(_OWED), col(Tip.received_hour) < before)
    destroyed = 0
    is_opened = col(Attachment.status).in_((READY, QUARANTINED))
    for table, done in ((Recording, ()), (Attachment, (is_opened,))):
        with parts.db.read() as connection:
            rows = connection.execute(
                select(col(table.id), col(table.original))
                .join(Tip, col(Tip.id) == col(table.tip_id))
                .where(col(table.original).is_not(None), *old, *done)
                .limit(_BATCH)
            ).all()
        for row in rows:
            parts.vault.destroy(row.original)
        with parts.db.begin() as connection:
            connection.execute(update(table).where(col(table.id).in_([row.id for row in rows])).values(original=None))
        destroyed += len(rows)
    with parts.db.begin() as connection:
        written = select(col(Message.id)).join(Tip, col(Tip.id) == col(Message.tip_id))
        sealed = written.where(col(Message.sealed).is_not(None), col(Message.text).is_not(None), *old).limit(_BATCH)
        emptied = connection.execute(update(Message).where(col(Message.id).in_(sealed)).values(sealed=None))
    return destroyed + emptied.rowcount


def empty_closed_tips(parts: Parts) -> int:
    """Content of tips closed, and not added to, for longer than keep_closed_days; the tip's row stays, for its
    reference code's sake."""
    before = now() - timedelta(days=parts.settings.keep_closed_days)
    closed = (
        select(col(Trail.tip_id)).where(col(Trail.what).in_(_CLOSING)).group_by(col(Trail.tip_id))
        .having(func.max(col(Trail.at)) < before)
    )  # fmt: skip
    has_content = or_(
        *(select(col(table.id)).where(col(table.tip_id) == col(Tip.id)).exists() for table in (Recording, Message))
    )
    is_owed = or_(
        select(col(Message.id)).where(
            col(Message.tip_id) == col(Tip.id), col(Message.text).is_(None), col(Message.sealed).is_not(None)
        ).exists(),
        select(col(Attachment.id)).where(
            col(Attachment.tip_id) == col(Tip.id), col(Attachment.status).in_((WAITING, *OWED))
        ).exists(),
    )  # fmt: skip
    done_with = select(col(Tip.id)).where(
        col(Tip.status) == Status.CLOSED, col(Tip.id).in_(closed), has_content, ~is_owed
    )
    destroy_doomed(parts)  # left by a run that was killed
    with parts.db.read() as connection:
        ids = connection.scalars(done_with.limit(_BATCH)).all()
    emptied = 0
    for tip_id in ids:
        with parts.db.begin() as connection:
            # It may be open again by now, or closed anew: then nothing of it is lost.
            if connection.scalar(done_with.where(col(Tip.id) == tip_id).with_for_update(of=Tip)) is None:
                continue
            _empty(parts, connection, tip_id)
        destroy_doomed(parts)
        emptied += 1
    return emptied


def destroy_doomed(parts: Parts) -> int:
    """Objects whose rows are gone already; how many. Nobody can ask for them any more, so that no lock is held."""
    with parts.db.read() as connection:
        names = connection.scalars(select(col(Doomed.name))).all()
    for name in names:
        parts.vault.destroy(name)
    if names:
        with parts.db.begin() as connection:
            connection.execute(delete(Doomed).where(col(Doomed.name).in_(names)))
    return len(names)


def _empty(parts: Parts, connection: Connection, tip_id: str) -> None:
    """Its words and the rows of its objects go at once; what those named is doomed."""
    names = {
        name
        for table, columns in _OBJECTS
        for row in connection.execute(select(*columns).where(col(table.tip_id) == tip_id))
        for name in row
        if name
    }
    if names:
        connection.execute(parts.db.insert_once(Doomed).values([{"name": name} for name in sorted(names)]))
    for table in (Attachment, Message, Recording):
        connection.execute(delete(table).where(col(table.tip_id) == tip_id))
    connection.execute(update(Tip).where(col(Tip.id) == tip_id).values(pin_code=None, station=None))


def forget_small_things(parts: Parts) -> int:
    """Contacts of closed tips; keys and pseudonyms of earlier days; ledger rows and empty tips long done with."""
    moment = now()
    # A conversation in writing that began before midnight may go on after it.
    today, long_ago = (moment - PSEUDONYMS_OVERLAP).date(), moment - timedelta(days=LEDGER_DAYS)
    with parts.db.begin() as connection:
        results = [
            connection.execute(
                delete(Contact).where(
                    col(Contact.tip_id).in_(
                        select(col(Tip.id)).where(col(Tip.status).in_((Status.CLOSED, Status.DISCARDED)))
                    )
                )
            ),
            connection.execute(delete(DayKey).where(col(DayKey.day) < today)),
            connection.execute(delete(Attempt).where(col(Attempt.day) < today)),
            connection.execute(delete(ProviderCopy).where(col(ProviderCopy.erased_at) < long_ago)),
            connection.execute(
                delete(Tip).where(col(Tip.status) == Status.DISCARDED, col(Tip.received_hour) < long_ago)
            ),
        ]
    return sum(result.rowcount for result in results)


def destroy_strays(parts: Parts) -> int:
    """Objects in the vault that no row names: left by a worker killed between writing and recording.

    Too many of them are left where they are: then this is not the database that the media belong to.
    """
    before = now() - timedelta(hours=STRAY_HOURS)
    there = list(parts.vault.names())
    old = [name for name, written in there if written < before]
    strays: list[str] = []
    for at in range(0, len(old), _BATCH):
        some = old[at : at + _BATCH]
        with parts.db.read() as connection:
            kept = {
                name
                for _, columns in _OBJECTS
                for row in connection.execute(select(*columns).where(or_(*(column.in_(some) for column in columns))))
                for name in row
            }
        strays += [name for name in some if name not in kept]
    if len(strays) > max(STRAYS, STRAY_SHARE * len(there)):
        log.error(
            "%d objects of the media store are unknown to this database: none is destroyed. Is it the right database?",
            len(strays),
        )
        return 0
    for name in strays:
        parts.vault.destroy(name)
    return len(strays)
