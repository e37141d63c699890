"""Which offices and stations receive a tip. PURE: the catalogue's routing words and the place decide.

Somebody always receives it: what no office may or can receive goes to the reviewer office. A complaint about police
and every other restricted tip (S3) never reach a station.
Never does: guess a place, or assign an officer (the office that receives does).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from models.catalogue import Catalogue, Category, District, Station

DISTRICT_OFFICE, RANGE_OFFICE = "district_office", "range_office"  # levels that a complaint can accuse


@dataclass(frozen=True, slots=True)
class Destination:
    """A unit that may see the tip. Role: "to" must act, "copy" is informed, "assigned" was given it by an office."""

    unit: str
    role: Literal["to", "copy", "assigned"]


def units(
    category: str | None,
    district: str | None,
    station: str | None,
    catalogue: Catalogue,
    reviewer_office: str,
    *,
    accused: Collection[str] = (),
) -> tuple[Destination, ...]:
    """The units that receive a tip, each once, never none.

    Codes that the catalogue does not know count as not told. `accused`: DISTRICT_OFFICE or RANGE_OFFICE when a
    complaint about police is about that level; an accused office receives nothing.
    """
    kind = catalogue.categories.get(category or "")
    place = catalogue.stations.get(station or "")
    if place is not None and district is not None and place.district != district:
        place = None  # the two contradict each other: the wider one is the safer one
    area = catalogue.districts.get(district or "") or (catalogue.districts.get(place.district) if place else None)
    if area is None:
        return (Destination(reviewer_office, "to"),)
    if RANGE_OFFICE in accused:  # nobody below the range may hold a complaint about it
        return (Destination(reviewer_office, "to"),)
    found = _received(kind, area, place, catalogue, closed=DISTRICT_OFFICE in accused)
    destinations: dict[str, Destination] = {}
    for destination in found:
        destinations.setdefault(destination.unit, destination)
    return tuple(destinations.values()) or (Destination(reviewer_office, "to"),)


def _received(
    kind: Category | None, area: District, place: Station | None, catalogue: Catalogue, *, closed: bool
) -> list[Destination]:
    """Everybody who receives, the first role of a unit counts. `closed`: the district office is accused."""
    to = kind.to if kind else (DISTRICT_OFFICE,)
    copy = kind.copy if kind else (RANGE_OFFICE,)
    district_office = place.parent_office if place else area.parent_office
    offices = {
        DISTRICT_OFFICE: None if closed else district_office,
        RANGE_OFFICE: area.range_office,
        "nodal_desk_if_configured": _nodal_desk(area, catalogue),
    }
    found = [Destination(unit, "to") for word in to if (unit := offices[word])]
    if kind is not None and kind.sensitivity == "S1" and place is not None and place.type == "territorial":
        found.append(Destination(place.code, "to"))
    found += [Destination(unit, "copy") for word in copy if (unit := offices[word])]
    above = catalogue.offices[district_office].parent
    if not closed and above is not None and catalogue.offices[district_office].kind == "dcp_zone":
        found.append(Destination(above, "copy"))  # the commissioner sees what a zone of his receives
    if not any(destination.role == "to" for destination in found):
        found.insert(0, Destination(area.range_office, "to"))  # the office that must act is accused: the one above
    return found


def _nodal_desk(area: District, catalogue: Catalogue) -> str | None:
    """The traders' desk of the district, or its parent while it is not appointed; None where there is none."""
    for office in catalogue.offices.values():
        if office.kind == "nodal_desk" and area.code in office.districts:
            return office.code if office.appointed else office.parent
    return None
