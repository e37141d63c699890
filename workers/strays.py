"""Objects of the media store that belong to no row: of rows that were deleted (doomed), and what killed workers left.

Never does: destroy what a row names, or anything at all in a store that is not this database's.
"""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlmodel import col

from models.database import now
from models.message import Attachment
from models.recording import Doomed, Recording
from workers.parts import Parts

log = logging.getLogger(__name__)

STRAY_HOURS = 24
STRAYS, STRAY_SHARE = 10, 0.01  # more than both: not what killed workers leave, but somebody else's media
BATCH = 500  # rows looked at together
# Every column that names an object of the vault: what is missing here would be destroyed as a stray.
OBJECTS: tuple[tuple[type[Recording] | type[Attachment], tuple[Any, ...]], ...] = (
    (Recording, (col(Recording.original), col(Recording.listening))),
    (Attachment, (col(Attachment.original), col(Attachment.shown), col(Attachment.thumbnail))),
)


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


def destroy_strays(parts: Parts) -> int:
    """Objects in the vault that no row names: left by a worker killed between writing and recording.

    Too many of them are left where they are: then this is not the database that the media belong to.
    """
    before = now() - timedelta(hours=STRAY_HOURS)
    there = list(parts.vault.names())
    old = [name for name, written in there if written < before]
    strays: list[str] = []
    for at in range(0, len(old), BATCH):
        some = old[at : at + BATCH]
        with parts.db.read() as connection:
            kept = {
                name
                for _, columns in OBJECTS
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
