"""The statements by which a conversation is written down, built once and run with parameters.

A webhook has milliseconds: building a statement costs more than running it, so none is built in a turn.
Never does: decide what is kept (intake does), open a transaction, or see a number.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, delete, func, null, or_, select, true, update
from sqlmodel import col

from models.database import Database, hour, now
from models.hot import Prepared
from models.lifecycle import MOVES, READABLE, Status, Who, move
from models.recording import ProviderCopy
from models.tables import Contact, Tip
from models.tip import THROWN_AWAY, new_id

TIP: Any = Tip.__table__  # type: ignore[attr-defined]
COPY: Any = ProviderCopy.__table__  # type: ignore[attr-defined]

SENT = move(Status.TELLING, "send", Who.CALLER)
DISCARDED = move(Status.TELLING, "discard", Who.CALLER)
WITHDRAWN = move(Status.ROUTED, "withdraw", Who.CALLER)

# Columns that one turn sets together; of two turns the later one counts, and an officer's correction counts more.
_CATEGORY = ("category", "category_by", "urgency", "category_turn")
_PLACE = ("pin_code", "district", "station", "place_by", "place_turn")
_READ = or_(*(TIP.c.status == status for status in READABLE))  # not IN: a prepared statement has no room for lists
COMPLAINS = "complains"  # no column: this turn chose a complaint about police

_RETURNED = (TIP.c.id, TIP.c.status, TIP.c.urgency, TIP.c.sent_take, TIP.c.discarded_take)

_NEW_COPY = {"seconds": None, "language": None, "take": 0, "due_at": None}


def new_tip(key: str, channel: str, language: str, status: str, moment: datetime) -> dict[str, Any]:
    """The row of a tip that somebody begins to tell; of the time it keeps the hour."""
    return {
        "id": new_id(), "status": status, "channel": channel, "language": language, "received_hour": hour(moment),
        "conversation_key": key, "last_turn_at": moment, "attempts": 0,
        "sent_take": 0, "discarded_take": 0, "category_turn": 0, "place_turn": 0, "accuses": False,
    }  # fmt: skip


NEW_TIP = frozenset(new_tip("", "", "", "", now()))  # its columns


class Kept(NamedTuple):
    """What a turn needs to know of the tip it has just written."""

    id: str
    status: str
    urgency: str | None
    sent_take: int
    discarded_take: int


class Writes:
    """Every write of a conversation, for one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._upsert: Callable[[frozenset[str]], Prepared] = cache(self._build_upsert)
        self._copies: Callable[[int], Prepared] = cache(self._build_copies)
        self._known = Prepared(db, select(COPY.c.id).where(COPY.c.sid_key == bindparam("sid_key")))
        self._over = Prepared(
            db, select(TIP.c.id).where(TIP.c.conversation_key == bindparam("key"), TIP.c.status != Status.TELLING)
        )
        self._contact = Prepared(db, db.insert(Contact).on_conflict_do_nothing(), columns=["tip_id", "sealed"])
        self._finish = Prepared(db, _build_finish())
        self._due = Prepared(db, _build_due())
        self._discard_takes = Prepared(
            db, _build_due().where(COPY.c.kind == "recording", COPY.c.take <= bindparam("up_to"))
        )
        by_id = update(TIP).where(TIP.c.id == bindparam("tip_id"))
        self._more = Prepared(db, by_id.values(status=bindparam("target")).returning(*_RETURNED))
        self._empty = Prepared(db, by_id.values(dict.fromkeys(THROWN_AWAY)))
        self._no_contact = Prepared(db, delete(Contact).where(col(Contact.tip_id) == bindparam("tip_id")))
        self._code = Prepared(
            db,
            select(TIP.c.id).where(
                TIP.c.conversation_key == bindparam("key"), TIP.c.code_hash == bindparam("code_hash")
            ),
        )
        self._recording = Prepared(
            db,
            select(COPY.c.sid).where(
                COPY.c.conversation_key == bindparam("key"),
                COPY.c.kind == "recording",
                COPY.c.take == bindparam("number"),
            ),
        )

    def tip(self, cursor: Any, key: str, language: str, moment: datetime, **facts: Any) -> Kept:
        """Insert or add to the tip of this conversation."""
        row = new_tip(key, "voice", language, Status.TELLING, moment)
        if "category" in facts:
            facts["category_by"] = "caller"
        if "district" in facts:
            facts["place_by"] = "caller"
        return Kept(*self._upsert(frozenset(facts)).run(cursor, row | facts)[0])

    def tell_more(self, cursor: Any, tip: Kept) -> Kept:
        """A new recording for a tip that was already taken up (webhooks may come late): it is prepared anew."""
        if tip.status not in MOVES["tell_more"].sources:
            return tip
        return Kept(*self._more.run(cursor, {"tip_id": tip.id, "target": MOVES["tell_more"].target})[0])

    def finish(self, cursor: Any, key: str, moment: datetime) -> Kept | None:
        """Send the tip of this conversation, or discard it if every take was thrown away. None: there is none."""
        rows = self._finish.run(cursor, {"key": key, "moment": moment})
        if not rows:
            return None
        tip = Kept(*rows[0])
        if tip.status == DISCARDED:
            # A tip thrown away keeps nothing but the fact that it was.
            self._empty.run(cursor, {"tip_id": tip.id})
            self._no_contact.run(cursor, {"tip_id": tip.id})
            self._due.run(cursor, {"key": key, "moment": moment})
        return tip

    def copies(
        self,
        cursor: Any,
        key: str,
        moment: datetime,
        sids: dict[str, str],
        sid_key: Callable[[str], str],
        **recording: Any,
    ) -> dict[str, str]:
        """Enter objects at the provider (kind -> id there) into the erasure ledger, all in one statement.

        Gives kind -> row id of those that did not stand there already; `recording` are columns of a recording.
        """
        row: dict[str, Any] = {}
        for place, (kind, sid) in enumerate(sids.items()):
            more = _NEW_COPY | (recording if kind == "recording" else {})
            values = {
                "id": new_id(), "sid_key": sid_key(sid), "sid": sid, "kind": kind, "conversation_key": key,
                "heard_at": moment, "attempts": 0,
            }  # fmt: skip
            row |= {f"{name}_{place}": value for name, value in (values | more).items()}
        return {kind: row_id for row_id, kind in self._copies(len(sids)).run(cursor, row)}

    def knows(self, cursor: Any, sid_key: str) -> bool:
        """Whether the ledger has an object."""
        return bool(self._known.run(cursor, {"sid_key": sid_key}))

    def is_over(self, cursor: Any, key: str) -> bool:
        """Whether this conversation's tip has been sent or discarded already."""
        return bool(self._over.run(cursor, {"key": key}))

    def has_code(self, cursor: Any, key: str, code_hash: str) -> bool:
        """Whether this conversation was told this reference code."""
        return bool(self._code.run(cursor, {"key": key, "code_hash": code_hash}))

    def discard_takes(self, cursor: Any, key: str, up_to: int, moment: datetime) -> None:
        """The recordings up to this take may go at once."""
        self._discard_takes.run(cursor, {"key": key, "up_to": up_to, "moment": moment})

    def contact(self, cursor: Any, tip_id: str, sealed: bytes) -> None:
        """Where an answer may be left; the first one stays."""
        self._contact.run(cursor, {"tip_id": tip_id, "sealed": sealed})

    def recording_sid(self, cursor: Any, key: str, take: int) -> str:
        """The provider's id of a take, "" when unknown or gone."""
        rows = self._recording.run(cursor, {"key": key, "number": take})
        return rows[0][0] or "" if rows else ""

    def _build_copies(self, count: int) -> Prepared:
        names = ("id", "sid_key", "sid", "kind", "conversation_key", "heard_at", "attempts", *_NEW_COPY)
        rows = [
            {name: bindparam(f"{name}_{place}", type_=COPY.c[name].type) for name in names} for place in range(count)
        ]
        statement = self._db.insert(ProviderCopy).values(rows).on_conflict_do_nothing()
        return Prepared(self._db, statement.returning(COPY.c.id, COPY.c.kind))

    def _build_upsert(self, facts: frozenset[str]) -> Prepared:
        insert = self._db.insert(Tip)
        given = insert.excluded
        # Working times of a tip that is already on its way were emptied for good reason: late webhooks leave them so.
        telling = TIP.c.status == Status.TELLING
        changed: dict[str, Any] = {"last_turn_at": case((telling, given.last_turn_at), else_=TIP.c.last_turn_at)}
        highest = set(facts & {"sent_take", "discarded_take"})
        for columns, by, turn in ((_CATEGORY, "category_by", "category_turn"), (_PLACE, "place_by", "place_turn")):
            if by in facts:
                counts = (TIP.c[turn] <= given[turn]) & (func.coalesce(TIP.c[by], "") != "officer")
                changed |= {name: case((counts, given[name]), else_=TIP.c[name]) for name in columns}
            elif turn in facts:  # thrown away: what was chosen before goes, and does not come back with a late webhook
                before = (TIP.c[turn] <= given[turn]) & (TIP.c[by] == "caller")
                changed |= {name: case((before, null()), else_=TIP.c[name]) for name in columns if name != turn}
                highest.add(turn)
        for name in highest:
            changed[name] = case((TIP.c[name] < given[name], given[name]), else_=TIP.c[name])
        for name in facts & {"follow_up", "code_hash"}:
            changed[name] = given[name]
        if COMPLAINS in facts:
            # Where an officer's kind stands, the mark alone keeps the tip from those it is about. Who reads it already
            # loses it until it is routed anew; a webhook that comes twice takes it from nobody a second time.
            officers = func.coalesce(TIP.c.category_by, "") == "officer"
            news = case(
                (officers, TIP.c.accuses.is_(False)),
                else_=(TIP.c.category_turn <= given.category_turn) & (TIP.c.category.is_distinct_from(given.category)),
            )
            changed["accuses"] = case((officers, true()), else_=TIP.c.accuses)
            changed["status"] = case((news & _READ, WITHDRAWN), else_=TIP.c.status)
        statement = insert.on_conflict_do_update(index_elements=["conversation_key"], set_=changed).returning(
            *_RETURNED
        )
        return Prepared(self._db, statement, columns=sorted(NEW_TIP | facts - {COMPLAINS}))


def _build_finish() -> Any:
    counts = select(COPY.c.id).where(
        COPY.c.conversation_key == bindparam("key"), COPY.c.kind == "recording", COPY.c.take > TIP.c.discarded_take
    )
    told = (TIP.c.discarded_take == 0) | counts.exists()
    telling = TIP.c.status == Status.TELLING
    return (
        update(TIP)
        .where(TIP.c.conversation_key == bindparam("key"))
        .values(
            ended_at=case((telling, bindparam("moment", type_=TIP.c.ended_at.type)), else_=TIP.c.ended_at),
            status=case((telling & told, SENT), (telling, DISCARDED), else_=TIP.c.status),
        )
        .returning(*_RETURNED)
    )


def _build_due() -> Any:
    return (
        update(COPY)
        .where(COPY.c.conversation_key == bindparam("key"), COPY.c.due_at.is_(None))
        .values(due_at=bindparam("moment", type_=COPY.c.due_at.type))
    )
