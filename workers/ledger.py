"""The provider's copies: which recordings a tip consists of, and a place for those nobody told us of.

Never does: ask the provider or erase there (pipeline and forget do).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, and_, delete, func, or_, select, update
from sqlmodel import Session, SQLModel, col

from models.database import Database, hour, now
from models.lifecycle import MOVES, Status
from models.message import Attachment
from models.recording import ProviderCopy
from models.secrecy import Keys
from models.tip import Contact, Tip

RECORDING, CALL, MESSAGE, MEDIA, REPLY = "recording", "call", "message", "media", "reply"
# A recording in which a question was answered: of this call, but of another one's tip, to which it comes as a file.
ANSWER = "answer"
RECORDED = (RECORDING, ANSWER)
FILES = (MEDIA, ANSWER)
_NO_SOUND = ("absent", "failed", "deleted")


def counts(tip: Tip, take: int) -> bool:
    """Whether a take belongs to what was sent: not thrown away, not told again unless it was told in vain."""
    return take > tip.discarded_take and (take >= tip.sent_take or take == tip.rescued_take)


def recordings(session: Session, tip: Tip) -> list[ProviderCopy]:
    """The ledger's recordings of a tip's conversation, in the order they were told."""
    return list(
        session.scalars(
            select(ProviderCopy)
            .where(
                col(ProviderCopy.conversation_key) == (tip.conversation_key or "-"), col(ProviderCopy.kind) == RECORDING
            )
            .order_by(col(ProviderCopy.take), col(ProviderCopy.heard_at))
        )
    )


def call_of(session: Session, tip: Tip) -> ProviderCopy | None:
    """The ledger's row of the call itself."""
    return session.scalars(
        select(ProviderCopy).where(
            col(ProviderCopy.conversation_key) == (tip.conversation_key or "-"), col(ProviderCopy.kind) == CALL
        )
    ).first()


def written(session: Session, tip: Tip) -> list[ProviderCopy]:
    """The ledger's files and messages that a tip consists of, files first: those of its own conversation, and those
    that were attached to it from another one, or by an answer in another call."""
    attached = select(col(Attachment.copy_id)).where(
        col(Attachment.tip_id) == tip.id, col(Attachment.copy_id).is_not(None)
    )
    parents = select(col(ProviderCopy.parent)).where(
        col(ProviderCopy.id).in_(attached), col(ProviderCopy.parent).is_not(None)
    )
    return list(
        session.scalars(
            select(ProviderCopy)
            .where(
                col(ProviderCopy.kind).in_((MESSAGE, *FILES)),
                or_(
                    and_(
                        col(ProviderCopy.conversation_key) == (tip.conversation_key or "-"),
                        col(ProviderCopy.kind) != ANSWER,
                    ),
                    col(ProviderCopy.id).in_(attached),
                    col(ProviderCopy.sid).in_(parents),
                ),
            )
            .order_by(col(ProviderCopy.kind) == MESSAGE, col(ProviderCopy.heard_at))
        )
    )


def make_due(connection: Connection | Session, ids: Iterable[str], moment: datetime | None = None) -> int:
    """These copies may be erased from now on; how many of them might not before."""
    made = connection.execute(
        update(ProviderCopy)
        .where(col(ProviderCopy.id).in_(list(ids)), col(ProviderCopy.due_at).is_(None))
        .values(due_at=moment or now())
    )
    return made.rowcount if isinstance(made, CursorResult) else 0


def empty(session: Session, tip: Tip, columns: Iterable[str]) -> None:
    """A tip that was discarded keeps nothing in these columns, and no contact."""
    for name in columns:
        setattr(tip, name, None)
    session.execute(delete(Contact).where(col(Contact.tip_id) == tip.id))


def has_sound(found: Mapping[str, Any]) -> bool:
    """Whether a recording the provider lists can hold a word."""
    return found["status"] not in _NO_SOUND


def is_known(connection: Connection, sid_key: str) -> bool:
    """Whether the ledger has an object of the provider's."""
    return connection.scalar(select(func.count()).where(col(ProviderCopy.sid_key) == sid_key)) == 1


def adopt(db: Database, keys: Keys, call_sid: str, found: Iterable[Mapping[str, Any]]) -> str | None:
    """Take in recordings of one call that no webhook told us of; the id of the tip they belong to.

    Exactly once, whoever calls and how often: the ledger's unique key decides. A conversation without a tip gets one
    (received; nothing is known but the sound); one that was discarded or taken up already is prepared anew. None when
    nothing was new.
    """
    conversation, moment = keys.sid_key(call_sid), now()
    with db.begin() as connection:
        new = [one for one in found if not is_known(connection, keys.sid_key(one["sid"]))]
        if not new:
            return None
        known_language = connection.scalar(
            select(col(ProviderCopy.language)).where(
                col(ProviderCopy.conversation_key) == conversation, col(ProviderCopy.language).is_not(None)
            )
        )
        tip = Tip(
            status=Status.RECEIVED,
            language=known_language or "hi",
            received_hour=hour(new[0]["created"]),
            conversation_key=conversation,
            last_turn_at=moment,
            ended_at=moment,
        )
        connection.execute(db.insert_once(Tip).values(**values(tip)))
        tip_id, language, sent, discarded = connection.execute(
            select(col(Tip.id), col(Tip.language), col(Tip.sent_take), col(Tip.discarded_take)).where(
                col(Tip.conversation_key) == conversation
            )
        ).one()
        last = connection.scalar(
            select(func.max(col(ProviderCopy.take))).where(col(ProviderCopy.conversation_key) == conversation)
        )
        # Behind every known take, and so that it counts: a recording too many is better than one lost.
        take = max(last or 0, sent - 1, discarded) + 1
        inserted = 0
        for one in new:
            row = row_of(keys, one["sid"], RECORDING, conversation, moment)
            row.take, row.language, row.seconds = take + inserted, language, one["seconds"]
            inserted += connection.execute(db.insert_once(ProviderCopy).values(**values(row))).rowcount
        if inserted:
            more = MOVES["tell_more"]
            # Left discarded, no worker would take the tip up and the sweep would have the new sound erased unheard.
            connection.execute(
                update(Tip).where(col(Tip.id) == tip_id, col(Tip.status).in_(more.sources)).values(status=more.target)
            )
        row = row_of(keys, call_sid, CALL, conversation, moment)
        connection.execute(db.insert_once(ProviderCopy).values(**values(row)))
    return str(tip_id)


def row_of(keys: Keys, sid: str, kind: str, conversation: str, moment: datetime) -> ProviderCopy:
    """A new row for an object of the provider's."""
    return ProviderCopy(sid_key=keys.sid_key(sid), sid=sid, kind=kind, conversation_key=conversation, heard_at=moment)


def values(row: SQLModel) -> dict[str, Any]:
    """The columns of a row, for an INSERT."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}  # type: ignore[attr-defined]
