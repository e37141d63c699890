"""What would know one call or one file again from outside: exact lengths of sound, checksums and sizes of files.

A checksum is evidence beside the sealed original, and no longer: the same file on a suspect's telephone would prove who
sent it. The true length of a recording is on the provider's list of calls, and beside the disguised copy it tells how
that was disguised; it is not written down any more (see sound.about).
Never does: touch an original, or what still has one.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Update, func, update
from sqlmodel import col

from models.message import Attachment
from models.recording import Recording

# What a row loses with its original.
OF_ORIGINAL: dict[type[Recording] | type[Attachment], dict[str, Any]] = {
    Recording: {"sha256": ""}, Attachment: {"sha256": None, "size": None},
}  # fmt: skip


def leftovers() -> Iterator[Update]:
    """Statements that empty what earlier releases left: lengths not in tens, checksums without an original."""
    for table, unknown in ((Recording, 0.0), (Attachment, None)):
        tens = 10 * func.round(col(table.seconds) / 10)
        yield update(table).where(col(table.seconds) != tens).values(seconds=unknown)
        without = col(table.original).is_(None)
        yield update(table).where(without, col(table.sha256) != "").values(**OF_ORIGINAL[table])
