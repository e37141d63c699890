"""Which district and station the words of a tip name: district before station before locality. PURE.

Names are compared whole and without spaces ("kaka dev" is "kakadev"), longest first.
Never does: match by likeness, pick a station by an ambiguous name or a shared locality, or by a name that is common to
many towns before the district is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.catalogue import Catalogue
from workers.spelling import tokens

LONGEST = 5  # words of a name
DISTRICT, OUTSIDE, STATION, LOCALITY = "district", "outside", "station", "locality"


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a name can mean. `units`: a district code, or the stations; `needs_district`: not before it is known."""

    kind: str
    units: tuple[str, ...]
    needs_district: bool = False


def find_place(words: Sequence[str], catalogue: Catalogue, known: str | None = None) -> tuple[str | None, str | None]:
    """(district, station) that the words name, either None. `known`: the district told before; it is kept."""
    names = _names(catalogue)
    found = list(_found(words, names))
    told = list(dict.fromkeys(meaning.units[0] for meaning in found if meaning.kind == DISTRICT))
    is_outside = any(meaning.kind == OUTSIDE for meaning in found)
    district = known or (told[0] if len(told) == 1 else None)
    for kind in (STATION, LOCALITY):
        if kind == LOCALITY and is_outside and district is None:
            break  # a locality of that other town may have the same name
        meant = [_narrowed(meaning, district, catalogue) for meaning in found if meaning.kind == kind]
        candidates = list(dict.fromkeys(units for units in meant if units))
        if candidates:
            stations = {code for units in candidates for code in units}
            areas = {catalogue.stations[code].district for code in stations}
            if len(areas) > 1:
                return district, None
            return areas.pop(), stations.pop() if len(stations) == 1 else None
    return district, None


def _narrowed(meaning: _Meaning, district: str | None, catalogue: Catalogue) -> tuple[str, ...]:
    """The stations that a name can mean, those of the district only when it is known."""
    if district is None:
        return () if meaning.needs_district else meaning.units
    return tuple(code for code in meaning.units if catalogue.stations[code].district == district)


def _found(words: Sequence[str], names: dict[str, tuple[_Meaning, ...]]) -> Iterator[_Meaning]:
    """Every name in the words, longest first at each place, none inside another."""
    place = 0
    while place < len(words):
        for length in range(min(LONGEST, len(words) - place), 0, -1):
            meanings = names.get("".join(words[place : place + length]))
            if meanings:
                yield from meanings
                place += length - 1
                break
        place += 1


@lru_cache(maxsize=2)
def _names(catalogue: Catalogue) -> dict[str, tuple[_Meaning, ...]]:
    """Every name, without spaces, and what it means."""
    names: dict[str, dict[str, _Meaning]] = {}

    def add(name: str, kind: str, units: Sequence[str], needs_district: bool = False) -> None:
        key = "".join(tokens(name))
        before = names.setdefault(key, {}).get(kind)
        if before is not None:
            units = tuple(dict.fromkeys((*before.units, *units)))
            needs_district = needs_district or before.needs_district
        names[key][kind] = _Meaning(kind, tuple(units), needs_district)

    for code, district in catalogue.districts.items():
        for name in (district.name_hi, district.name_en, *district.aliases_hi, *district.aliases_roman):
            add(name, DISTRICT, (code,))
    for place in catalogue.out_of_area:
        for name in (*place.hi.split(" / "), *place.roman):
            add(name, OUTSIDE, ())
    ambiguous = {
        "".join(tokens(name))
        for entry in catalogue.ambiguous_names
        for name in (*entry.hi.split(" / "), *entry.roman.split(" / "))
    }
    for code, station in catalogue.stations.items():
        if station.type == "territorial":
            for name in (station.name_hi, station.name_en, *station.aliases_hi, *station.aliases_roman):
                add(name, STATION, (code,), "".join(tokens(name)) in ambiguous)
        for locality in station.localities:
            is_common = locality.needs_district
            for name in (locality.hi, locality.en, *locality.aliases):
                add(name, LOCALITY, (code, *locality.shared_with), is_common or "".join(tokens(name)) in ambiguous)
    for pin, place_of_pin in catalogue.pins.items():
        districts = [code for code in place_of_pin.districts if code != "OUT"]
        if len(districts) == 1:
            add(pin, DISTRICT, districts)
        if len(place_of_pin.stations) == 1:
            add(pin, STATION, [place_of_pin.stations[0].code])
    return {
        key: tuple(meaning for kind, meaning in meanings.items() if kind != LOCALITY or STATION not in meanings)
        for key, meanings in names.items()
    }
