"""What is ours and has been kept long enough is destroyed: sound, words, contacts, pseudonym keys, old ledger rows.

Sound goes before the row that names it: if the second step fails, the next run does both again.
Never does: touch a tip that is still owed work, or anything at the provider (forget does).
"""

import logging
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from models.database import now
from models.lifecycle import Status
from models.officer import Attempt, DayKey, Trail
from models.recording import ProviderCopy, Recording
from models.tip import Contact, Tip
from workers.parts import Parts

log = logging.getLogger(__name__)

LEDGER_DAYS = 40  # the provider itself keeps what it knows of erased recordings for so long
STRAY_HOURS = 24
STRAYS, STRAY_SHARE = 10, 0.01  # more than both: not what killed workers leave, but somebody else's media
_BATCH = 500
_OWED = (Status.TELLING, Status.RECEIVED)


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
    """Sealed originals of prepared tips older than keep_original_days."""
    before = now() - timedelta(days=parts.settings.keep_original_days)
    with parts.db.read() as connection:
        old = connection.execute(
            select(col(Recording.id), col(Recording.original))
            .join(Tip)
            .where(
                col(Recording.original).is_not(None),
                col(Tip.status).not_in(_OWED),
                col(Tip.received_hour) < before,
            )
            .limit(_BATCH)
        ).all()
    for row in old:
        parts.vault.destroy(row.original)
    with parts.db.begin() as connection:
        connection.execute(
            update(Recording).where(col(Recording.id).in_([row.id for row in old])).values(original=None)
        )
    return len(old)


def empty_closed_tips(parts: Parts) -> int:
    """Content of tips closed for longer than keep_closed_days; the tip's row stays, for its reference code's sake."""
    before = now() - timedelta(days=parts.settings.keep_closed_days)
    closed = (
        select(col(Trail.tip_id)).where(col(Trail.what) == "close").group_by(col(Trail.tip_id))
        .having(func.max(col(Trail.at)) < before)
    )  # fmt: skip
    with parts.db.read() as connection:
        rows = connection.execute(
            select(col(Recording.tip_id), col(Recording.original), col(Recording.listening))
            .join(Tip)
            .where(col(Tip.status) == Status.CLOSED, col(Tip.id).in_(closed))
            .limit(_BATCH)
        ).all()
    for row in rows:
        for name in (row.original, row.listening):
            if name:
                parts.vault.destroy(name)
    ids = {row.tip_id for row in rows}
    with parts.db.begin() as connection:
        connection.execute(delete(Recording).where(col(Recording.tip_id).in_(ids)))
        connection.execute(update(Tip).where(col(Tip.id).in_(ids)).values(pin_code=None, station=None))
    return len(ids)


def forget_small_things(parts: Parts) -> int:
    """Contacts of closed tips; keys and pseudonyms of earlier days; ledger rows and empty tips long done with."""
    today, long_ago = now().date(), now() - timedelta(days=LEDGER_DAYS)
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
            named = connection.execute(
                select(col(Recording.original), col(Recording.listening)).where(
                    col(Recording.original).in_(some) | col(Recording.listening).in_(some)
                )
            ).all()
        kept = {name for row in named for name in row}
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
