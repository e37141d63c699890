"""What came with a tip besides its voice: messages, and the files they brought, as officers may see them.

Never does: decide who may see them (casework does), name an object of the media store to a page, or give out an
original: what is shown was made anew by the workers, in one of the media types of SHOWN_TYPES.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from models.message import READY, WAITING, Attachment, Message

MESSAGE = Message.__table__  # type: ignore[attr-defined]
FILE = Attachment.__table__  # type: ignore[attr-defined]

SHOWN_TYPES = ("image/jpeg", "video/mp4")


@dataclass(frozen=True)
class File:
    """One file, place or contact card. `kind` and `reason` as of models.message.Attachment."""

    id: str
    kind: str
    status: str
    reason: str | None
    megabytes: int | None  # 0: under one; never exact, or it would know the file again elsewhere
    seconds: float | None
    shown_type: str | None  # None: there is nothing to be seen
    has_thumbnail: bool
    place: Mapping[str, float] | None
    recording_id: str | None


@dataclass(frozen=True)
class Letter:
    """One message: its anonymised text (None: it had none, or is not prepared) and what came with it.
    `answers`: the mark that it has in common with the questions it answers (None: none)."""

    language: str
    text: str | None
    files: tuple[File, ...]
    answers: str | None = None


def letters_of(connection: Connection, tip_id: str) -> tuple[Letter, ...]:
    """The messages of a tip in the order received."""
    files: dict[str, list[File]] = {}
    for row in connection.execute(select(FILE).where(FILE.c.tip_id == tip_id).order_by(FILE.c.position)):
        is_shown = row.status == READY and row.shown is not None and row.shown_type in SHOWN_TYPES
        files.setdefault(row.message_id, []).append(
            File(
                id=row.id, kind=row.kind, status=row.status, reason=row.reason, megabytes=megabytes(row.size),
                seconds=row.seconds,
                shown_type=row.shown_type if is_shown else None,
                has_thumbnail=row.status == READY and row.thumbnail is not None,
                place=row.place if row.kind == "location" else None, recording_id=row.recording_id,
            )
        )  # fmt: skip
    messages = connection.execute(
        select(MESSAGE.c.id, MESSAGE.c.language, MESSAGE.c.text, MESSAGE.c.answers)
        .where(MESSAGE.c.tip_id == tip_id)
        .order_by(MESSAGE.c.position)
    )
    return tuple(Letter(row.language, row.text, tuple(files.get(row.id, ())), row.answers) for row in messages)


def megabytes(size: int | None) -> int | None:
    """Bytes in whole megabytes; 0: under one; None: not known, or nothing."""
    return size // (1024 * 1024) if size else None


def count_files(connection: Connection, tip_ids: list[str]) -> dict[str, int]:
    """How many files, places and cards came with each of these tips; tips without any are left out. What nobody has
    looked at does not count: in the second in which it comes it would say that somebody calls or writes now."""
    looked_at = FILE.c.tip_id.in_(tip_ids) & (FILE.c.status != WAITING)
    counted = select(FILE.c.tip_id, func.count()).where(looked_at).group_by(FILE.c.tip_id)
    return {tip_id: int(n) for tip_id, n in connection.execute(counted)}
