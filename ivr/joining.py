"""What was told in one exchange becomes part of another tip, behind all that is there, in the order of telling. Of the
tip that is emptied nothing is left.

As in ivr.message_writes, statements are built once and run on a cursor of Database.hot().
Never does: decide when (correspondence does), open a transaction, or take anything from a tip that was sent.
"""

from typing import Any

from sqlalchemy import bindparam, delete, or_, update

from ivr.message_writes import ATTACHMENT, MESSAGE, OfTip
from ivr.writes import COPY, TIP
from models.database import Database
from models.hot import Prepared
from models.lifecycle import Status

_WRITTEN = ("message", "media")


class Joining:
    """Joins two tips whose rows are locked, for one database."""

    def __init__(self, db: Database) -> None:
        own: Any = bindparam("own")
        to: Any = bindparam("to")
        self._mark = Prepared(
            db,
            update(MESSAGE).where(MESSAGE.c.tip_id == own, MESSAGE.c.sealed.is_(None))
            .values(sealed=bindparam("empty", type_=MESSAGE.c.sealed.type)),
        )  # fmt: skip
        behind = MESSAGE.c.position + bindparam("behind", type_=MESSAGE.c.position.type)
        self._messages = Prepared(db, update(MESSAGE).where(MESSAGE.c.tip_id == own).values(tip_id=to, position=behind))
        self._files = Prepared(db, update(ATTACHMENT).where(ATTACHMENT.c.tip_id == own).values(tip_id=to))
        # Whatever becomes of the other tip becomes of these at the provider too.
        its, written = COPY.c.conversation_key == bindparam("own_key"), or_(*(COPY.c.kind == kind for kind in _WRITTEN))
        self._copies = Prepared(db, update(COPY).where(its, written).values(conversation_key=bindparam("to_key")))
        self._empty = Prepared(db, delete(TIP).where(TIP.c.id == own, TIP.c.status == Status.TELLING))

    def join(self, cursor: Any, own: OfTip, tip: OfTip, behind: int, empty: bytes | None) -> None:
        """Move all of `own` to `tip`, behind that place. `empty`: what is sealed for a message without a word, where
        officers read the tip already: through it they hear of the file."""
        ids: dict[str, Any] = {"own": own.id, "to": tip.id, "behind": behind, "empty": empty}
        if empty is not None:
            self._mark.run(cursor, ids)
        self._files.run(cursor, ids)
        self._messages.run(cursor, ids)
        if own.conversation_key and tip.conversation_key:
            self._copies.run(cursor, {"own_key": own.conversation_key, "to_key": tip.conversation_key})
        self._empty.run(cursor, ids)
