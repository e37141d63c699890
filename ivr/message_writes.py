"""The statements by which a conversation in writing is written down, built once and run with parameters.

As in ivr.writes: a webhook has milliseconds. Every statement runs on a cursor of Database.hot().
Never does: decide what is kept (correspondence does), open a transaction, or see a number or an open text.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, select, update

from ivr.writes import COPY, NEW_TIP, TIP, new_tip
from models.database import Database
from models.hot import Prepared
from models.message import Attachment, Conversation, Message
from models.recording import ProviderCopy
from models.tables import Attempt
from models.tip import Tip, new_id

TALK: Any = Conversation.__table__  # type: ignore[attr-defined]
MESSAGE: Any = Message.__table__  # type: ignore[attr-defined]
ATTACHMENT: Any = Attachment.__table__  # type: ignore[attr-defined]
ATTEMPT: Any = Attempt.__table__  # type: ignore[attr-defined]

STOPPED = "stopped"
_TIP = (
    TIP.c.id, TIP.c.status, TIP.c.urgency, TIP.c.category_by, TIP.c.place_by, TIP.c.district, TIP.c.conversation_key,
    TIP.c.station, TIP.c.category,
)  # fmt: skip
_COPY = ["id", "sid_key", "sid", "parent", "kind", "conversation_key", "heard_at", "attempts", "take", "due_at",
         "erased_at"]  # fmt: skip
_FILE = ["id", "tip_id", "message_id", "position", "copy_id", "kind", "status", "reason", "declared_type", "place"]


class Talk(NamedTuple):
    """A conversation that goes on."""

    id: str
    tip_id: str | None
    state: dict[str, Any]
    silent: bool


class OfTip(NamedTuple):
    """What a message needs to know of its tip."""

    id: str
    status: str
    urgency: str | None
    category_by: str | None
    place_by: str | None
    district: str | None
    conversation_key: str | None
    station: str | None
    category: str | None


class MessageWrites:
    """Every write of a conversation in writing, for one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        who: tuple[Any, ...] = (bindparam("who"), bindparam("who_before"))
        silent = TALK.c.last_at < bindparam("before", type_=TALK.c.last_at.type)
        talk = select(TALK.c.id, TALK.c.tip_id, TALK.c.state, silent).where(TALK.c.who.in_(who))
        self._peek = Prepared(db, talk.order_by(TALK.c.last_at.desc()))
        self._talk = Prepared(db, talk.order_by(TALK.c.last_at.desc()).with_for_update())
        self._begin = Prepared(
            db, db.insert(Conversation).on_conflict_do_nothing(),
            columns=["id", "who", "channel", "tip_id", "state", "last_at"],
        )  # fmt: skip
        self._save = Prepared(
            db,
            update(TALK).where(TALK.c.id == bindparam("talk")).values(
                tip_id=bindparam("tip_id"), state=bindparam("state", type_=TALK.c.state.type),
                last_at=bindparam("moment", type_=TALK.c.last_at.type),
            ),
        )  # fmt: skip
        self._close = Prepared(db, delete(TALK).where(TALK.c.id == bindparam("talk")))
        once = db.insert(Attempt)
        more = once.on_conflict_do_update(
            index_elements=["day", "kind", "who"], set_={"n": ATTEMPT.c.n + once.excluded.n}
        ).returning(ATTEMPT.c.n)
        self._count = Prepared(db, more, columns=["day", "kind", "who", "n"])
        stopped = (ATTEMPT.c.kind == STOPPED) & ATTEMPT.c.who.in_(who)
        self._stopped = Prepared(db, select(ATTEMPT.c.n).where(stopped))
        self._resume = Prepared(db, delete(ATTEMPT).where(stopped))
        self._copy = Prepared(db, db.insert(ProviderCopy).on_conflict_do_nothing().returning(COPY.c.id), columns=_COPY)
        self._known = Prepared(db, select(COPY.c.id).where(COPY.c.sid_key == bindparam("sid_key")))
        self._new_tip = Prepared(db, db.insert(Tip).returning(*_TIP), columns=sorted(NEW_TIP))
        one = select(*_TIP).with_for_update()
        self._tip = Prepared(db, one.where(TIP.c.id == bindparam("tip_id")))
        self._tip_of = Prepared(db, one.where(TIP.c.conversation_key == bindparam("key")))
        self._tip_with = Prepared(db, one.where(TIP.c.code_hash == bindparam("hash")))
        either = (TIP.c.conversation_key == bindparam("key")) | (TIP.c.code_hash == bindparam("hash"))
        self._lock = Prepared(db, one.where(either).order_by(TIP.c.id))
        self._change: Callable[[frozenset[str]], Prepared] = cache(self._build_change)
        self._last = Prepared(db, select(func.max(MESSAGE.c.position)).where(MESSAGE.c.tip_id == bindparam("tip_id")))
        self._taken = Prepared(
            db,
            select(MESSAGE.c.id).where(
                MESSAGE.c.tip_id == bindparam("tip_id"), MESSAGE.c.position == bindparam("number")
            ),
        )
        self._message = Prepared(db, db.insert(Message), columns=["id", "tip_id", "position", "language", "sealed"])
        self._file = Prepared(db, db.insert(Attachment), columns=_FILE)

    # --- conversations
    def peek(self, cursor: Any, who: tuple[str, ...], before: datetime) -> Talk | None:
        """The conversation of a sender, to look at only."""
        return _talk(self._peek.run(cursor, _who(who) | {"before": before}))

    def talk(self, cursor: Any, who: tuple[str, ...], before: datetime) -> Talk | None:
        """The conversation of a sender, locked until the end of the transaction. `before`: silent since then."""
        return _talk(self._talk.run(cursor, _who(who) | {"before": before}))

    def begin(self, cursor: Any, who: str, channel: str, moment: datetime) -> None:
        """A new conversation, unless somebody began it in this instant."""
        row: dict[str, Any] = {"id": new_id(), "who": who, "channel": channel, "last_at": moment}
        row |= {"tip_id": None, "state": {}}
        self._begin.run(cursor, row)

    def save(self, cursor: Any, talk: str, tip_id: str | None, state: dict[str, Any], moment: datetime) -> None:
        """Where it stands after a message."""
        self._save.run(cursor, {"talk": talk, "tip_id": tip_id, "state": state, "moment": moment})

    def close(self, cursor: Any, talk: str) -> None:
        """It is over, and forgotten."""
        self._close.run(cursor, {"talk": talk})

    # --- who writes too much, and who wants no answers
    def count(self, cursor: Any, day: date, kind: str, who: str, n: int = 1) -> int:
        """Count one more; how many it makes."""
        return int(self._count.run(cursor, {"day": day, "kind": kind, "who": who, "n": n})[0][0])

    def stopped(self, cursor: Any, who: tuple[str, ...]) -> bool:
        """Whether the sender wanted no more answers today."""
        return bool(self._stopped.run(cursor, _who(who)))

    def resume(self, cursor: Any, who: tuple[str, ...]) -> None:
        """The sender wants answers again."""
        self._resume.run(cursor, _who(who))

    # --- the erasure ledger
    def copy(self, cursor: Any, kind: str, sid: str, sid_key: str, key: str, moment: datetime, **more: Any) -> str:
        """Enter an object at the provider; its row's id, "" when it stood there already: the atomic claim.

        Without a `sid` there is nothing to erase: the row only makes sure that the same thing is not taken twice.
        """
        row = {
            "id": new_id(), "sid_key": sid_key, "sid": sid or None, "parent": None, "kind": kind,
            "conversation_key": key, "heard_at": moment, "attempts": 0, "take": 0, "due_at": None,
            "erased_at": None if sid else moment,
        } | more  # fmt: skip
        rows = self._copy.run(cursor, row)
        return str(rows[0][0]) if rows else ""

    def knows(self, cursor: Any, sid_key: str) -> bool:
        """Whether the ledger has an object."""
        return bool(self._known.run(cursor, {"sid_key": sid_key}))

    # --- tips
    def new_tip(self, cursor: Any, key: str, channel: str, language: str, status: str, moment: datetime) -> OfTip:
        """A tip that somebody begins to write."""
        return OfTip(*self._new_tip.run(cursor, new_tip(key, channel, language, status, moment))[0])

    def tip(self, cursor: Any, tip_id: str) -> OfTip | None:
        """A tip by its id, locked like the others below: a worker that stores it waits, or is seen."""
        return _first(self._tip.run(cursor, {"tip_id": tip_id}))

    def tip_of(self, cursor: Any, key: str) -> OfTip | None:
        """The tip that was told in a conversation."""
        return _first(self._tip_of.run(cursor, {"key": key}))

    def tip_with(self, cursor: Any, code_hash: str) -> OfTip | None:
        """The tip with a reference code."""
        return _first(self._tip_with.run(cursor, {"hash": code_hash}))

    def lock(self, cursor: Any, key: str, code_hash: str) -> None:
        """Lock the tip told in a conversation and the one with a code, always in the same order: two who add to each
        other's tip do not wait for each other."""
        self._lock.run(cursor, {"key": key, "hash": code_hash})

    def change(self, cursor: Any, tip_id: str, **columns: Any) -> None:
        """Write some columns of a tip."""
        if columns:
            self._change(frozenset(columns)).run(cursor, {"tip": tip_id} | {f"to_{k}": v for k, v in columns.items()})

    def _build_change(self, names: frozenset[str]) -> Prepared:
        values = {name: bindparam(f"to_{name}", type_=TIP.c[name].type) for name in sorted(names)}
        return Prepared(self._db, update(TIP).where(TIP.c.id == bindparam("tip")).values(values))

    # --- what was told
    def position(self, cursor: Any, tip_id: str, at_least: int = 1) -> int:
        """The next free place behind all messages of a tip."""
        last = self._last.run(cursor, {"tip_id": tip_id})[0][0]
        return max((last or 0) + 1, at_least)

    def is_taken(self, cursor: Any, tip_id: str, position: int) -> bool:
        """Whether a message stands at this place already."""
        return bool(self._taken.run(cursor, {"tip_id": tip_id, "number": position}))

    def message(self, cursor: Any, tip_id: str, position: int, language: str, sealed: bytes | None) -> str:
        """One message; its row's id."""
        row: dict[str, Any] = {"id": new_id(), "tip_id": tip_id, "position": position}
        row |= {"language": language, "sealed": sealed}
        self._message.run(cursor, row)
        return str(row["id"])

    def files(self, cursor: Any, tip_id: str, message_id: str, files: Iterable[dict[str, Any]]) -> None:
        """What came with a message, in order."""
        for position, file in enumerate(files):
            row = {
                "id": new_id(), "tip_id": tip_id, "message_id": message_id, "position": position, "copy_id": None,
                "kind": "file", "status": "waiting", "reason": None, "declared_type": "", "place": None,
            } | file  # fmt: skip
            self._file.run(cursor, row)


def _who(who: tuple[str, ...]) -> dict[str, str]:
    return {"who": who[0], "who_before": who[-1]}


def _talk(rows: list[tuple[Any, ...]]) -> Talk | None:
    if not rows:
        return None
    talk, tip_id, state, silent = rows[0]
    return Talk(talk, tip_id, json.loads(state) if isinstance(state, str) else state, bool(silent))


def _first(rows: list[tuple[Any, ...]]) -> OfTip | None:
    return OfTip(*rows[0]) if rows else None
