"""Every name of a place in the catalogue, by how it sounds, and what it can mean. PURE. Made once for a catalogue.

Never does: choose between meanings (interpret.places does).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interpret.sound import bones, sound
from interpret.spelling import tokens
from models.catalogue import Catalogue, Station

DISTRICT, OUTSIDE, STATION, LOCALITY, SPECIAL = "district", "outside", "station", "locality", "special"
LONGEST = 5  # words of a name
BONES_LENGTH = 4  # letters that a name must keep to be known by its bones alone
LIKE_LENGTH = 6  # letters of a name that a slip leaves recognisable without a district
_VOWEL = re.compile("(?<=a[wv])a(?=[bcdfghjklmnpqrst])")
SOUND_ALIKE = "Sound alike"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name can mean. `units`: a district code, or stations. `common`: exists in many towns, so it means nothing
    before the district is known; `alike`: sounds like another name, so that heard words (not written ones) are common.
    """

    kind: str
    units: tuple[str, ...]
    common: bool = False
    alike: bool = False


Names = dict[str, tuple[Meaning, ...]]


class Gazetteer:
    """The names of one catalogue: `exact` by sound, `rough` by the bones of the sound."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.district_of = {code: station.district for code, station in catalogue.stations.items()}
        exact: dict[str, dict[str, Meaning]] = {}
        self.spaced: set[str] = set()  # names of several words, with their spaces
        self.sounds: dict[str, str] = {}  # of every word in the names
        for name, meaning in _in_a_hurry(_names(catalogue)):
            words = tokens(name)
            self.sounds.update((word, sound(word)) for word in words if word not in self.sounds)
            self.spaced.add(" ".join(self.sounds[word] for word in words))
            key = "".join(self.sounds[word] for word in words)
            before = exact.setdefault(key, {}).get(meaning.kind)
            if before is not None:
                meaning = Meaning(
                    meaning.kind,
                    tuple(dict.fromkeys((*before.units, *meaning.units))),
                    meaning.common or before.common,
                    meaning.alike or before.alike,
                )
            exact[key][meaning.kind] = meaning
        # A station's own name wins over a locality of the same name elsewhere.
        self.exact: Names = {
            key: tuple(one for kind, one in kinds.items() if kind != LOCALITY or STATION not in kinds)
            for key, kinds in exact.items()
        }
        rough: dict[str, list[str]] = {}
        for key in self.exact:
            if len(bones(key)) >= BONES_LENGTH and not any(letter.isdigit() for letter in key):
                rough.setdefault(bones(key), []).append(key)
        # Bones that fit two different places tell neither.
        self.rough = {key: names for key, names in rough.items() if _agree({self.exact[name] for name in names})}
        # Of a name that is nearly written, what it tells without a district.
        self.alone = {
            key: meanings
            for key, meanings in self.exact.items()
            if len(key) >= LIKE_LENGTH and not any(letter.isdigit() for letter in key) and self._tells(meanings)
        }
        self.starts = frozenset(key[:end] for key in self.exact for end in range(1, len(key) + 1))
        self.by_district: dict[str, dict[str, tuple[Meaning, ...]]] = {}
        for key, meanings in self.exact.items():
            if len(key) >= 5 and not any(letter.isdigit() for letter in key):
                for meaning in meanings:
                    if meaning.kind in (STATION, LOCALITY):
                        for unit in meaning.units:
                            self.by_district.setdefault(self.district_of[unit], {})[key] = meanings
        self.pins = {
            pin: (
                tuple(code for code in place.districts if code != "OUT"),
                tuple(station.code for station in place.stations),
            )
            for pin, place in catalogue.pins.items()
        }

    def _tells(self, meanings: tuple[Meaning, ...]) -> bool:
        areas = {self.district_of.get(unit, unit) for meaning in meanings for unit in meaning.units}
        return len(areas) == 1 and all(
            meaning.kind in (STATION, LOCALITY) and not meaning.common and not meaning.alike for meaning in meanings
        )


def _agree(found: set[tuple[Meaning, ...]]) -> bool:
    return len({tuple(one.units for one in meanings) for meanings in found}) == 1


def _in_a_hurry(names: Iterator[tuple[str, Meaning]]) -> Iterator[tuple[str, Meaning]]:
    """The names, and as they sound when the vowel after w or v is left out: "rawtpur", "bhavrkol"."""
    for name, meaning in names:
        yield name, meaning
        if (shorter := _VOWEL.sub("", name.lower())) != name.lower():
            yield shorter, meaning


def _names(catalogue: Catalogue) -> Iterator[tuple[str, Meaning]]:
    ambiguous: dict[str, bool] = {}  # a name -> whether only heard words leave it in doubt
    for entry in catalogue.ambiguous_names:
        for name in (*entry.hi.split(" / "), *entry.roman.split(" / ")):
            ambiguous["".join(map(sound, tokens(name)))] = SOUND_ALIKE in entry.note
    for code, district in catalogue.districts.items():
        for name in (district.name_hi, district.name_en, *district.aliases_hi, *district.aliases_roman):
            yield name, Meaning(DISTRICT, (code,))
    for place in catalogue.out_of_area:
        for name in (*place.hi.split(" / "), *place.roman):
            yield name.split(",")[0], Meaning(OUTSIDE, ())
    for station in catalogue.stations.values():
        kind = STATION if station.type == "territorial" else SPECIAL
        district = catalogue.districts[station.district]
        areas = (*district.aliases_hi, *district.aliases_roman, district.name_hi, district.name_en.lower())
        yield from _of_station(station, kind, ambiguous, areas)


def _of_station(
    station: Station, kind: str, ambiguous: dict[str, bool], areas: Sequence[str]
) -> Iterator[tuple[str, Meaning]]:
    def meaning(name: str, kind: str, units: Sequence[str], common: bool) -> Meaning:
        doubt = ambiguous.get("".join(map(sound, tokens(name))))
        return Meaning(kind, tuple(units), common or doubt is False, doubt is True)

    for name in (station.name_hi, station.name_en, *station.aliases_hi, *station.aliases_roman):
        # A women's or cyber station is told only by a name that has the district's in it.
        is_common = kind == SPECIAL and not any(area in name.lower() for area in areas)
        yield name, meaning(name, kind, (station.code,), is_common)
    for locality in station.localities:
        units = (station.code, *locality.shared_with)
        for name in (locality.hi, locality.en, *locality.aliases):
            # "Rooma Kanpur" names its district itself.
            is_common = locality.needs_district and not any(f" {area} " in f" {name.lower()} " for area in areas)
            yield name, meaning(name, LOCALITY, units, is_common)
