"""Which district and station a message names: district before station before locality. PURE.

Never does: take an ambiguous name on its own, a name common to many towns before the district is known, or any station
for a place outside the service.
"""

from collections.abc import Callable
from dataclasses import dataclass

from interpret.beside import AWAY, CARRIES, DWELL, GOES, INTO, OF_THERE, STATION_ITSELF, THANA
from interpret.book import Words
from interpret.gazetteer import DISTRICT, LOCALITY, OUTSIDE, SPECIAL, STATION, Gazetteer
from interpret.mentions import LIKE, Mention, like_a_name, mentions_of, nearly_a_name

PIN = "pin"


@dataclass(frozen=True, slots=True)
class Place:
    """Where. `by`: the mentions that told it; `outside`: the words of a place that is not served, if any."""

    district: str | None
    station: str | None
    by: tuple[Mention, ...]
    mentions: tuple[Mention, ...]
    outside: tuple[int, int] | None


def find_place(
    words: Words,
    gazetteer: Gazetteer,
    is_ordinary: Callable[[str], bool],
    *,
    pins: tuple[str, ...] = (),
    known: str | None = None,
    heard: bool = False,
    against_police: bool = False,
    before: Place | None = None,
) -> Place:
    """The place that the words name. `known`: the district told before; it is kept. `heard`: words of a recogniser,
    where names that sound alike are in doubt and two stations tell neither. `against_police`: a station that has no
    area of its own (women's, cyber) can be meant; `before`: what was found in the same words without it.
    """
    mentions = (
        mentions_of(words, gazetteer, is_ordinary)
        if before is None
        else [one for one in before.mentions if one.how != LIKE]
    )
    mentions = [one for one in mentions if not _is_of_elsewhere(one, mentions, words)]
    outside = [
        one
        for one in mentions
        if _is(one, OUTSIDE) and _is_town(one, words) and not _is_away(one, words) and not _is_home(one, words)
    ]
    told = list(
        dict.fromkeys(unit for one in mentions if not _is_away(one, words) or heard for unit in _units(one, DISTRICT))
    )
    if not told and not heard:
        told = list(dict.fromkeys(unit for one in mentions for unit in _units(one, DISTRICT)))
    by_pin = {pin: gazetteer.pins[pin] for pin in pins if pin in gazetteer.pins}
    pin_districts = {district for districts, _ in by_pin.values() for district in districts}
    district = known or (told[0] if told and (len(told) == 1 or not heard) else None)
    if district is None and len(pin_districts) == 1:
        district = next(iter(pin_districts))
    by_district = tuple(one for one in mentions if district in _units(one, DISTRICT))
    away = outside[0].span if outside else None
    if away is not None and district is None:
        return Place(None, None, (), tuple(mentions), away)
    candidates = _candidates(mentions, words, gazetteer, district, heard=heard, special=against_police)
    if not candidates and district is not None and not heard:
        candidates = list(like_a_name(words, mentions, gazetteer, district, is_ordinary))
        mentions += [one for one, _ in candidates]
    if not candidates and district is None and not heard and not mentions:
        candidates = list(nearly_a_name(words, gazetteer, is_ordinary))
        mentions += [one for one, _ in candidates]
    if candidates:
        stations = {unit for _, units in candidates for unit in units}
        areas = {gazetteer.district_of[code] for code in stations}
        first, units = candidates[0]
        if heard and (len(areas) > 1 or len(stations) > 1):
            return Place(areas.pop() if len(areas) == 1 else district, None, by_district, tuple(mentions), away)
        return Place(gazetteer.district_of[units[0]], units[0], (*by_district, first), tuple(mentions), away)
    stations_by_pin = {code for _, codes in by_pin.values() for code in codes}
    if len(stations_by_pin) == 1 and (district in pin_districts):
        return Place(district, next(iter(stations_by_pin)), by_district, tuple(mentions), away)
    return Place(district, None, by_district, tuple(mentions), away)


def _candidates(
    mentions: list[Mention], words: Words, gazetteer: Gazetteer, district: str | None, *, heard: bool, special: bool
) -> list[tuple[Mention, tuple[str, ...]]]:
    """Mentions that tell stations, the likeliest first: told as a thana, then stations, then localities."""
    found: list[tuple[int, int, Mention, tuple[str, ...]]] = []
    for mention in mentions:
        for meaning in mention.meanings:
            if meaning.kind not in (STATION, LOCALITY) and not (special and meaning.kind == SPECIAL):
                continue
            is_thana = not heard and meaning.kind == STATION and _is_beside(THANA, mention, words)
            units = tuple(unit for unit in meaning.units if district is None or gazetteer.district_of[unit] == district)
            common = meaning.common or (heard and meaning.alike)
            # An outpost (chauki) of a common name may be anywhere; a station is where there is only one of the name.
            by_itself = (
                is_thana and _is_beside(STATION_ITSELF, mention, words) and len(units) == len(meaning.units) == 1
            )
            if common and district is None and not by_itself:
                continue
            if not units:
                continue
            rank = 0 if is_thana or meaning.kind == SPECIAL else 1 if meaning.kind == STATION else 2
            if not heard and (_is_away(mention, words) or _is_home(mention, words)):
                rank += 4
            found.append((rank, mention.span[0], mention, units))
    found.sort(key=lambda one: (one[0], one[1]))
    if heard and found:
        best = min(rank for rank, *_ in found)
        found = [one for one in found if one[0] == best]
    return [(mention, units) for _, _, mention, units in found]


def _is(mention: Mention, kind: str) -> bool:
    return any(meaning.kind == kind for meaning in mention.meanings)


def _is_town(mention: Mention, words: Words) -> bool:
    """Whether a short name (Mau, Mati) stands where a place stands."""
    after = words.keys[mention.span[1] : mention.span[1] + 1]
    return len(mention.name) > 3 or not after or after[0] in ("me", "men", "jile", "jila")


def _units(mention: Mention, kind: str) -> tuple[str, ...]:
    return tuple(unit for meaning in mention.meanings if meaning.kind == kind for unit in meaning.units)


def _is_beside(some: frozenset[str], mention: Mention, words: Words) -> bool:
    first, last = mention.span
    return not some.isdisjoint((*words.keys[max(0, first - 1) : first], *words.keys[last : last + 1]))


def _is_away(mention: Mention, words: Words) -> bool:
    """Whether the name says where something goes, not where it is."""
    first, last = mention.span
    after = words.keys[last : last + 2]
    if after[:1] and (after[0] in GOES or (after[0] == "se" and _is(mention, OUTSIDE))):
        return True
    if len(after) == 2 and after[0] in ("ki", "ke", "ko") and after[1] in AWAY:
        return True
    if len(after) == 2 and after[0] in OF_THERE and after[1] in CARRIES:
        return True
    return first > 0 and words.keys[first - 1] in INTO and words.folded[first - 1].isascii()


def _is_of_elsewhere(mention: Mention, mentions: list[Mention], words: Words) -> bool:
    """Whether the name is said to be one of a place that is not served."""
    first = mention.span[0]
    return (
        first > 1
        and words.keys[first - 1] in OF_THERE
        and any(_is(one, OUTSIDE) and one.span[1] == first - 1 for one in mentions)
    )


def _is_home(mention: Mention, words: Words) -> bool:
    """Whether it is where the sender lives."""
    first, last = mention.span
    return bool(DWELL & set(words.keys[last : last + 3])) or bool(
        {"live", "living", "rehta", "rahta", "rehti", "rahti"} & set(words.folded[max(0, first - 2) : first])
    )
