"""What officers put right: of which kind a tip is, and where it belongs, when it was understood wrongly.

Who must act on a tip may correct it, with a reason. One transaction writes the facts and a row of the trail, and nobody
reads the tip any more; a worker routes it anew, and it is new to whoever has it then. If the queue loses the job, the
sweep finds the tip by its status. What a station learns of complaints about police by it (nothing): decision 15.
Never does: decide who receives a tip (workers.route does), take a place outside the officer's districts, or let a
station say of a complaint about police that it is none.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.casework import ROUTING, TIP, TRAIL, AnyRow, NoteMissing, NotThere, Overtaken, tip_of
from ivr.console.access import may_correct, may_lift
from ivr.corrected import Change, Seen, change_in
from ivr.parts import Parts
from models.catalogue import Catalogue
from models.database import now
from models.lifecycle import READABLE, MoveRefused, Who, move
from models.officer import CORRECTED, LIFTED, Officer
from workers.queues import Job

LONGEST_REASON = 500
ELSEWHERE = "OUT"  # a district that is none of ours, as in the catalogue
_TERRITORIAL = "territorial"  # only such a station is told of a place
MADE = (CORRECTED, LIFTED)  # in the trail
RECEIPT = timedelta(minutes=10)  # for so long who made a correction is told where the tip went


class NotOffered(ValueError):
    """No such kind, or no such place for this officer."""


class NothingChanged(ValueError):
    """Kind and place are as they were."""


class Choices(NamedTuple):
    """What an officer may choose for a tip. `kinds`: empty where the kind is not this officer's to change; `districts`:
    the officer's own; `district`: of which one `stations` are, by the office above them, "" until one is chosen;
    `elsewhere`: the office that decides on what is in none of them, "" where that cannot be chosen."""

    seen: str
    kinds: tuple[str, ...]
    districts: tuple[str, ...]
    district: str
    stations: dict[str, tuple[str, ...]]
    elsewhere: str


class Receipt(NamedTuple):
    """What was put right just now, and where the tip is. `is_sent`: a worker has routed it; `mine`: the officer's unit
    has it still; `complains`: it was made a complaint about police; `units`: (unit, role), of what accuses nobody."""

    change: Change
    is_sent: bool
    mine: bool
    complains: bool
    units: tuple[tuple[str, str], ...]


def choices(of: Parts, officer: Officer, tip: AnyRow, role: str, made: int, asked: str = "") -> Choices | None:
    """What the form offers; None: this officer corrects nothing here. `made`: how many corrections the trail has;
    `asked`: a district, or a place in one, whose stations are wanted."""
    own = _districts(of.catalogue, officer.unit)
    if not own or not may_correct(tip.status, role):
        return None
    area = of.catalogue.stations[asked].district if asked in of.catalogue.stations else asked
    district = next((one for one in (area, tip.district, own[0] if len(own) == 1 else "") if one in own), "")
    stations: dict[str, tuple[str, ...]] = {}
    for code, station in of.catalogue.stations.items():
        if station.district == district and station.type == _TERRITORIAL:
            stations[station.parent_office] = (*stations.get(station.parent_office, ()), code)
    kinds = tuple(of.catalogue.categories) if _may_change_kind(of, officer, tip.category, role) else ()
    reviewer = of.settings.reviewer_office
    elsewhere = reviewer if _is_office(of, officer) and officer.unit != reviewer else ""
    return Choices(str(Seen.of(tip, made)), kinds, own, district, stations, elsewhere)


def correct(of: Parts, officer: Officer, tip_id: str, kind: str, place: str, seen: str, reason: str) -> None:
    """Put kind or place right as the officer saw them, and have the tip routed anew; what was done already by the same
    form is not done again. `kind`, `place`: codes of the form's choices, "" for those that stay.

    NotThere: not theirs; MoveRefused: not theirs to correct; Overtaken; NotOffered; NothingChanged; NoteMissing.
    """
    reason = reason.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_REASON]
    before = Seen.read(seen)
    with of.db.begin() as connection:
        # Locked, so that of two forms that were sent at once one finds what the other did.
        connection.execute(select(TIP.c.id).where(TIP.c.id == tip_id).with_for_update())
        made, last = _last(connection, tip_id)
        if before is not None and last is not None and (made, last.officer_id) == (before.n + 1, officer.id):
            try:
                if str(_change(of.catalogue, officer, before, kind, place, reason)) == last.note:
                    return
            except (NotOffered, NothingChanged):
                pass
        tip, role = tip_of(connection, officer, tip_id)
        if before != Seen.of(tip, made):
            raise Overtaken
        if not may_correct(tip.status, role):
            raise MoveRefused(f"{role} cannot correct a tip that is {tip.status}")
        change = _change(of.catalogue, officer, before, kind, place, reason)
        if change.kind and not _may_change_kind(of, officer, tip.category, role):
            raise MoveRefused(f"{role} does not say whether this is a complaint about police")
        if not reason:
            raise NoteMissing(CORRECTED)
        urgency = _write(of, connection, officer, tip, change)
    of.courier.enqueue(Job.ROUTE_TIP, tip_id, urgency=urgency)


def receipt(of: Parts, officer: Officer, tip_id: str) -> Receipt:
    """What became of a tip that this officer corrected just now. NotThere for everybody else, and once more was told of
    the tip or somebody corrected it again: whoever has lost a tip does not learn what becomes of it."""
    with of.db.read() as connection:
        _, last = _last(connection, tip_id)
        change = change_in(last.note) if last is not None else None
        if last is None or change is None or last.officer_id != officer.id or last.at < now() - RECEIPT:
            raise NotThere
        its = (TRAIL.c.tip_id == tip_id) & (TRAIL.c.id > last.id) & TRAIL.c.officer_id.is_(None)
        done = connection.scalars(select(TRAIL.c.what).where(its)).all()
        tip = connection.execute(select(TIP.c.status, TIP.c.category, TIP.c.accuses).where(TIP.c.id == tip_id)).first()
        is_sent = tip is not None and tip.status in READABLE
        if tip is None or done != (["route"] if is_sent else []):
            raise NotThere
        has = select(ROUTING.c.unit, ROUTING.c.role).where(ROUTING.c.tip_id == tip_id).order_by(ROUTING.c.unit)
        units = tuple((str(unit), str(role)) for unit, role in connection.execute(has)) if is_sent else ()
    # What is told is what this officer did: that somebody else complains since then is not seen from here.
    complains = change.kind is not None and of.catalogue.accuses(change.kind[1])
    mine, accuses = officer.unit in dict(units), tip.accuses or of.catalogue.accuses(tip.category)
    if is_sent and accuses and not mine and not complains:
        raise NotThere  # as when more was told: another text would say that somebody complains
    return Receipt(change, is_sent, mine, complains, units)


def _change(catalogue: Catalogue, officer: Officer, before: Seen, kind: str, place: str, reason: str) -> Change:
    """What of it is different from what was seen; NotOffered, NothingChanged."""
    kind = kind or before.kind
    if kind != before.kind and kind not in catalogue.categories:
        raise NotOffered
    was = (before.district, before.station)
    to = _place(catalogue, officer, place) if place else was
    if (kind, to) == (before.kind, was):
        raise NothingChanged
    return Change((before.kind, kind) if kind != before.kind else None, (was, to) if to != was else None, reason)


def _place(catalogue: Catalogue, officer: Officer, place: str) -> tuple[str, str]:
    """District and station of a choice: a station, a district whose office decides, or elsewhere; NotOffered."""
    own, station = _districts(catalogue, officer.unit), catalogue.stations.get(place)
    if station is not None and station.district in own and station.type == _TERRITORIAL:
        return station.district, place
    if place in own or (place == ELSEWHERE and officer.unit in catalogue.offices):
        return place, ""
    raise NotOffered


def _write(of: Parts, connection: Connection, officer: Officer, tip: AnyRow, change: Change) -> str | None:
    """The facts, the trail, and who has it no longer at once; the urgency after it."""
    status = move(tip.status, "correct", Who.OFFICER).value
    facts: dict[str, Any] = {"status": status, "urgency": tip.urgency, "retry_at": None}
    what = CORRECTED
    if change.kind:
        was, kind = change.kind
        facts |= {"category": kind, "category_by": "officer"}
        if tip.urgency != "U1":  # danger at that very moment was told in so many words
            facts["urgency"] = of.catalogue.categories[kind].urgency
        if of.catalogue.accuses(kind):
            facts["accuses"] = True
            connection.execute(
                delete(ROUTING).where(ROUTING.c.tip_id == tip.id, ROUTING.c.unit.in_(of.catalogue.stations))
            )
        elif of.catalogue.accuses(was):
            what, facts["accuses"] = LIFTED, False  # until routing has asked the words
    if change.place:
        district, station = change.place[1]
        facts |= {"district": district, "station": station or None, "place_by": "officer"}
        facts["pin_code"] = _still_true(of.catalogue, tip.pin_code, district, station)
        # Whoever was given it by an office, and says that it belongs elsewhere, gives it back.
        given = (ROUTING.c.tip_id == tip.id) & (ROUTING.c.unit == officer.unit) & (ROUTING.c.role == "assigned")
        connection.execute(delete(ROUTING).where(given))
    connection.execute(update(TIP).where(TIP.c.id == tip.id).values(facts))
    row = {"at": now(), "tip_id": tip.id, "officer_id": officer.id, "what": what, "note": str(change)}
    connection.execute(insert(TRAIL).values(row))
    return None if facts["urgency"] is None else str(facts["urgency"])


def _still_true(catalogue: Catalogue, pin: str | None, district: str, station: str) -> str | None:
    """The PIN code that was told, unless the corrected place lies outside it: it would count for the wrong streets."""
    told = catalogue.place_of(pin) if pin else None
    if told is None or district not in told.districts:
        return None
    return pin if not station or station in {one.code for one in told.stations} else None


def _last(connection: Connection, tip_id: str) -> tuple[int, AnyRow | None]:
    """How many corrections were made, and the last one."""
    its = (TRAIL.c.tip_id == tip_id) & TRAIL.c.what.in_(MADE)
    made = int(connection.execute(select(func.count()).select_from(TRAIL).where(its)).scalar_one())
    row = select(TRAIL.c.id, TRAIL.c.at, TRAIL.c.officer_id, TRAIL.c.note).where(its).order_by(TRAIL.c.id.desc())
    return made, connection.execute(row.limit(1)).first() if made else None


def _may_change_kind(of: Parts, officer: Officer, kind: str | None, role: str) -> bool:
    return not of.catalogue.accuses(kind) or may_lift(role, at_station=not _is_office(of, officer))


def _is_office(of: Parts, officer: Officer) -> bool:
    return officer.unit in of.catalogue.offices


def _districts(catalogue: Catalogue, unit: str) -> tuple[str, ...]:
    """Those of an office or station; none of a unit that is no longer in the catalogue."""
    if (office := catalogue.offices.get(unit)) is not None:
        return office.districts
    station = catalogue.stations.get(unit)
    return (station.district,) if station is not None else ()
