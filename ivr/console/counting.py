"""True numbers of tips, from the database: how many came, were opened, acted on, closed; of which kind, where, how.

Nothing is counted up anywhere: a tip's row is there once and stays when its content is destroyed, so that no job that
runs twice, and no correction, can make two of it. Only of tips that were thrown away the row goes: those are added to
the week's tally when it does (workers.retention).
Never does: count what has no routing for the unit, show its numbers to anybody (overview rounds them first), name a
place in which a complaint about police was told, or count what came today.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, false, func, null, or_, select, true

from ivr.casework import ROUTING, TIP, TRAIL
from ivr.console.access import Beyond, Reach
from ivr.console.coarse import part_of_day
from ivr.console.periods import Period, midnight
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
    """Tips that are alike: in which period (its place in the list), where, of which kind, what became of them."""

    period: int
    station: str | None
    category: str | None
    is_new: bool
    is_reported: bool
    is_closed: bool
    opened_within: str | None
    n: int


@dataclass(frozen=True)
class Counted:
    """Exact numbers, for nobody's eyes. `pins`: by PIN code, of the days in which places are kept."""

    rows: Sequence[Row]
    channels: Counter[str]
    languages: Counter[str]
    parts: Counter[str]
    pins: Counter[str]
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
    theirs = and_(
        _reached(catalogue, reach),
        TIP.c.status.in_(READY),
        TIP.c.received_hour >= midnight(over[0].first),
        TIP.c.received_hour < midnight(min(today, over[-1].end)),
        TIP.c.category == category if category else true(),
    )
    place = _place(catalogue)
    with db.read() as connection:
        told = connection.execute(_grouped(_facts(theirs, over, place, db.is_sqlite))).all()
        how = connection.execute(
            _grouped(select(TIP.c.channel, TIP.c.language, _utc_hour(db.is_sqlite).label("hour")).where(theirs))
        ).all()
        pins: Sequence[Any] = ()
        if reach.compares and places_since < today:
            known = theirs & place.is_not(None) & TIP.c.pin_code.is_not(None)
            known &= TIP.c.received_hour >= midnight(max(places_since, over[0].first))
            pins = connection.execute(_grouped(select(TIP.c.pin_code).where(known))).all()
        gone = None
        if reach.beyond is Beyond.ALL and not category:
            gone = _thrown_away(connection, over, today)
    channels, languages, parts = Counter[str](), Counter[str](), Counter[str]()
    for channel, language, hour, n in how:
        channels[channel] += n
        languages[language] += n
        parts[part_of_day(datetime(2024, 1, 1, int(hour), tzinfo=UTC)).part] += n
    return Counted(
        [
            Row(
                row.period, row.station, row.category, row.status == Status.ROUTED, bool(row.reported),
                row.status == Status.CLOSED, _step(row.days), row.n,
            )
            for row in told
        ],
        channels, languages, parts, Counter(dict(tuple(pin) for pin in pins)), gone,
    )  # fmt: skip


def complaints(catalogue: Catalogue) -> tuple[str, ...]:
    """The kinds that accuse police."""
    return tuple(kind.code for kind in catalogue.categories.values() if kind.never)


def _reached(catalogue: Catalogue, reach: Reach) -> ColumnElement[bool]:
    accusing: ColumnElement[bool] = func.coalesce(TIP.c.category, "").in_(complaints(catalogue))
    own: ColumnElement[bool] = TIP.c.id.in_(select(ROUTING.c.tip_id).where(ROUTING.c.unit == reach.unit))
    if reach.beyond is Beyond.ALL:
        return true()
    if not reach.compares:
        return own & ~accusing  # none is ever routed to a station: this is the second lock
    if reach.beyond is Beyond.NONE:
        return own
    office = catalogue.offices.get(reach.unit)
    elsewhere = func.coalesce(TIP.c.district, "").not_in(office.districts) if office else false()
    return or_(own, elsewhere & ~accusing)


def _place(catalogue: Catalogue) -> ColumnElement[Any]:
    """The station whose area was told. None of what is kept from that station because it speaks of police: stations
    are shown tables too, and would find in them what they were not sent."""
    shared = [kind.code for kind in catalogue.categories.values() if kind.sensitivity == "S1"]
    sent = select(ROUTING.c.tip_id).where((ROUTING.c.tip_id == TIP.c.id) & (ROUTING.c.unit == TIP.c.station))
    return case(
        (TIP.c.category.in_(complaints(catalogue)), null()),
        (TIP.c.category.in_(shared) & ~sent.correlate(TIP).exists(), null()),
        else_=TIP.c.station,
    )


def _facts(
    theirs: ColumnElement[bool], over: Sequence[Period], place: ColumnElement[Any], is_sqlite: bool
) -> Select[Any]:
    ends = [(TIP.c.received_hour < midnight(period.end), n) for n, period in enumerate(over[:-1])]
    period = case(*ends, else_=len(over) - 1) if ends else cast(0, Integer)
    its = TRAIL.c.tip_id == TIP.c.id
    opened = select(func.min(TRAIL.c.at)).where(its & (TRAIL.c.what == "open")).correlate(TIP).scalar_subquery()
    reported = select(TRAIL.c.id).where(its & (TRAIL.c.what == "report")).correlate(TIP).exists()
    return select(
        period.label("period"), place.label("station"), TIP.c.category.label("category"), TIP.c.status.label("status"),
        (reported | (TIP.c.status == Status.REPORTED.value)).label("reported"),
        _days(opened, TIP.c.received_hour, is_sqlite).label("days"),
    ).where(theirs)  # fmt: skip


def _grouped(facts: Select[Any]) -> Select[Any]:
    these = facts.subquery()
    return select(*these.c, func.count().label("n")).group_by(*these.c)


def _days(later: Any, earlier: Any, is_sqlite: bool) -> ColumnElement[Any]:
    """Whole days between two moments."""
    if is_sqlite:
        return cast(func.julianday(later) - func.julianday(earlier), Integer)
    return cast(func.floor(func.extract("epoch", later - earlier) / 86400), Integer)


def _utc_hour(is_sqlite: bool) -> ColumnElement[Any]:
    if is_sqlite:
        return func.strftime("%H", TIP.c.received_hour)
    return func.extract("hour", func.timezone("UTC", TIP.c.received_hour))


def _step(days: int | None) -> str | None:
    if days is None:
        return None
    return next((step for step, end in STEPS if days < end), LATER)


def _thrown_away(connection: Any, over: Sequence[Period], today: date) -> int:
    """Tips thrown away, or in which nothing was said: rows that are still there, and the sums of those that are gone.
    Counted by the week; a week belongs to where its Thursday lies, whatever the periods are."""
    weeks: Counter[date] = Counter()
    first, end = over[0].first, min(today, over[-1].end)
    rows = connection.execute(
        select(TIP.c.received_hour, func.count())
        .where((TIP.c.status == Status.DISCARDED.value) & (TIP.c.received_hour >= midnight(first - timedelta(days=7))))
        .group_by(TIP.c.received_hour)
    )
    for hour, n in rows:
        weeks[week_of(hour)] += n
    sums = select(TALLY.c.day, func.sum(TALLY.c.n)).where(TALLY.c.what == THROWN_AWAY).group_by(TALLY.c.day)
    weeks.update(_as_counter(dict(connection.execute(sums).all())))
    return sum(n for week, n in weeks.items() if first <= week + timedelta(days=3) < end)


def _as_counter(sums: Mapping[date, Any]) -> Counter[date]:
    return Counter({day: int(n) for day, n in sums.items()})
