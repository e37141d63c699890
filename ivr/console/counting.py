"""True numbers of tips, from the database: how many came, were opened, acted on, closed; of which kind, where, how.

Nothing is counted up anywhere: a tip's row is there once and stays when its content is destroyed, so that no job that
runs twice, and no correction, can make two of it. Only of tips that were thrown away the row goes: those are added to
the week's tally when it does (workers.retention).
Never does: count what is beyond a unit's reach (access), show its numbers to anybody (tables rounds them first), name
a place in which a complaint about police was told, or count what came today.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Integer, case, cast, func, select

from ivr.casework import ROUTING, TIP, TRAIL
from ivr.console.access import Reach
from ivr.console.coarse import part_of_day
from ivr.console.periods import Period, ended, midnight
from models.calendar import week_of
from models.catalogue import Catalogue
from models.database import Database
from models.lifecycle import READABLE, Status
from models.officer import THROWN_AWAY, Tally

TALLY = Tally.__table__  # type: ignore[attr-defined]
READY = tuple(status.value for status in READABLE)
# How long until a tip was opened: the last day of each step. Officers' times are exact, a tip's is an hour: days it is.
STEPS = (("day", 1), ("three_days", 3), ("week", 7))
LATER = "later"


@dataclass(frozen=True)
class Row:
    """Tips that are alike: of which period (its place in the list), of which place or kind, and what became of them.
    `is_sent`: the station in whose area they were told has them in its own list."""

    period: int
    key: str | None
    is_new: bool
    is_reported: bool
    is_closed: bool
    n: int
    is_sent: bool = False


@dataclass(frozen=True)
class Counted:
    """Exact numbers, for nobody's eyes. `places`: by station and period; all others of the periods that are over.
    `kinds`: by category; `within`: by how soon they were opened; `pins`: of the days in which places are kept."""

    places: Sequence[Row]
    kinds: Sequence[Row]
    channels: Counter[str]
    languages: Counter[str]
    parts: Counter[str]
    pins: Sequence[Row]
    within: Counter[str]
    thrown_away: int | None


def count(
    db: Database,
    catalogue: Catalogue,
    reach: Reach,
    over: Sequence[Period],
    today: date,
    category: str = "",
    places_since: date = date.min,
) -> Counted:
    """Everything about the tips of these periods (of one kind, if one is asked for) that came before today."""
    theirs = sa.and_(
        _reached(reach),
        # Nearly all tips are ready. Not by the index of the status: SQLite would go through all of them for any unit.
        func.coalesce(TIP.c.status, "").in_(READY),
        TIP.c.received_hour >= midnight(over[0].first),
        TIP.c.received_hour < midnight(min(today, over[-1].end)),
        TIP.c.category == category if category else sa.true(),
    )
    is_placed = TIP.c.received_hour >= midnight(max(places_since, over[0].first))
    gone = None
    with db.read() as connection:
        found = connection.execute(_sums(_facts(catalogue, theirs, is_placed, over, db.is_sqlite), ended(over))).all()
        if reach.everything and not category:
            gone = _thrown_away(connection, over, today)
    rows: dict[str, list[Row]] = {"station": [], "category": [], "pin": []}
    counts = {name: Counter[str]() for name in ("channel", "language", "hour", "days")}
    for what, period, key, is_new, is_reported, is_closed, is_sent, n in found:
        if what in rows:
            if what != "pin" or (key is not None and reach.compares):
                rows[what].append(Row(period, key, bool(is_new), bool(is_reported), bool(is_closed), n, bool(is_sent)))
        elif key is not None:
            counts[what][_AS_SHOWN.get(what, str)(key)] += n
    return Counted(
        rows["station"], rows["category"], counts["channel"], counts["language"], counts["hour"],
        rows["pin"], counts["days"], gone,
    )  # fmt: skip


def complaints(catalogue: Catalogue) -> tuple[str, ...]:
    """The kinds that accuse police."""
    return tuple(kind.code for kind in catalogue.categories.values() if kind.never)


def _reached(reach: Reach) -> ColumnElement[bool]:
    """What was routed to the unit, as in its list: a number that left some of it out would tell which."""
    if reach.everything:
        return sa.true()
    own: ColumnElement[bool] = TIP.c.id.in_(select(ROUTING.c.tip_id).where(ROUTING.c.unit == reach.unit))
    return own


def _place(catalogue: Catalogue) -> ColumnElement[Any]:
    """The station whose area was told. None of what is kept from that station because it speaks of police, by its kind
    or by its words alone: stations are shown tables too, and would find in them what they were not sent."""
    shared = [kind.code for kind in catalogue.categories.values() if kind.sensitivity == "S1"]
    return case(
        (TIP.c.accuses | TIP.c.category.in_(complaints(catalogue)), sa.null()),
        (TIP.c.category.in_(shared) & ~_is_sent(), sa.null()),
        else_=TIP.c.station,
    )


def _is_sent() -> ColumnElement[bool]:
    sent = select(ROUTING.c.tip_id).where((ROUTING.c.tip_id == TIP.c.id) & (ROUTING.c.unit == TIP.c.station))
    return sent.correlate(TIP).exists()


def _facts(
    catalogue: Catalogue, theirs: ColumnElement[bool], is_placed: ColumnElement[bool], over: Sequence[Period],
    is_sqlite: bool,
) -> sa.CTE:  # fmt: skip
    """What is counted of each tip. Looked up once: what is used more than once is kept by both databases."""
    ends = [(TIP.c.received_hour < midnight(period.end), n) for n, period in enumerate(over[:-1])]
    period = case(*ends, else_=len(over) - 1) if ends else cast(0, Integer)
    its = TRAIL.c.tip_id == TIP.c.id
    opened = select(func.min(TRAIL.c.at)).where(its & (TRAIL.c.what == "open")).correlate(TIP).scalar_subquery()
    reported = select(TRAIL.c.tip_id).where(its & (TRAIL.c.what == "report")).correlate(TIP).exists()
    place, is_new = _place(catalogue), TIP.c.status == Status.ROUTED.value
    return (
        select(
            period.label("period"),
            place.label("station"),
            TIP.c.category.label("category"),
            TIP.c.channel.label("channel"),
            TIP.c.language.label("language"),
            _utc_hour(is_sqlite).label("hour"),
            case((is_placed & place.is_not(None), TIP.c.pin_code)).label("pin"),
            case((is_new, None), else_=cast(_days(opened, TIP.c.received_hour, is_sqlite), sa.String)).label("days"),
            cast(is_new, Integer).label("is_new"),
            cast(reported | (TIP.c.status == Status.REPORTED.value), Integer).label("is_reported"),
            cast(TIP.c.status == Status.CLOSED.value, Integer).label("is_closed"),
            cast(_is_sent(), Integer).label("is_sent"),
        )
        .where(theirs)
        .cte("facts")
    )


def _sums(facts: sa.CTE, over: int) -> sa.CompoundSelect[Any]:
    """The facts grouped in several ways: what, period, key, what became of them, whether the station has them, how
    many. `over`: so many periods are."""
    its = facts.c
    became = (its.is_new, its.is_reported, its.is_closed)
    none = cast(0, Integer)
    return sa.union_all(
        select(sa.literal("station"), its.period, its.station, *became, its.is_sent, func.count())
        .group_by(its.period, its.station, *became, its.is_sent),
        select(sa.literal("category"), none, its.category, *became, none, func.count())
        .where(its.period < over).group_by(its.category, *became),
        select(sa.literal("pin"), none, its.pin, none, none, none, its.is_sent, func.count())
        .where(its.period < over).group_by(its.pin, its.is_sent),
        *(
            select(sa.literal(what), none, its[what], none, none, none, none, func.count())
            .where(its.period < over).group_by(its[what])
            for what in ("channel", "language", "hour", "days")
        ),
    )  # fmt: skip


def _days(later: Any, earlier: Any, is_sqlite: bool) -> ColumnElement[Any]:
    """Whole days between two moments."""
    if is_sqlite:
        return cast(func.julianday(later) - func.julianday(earlier), Integer)
    return cast(func.floor(func.extract("epoch", later - earlier) / 86400), Integer)


def _utc_hour(is_sqlite: bool) -> ColumnElement[Any]:
    if is_sqlite:
        return func.strftime("%H", TIP.c.received_hour)
    return func.to_char(func.timezone("UTC", TIP.c.received_hour), "HH24")


def _part(hour: str) -> str:
    return part_of_day(datetime(2024, 1, 1, int(hour), tzinfo=UTC)).part


def _step(days: str) -> str:
    return next((step for step, end in STEPS if int(days) < end), LATER)


_AS_SHOWN = {"hour": _part, "days": _step}


def _thrown_away(connection: Any, over: Sequence[Period], today: date) -> int:
    """Tips thrown away, or in which nothing was said: rows that are still there, and the sums of those that are gone.
    Counted by the week, once that is over; a week belongs to where its Thursday lies, whatever the periods are."""
    weeks: Counter[date] = Counter()
    first, end = over[0].first, over[ended(over) - 1].end
    rows = connection.execute(
        select(TIP.c.received_hour, func.count())
        .where((TIP.c.status == Status.DISCARDED.value) & (TIP.c.received_hour >= midnight(first - timedelta(days=7))))
        .group_by(TIP.c.received_hour)
    )
    for hour, n in rows:
        weeks[week_of(hour)] += n
    sums = select(TALLY.c.day, func.sum(TALLY.c.n)).where(TALLY.c.what == THROWN_AWAY).group_by(TALLY.c.day)
    weeks.update(_as_counter(dict(connection.execute(sums).all())))
    return sum(
        n for week, n in weeks.items() if first <= week + timedelta(days=3) < end and week + timedelta(days=7) <= today
    )


def _as_counter(sums: Mapping[date, Any]) -> Counter[date]:
    return Counter({day: int(n) for day, n in sums.items()})
