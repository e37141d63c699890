"""The list of tips of an officer's unit: filtered, counted, in the order of work.

Never does: show a tip of another unit, one whose content is not ready, or any of its words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from ivr import exhibits
from ivr.casework import COUNTING, LOOKS, OFFICER, RECORDING, ROUTING, SHOWN, TIP, TRAIL, TRANSCRIPT, AnyRow
from ivr.console.access import ACTING
from models.database import Database
from models.lifecycle import READABLE, Status
from models.officer import ADDED

PAGE_SIZE = 20
READY = tuple(status.value for status in READABLE)
# The groups of the list's tabs: what an officer asks for -> the statuses in it. What a unit that must act has not read
# is new to it besides, whatever another unit has done with it.
GROUPS: dict[str, tuple[str, ...]] = {
    "open": tuple(status for status in READY if status != Status.CLOSED),
    "new": (Status.ROUTED.value,),
    "in_hand": (Status.OPENED.value, Status.WORKING.value),
    "reported": (Status.REPORTED.value,),
    "closed": (Status.CLOSED.value,),
}


@dataclass(frozen=True)
class Filters:
    """What of the list is wanted. `group` is a key of GROUPS; an empty category or station means any."""

    group: str = "open"
    category: str = ""
    station: str = ""


@dataclass(frozen=True)
class TipList:
    """One page of tips. A row has the columns of casework.SHOWN, `role` (of the unit) and `unread` (the unit must act,
    and nobody there has read it, though it is not closed); `confidence` (0 to 1) and `files` (how many came with it) by
    tip; `added`: tips of which more was told since the unit looked; `counts` by group under the other filters (a tip
    may be in several); `categories` and `stations`: what the filters can be set to."""

    rows: Sequence[AnyRow]
    confidence: dict[str, float]
    files: dict[str, int]
    added: frozenset[str]
    total: int
    page: int
    pages: int
    counts: dict[str, int]
    categories: tuple[str, ...]
    stations: tuple[str, ...]


def list_tips(db: Database, unit: str, filters: Filters, page: int = 1) -> TipList:
    """The unit's tips, the most urgent first, then the newest; a page beyond the end is the last one."""
    tips = TIP.join(ROUTING, ROUTING.c.tip_id == TIP.c.id)
    mine = (ROUTING.c.unit == unit) & TIP.c.status.in_(READY)
    narrowed = mine & _is(TIP.c.category, filters.category) & _is(TIP.c.station, filters.station)
    unread = _unread(unit)
    inside = {group: TIP.c.status.in_(statuses) for group, statuses in GROUPS.items()}
    inside["new"] = inside["new"] | unread
    wanted = filters.group if filters.group in GROUPS else "open"
    with db.read() as connection:
        counted = select(*(func.count().filter(condition) for condition in inside.values())).select_from(tips)
        counts = dict(zip(inside, map(int, connection.execute(counted.where(narrowed)).one()), strict=True))
        total = counts[wanted]
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(max(1, page), pages)
        rows = connection.execute(
            select(*SHOWN, ROUTING.c.role, unread.label("unread"))
            .select_from(tips)
            .where(narrowed & inside[wanted])
            .order_by(func.coalesce(TIP.c.urgency, "U9"), TIP.c.received_hour.desc(), TIP.c.id)
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        ).all()
        confidence = _confidence(connection, rows)
        files = exhibits.count_files(connection, [row.id for row in rows])
        added = _added(connection, unit, rows)
        categories, stations = (
            tuple(connection.scalars(select(column).select_from(tips).where(mine & column.is_not(None)).distinct()))
            for column in (TIP.c.category, TIP.c.station)
        )
    return TipList(rows, confidence, files, added, total, page, pages, counts, categories, stations)


def _is(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    return column == value if value else true()


def _unread(unit: str) -> ColumnElement[bool]:
    looks = TRAIL.join(OFFICER, OFFICER.c.id == TRAIL.c.officer_id)
    ours = (TRAIL.c.tip_id == TIP.c.id) & (OFFICER.c.unit == unit) & TRAIL.c.what.in_(LOOKS)
    read = select(TRAIL.c.id).select_from(looks).where(ours).correlate(TIP).exists()
    unread: ColumnElement[bool] = ROUTING.c.role.in_(ACTING) & (TIP.c.status != Status.CLOSED.value) & ~read
    return unread


def _confidence(connection: Connection, rows: Sequence[AnyRow]) -> dict[str, float]:
    """The mean confidence of each tip's least sure take; tips without a transcript are left out."""
    heard = (
        select(TRANSCRIPT.c.tip_id, func.min(TRANSCRIPT.c.confidence))
        .select_from(TRANSCRIPT.join(RECORDING).join(TIP, TIP.c.id == RECORDING.c.tip_id))
        .where(TRANSCRIPT.c.tip_id.in_([row.id for row in rows]) & COUNTING)
        .group_by(TRANSCRIPT.c.tip_id)
    )
    return {tip_id: float(mean) for tip_id, mean in connection.execute(heard)}


def _added(connection: Connection, unit: str, rows: Sequence[AnyRow]) -> frozenset[str]:
    """Those tips of which more was told since somebody of the unit last looked at them."""
    last = select(TRAIL.c.tip_id, func.max(TRAIL.c.id)).where(TRAIL.c.tip_id.in_([row.id for row in rows]))
    last = last.group_by(TRAIL.c.tip_id)
    ours = last.join(OFFICER, OFFICER.c.id == TRAIL.c.officer_id).where(OFFICER.c.unit == unit)
    looked = {str(tip_id): int(n) for tip_id, n in connection.execute(ours.where(TRAIL.c.what.in_(LOOKS)))}
    added = connection.execute(last.where(TRAIL.c.what == ADDED))
    return frozenset(tip_id for tip_id, n in added if n > looked.get(tip_id, n))
