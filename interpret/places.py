"""Which district and station a message names: district before station before locality. PURE.

Names are found by how they sound, longest first, then by their bones, then, within the known district only, by
likeness. Never does: take an ambiguous name on its own, a name common to many towns before the district is known, or
any station for a place outside the service.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from interpret.beside import AWAY, CARRIES, DWELL, GOES, INTO, LITTLE, OF_THERE, TAILS, THANA
from interpret.book import Words
from interpret.gazetteer import BONES_LENGTH, DISTRICT, LOCALITY, LONGEST, OUTSIDE, SPECIAL, STATION, Gazetteer, Meaning
from interpret.likeness import best_of, most_like
from interpret.ordinary import NEVER_ALONE
from interpret.sound import bones

NAMED, ROUGH, LIKE, PIN = "named", "rough", "like", "pin"
AT_MOST_LIKE = 12  # words compared by likeness in one message


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of a place in a message: words first..last-1, what it can mean, and how it was known."""

    span: tuple[int, int]
    meanings: tuple[Meaning, ...]
    how: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where. `by`: the mentions that told it; `outside`: the words of a place that is not served, if any."""

    district: str | None
    station: str | None
    by: tuple[Mention, ...]
    mentions: tuple[Mention, ...]
    outside: tuple[int, int] | None


def mentions_of(words: Words, gazetteer: Gazetteer, is_ordinary: Callable[[str], bool]) -> list[Mention]:
    """Every name in the words, longest first at each place, none inside another."""
    found, place, count = [], 0, len(words.keys)
    # "Ghatampr": in a hurry the last vowel is left out.
    keys = [f"{key[:-1]}ur" if len(key) > 4 and key.endswith("pr") else key for key in words.keys]
    while place < count:
        mention = None
        joined, ends = "", []
        for end in range(place, min(count, place + LONGEST)):
            joined += keys[end]
            ends.append((end + 1, joined))
            if joined not in gazetteer.starts:
                break
        for end, name in reversed(ends):
            if name in gazetteer.exact and _may_be(words, place, end, gazetteer):
                mention = Mention((place, end), gazetteer.exact[name], NAMED, name)
                break
        if mention is None and not is_ordinary(keys[place]) and not keys[place].isdigit():
            mention = _by_bones(words, place, gazetteer, is_ordinary)
        if mention is not None:
            found.append(mention)
            place = mention.span[1]
        else:
            place += 1
    return found


def _may_be(words: Words, first: int, last: int, gazetteer: Gazetteer) -> bool:
    """Whether these words can be a name: "bura" is not Barra, and "pan ki" not Panki."""
    if last == first + 1:
        return words.folded[first] not in NEVER_ALONE
    keys = words.keys[first:last]
    return LITTLE.isdisjoint(keys) or " ".join(keys) in gazetteer.spaced


def _by_bones(words: Words, place: int, gazetteer: Gazetteer, is_ordinary: Callable[[str], bool]) -> Mention | None:
    keys = words.keys
    for end in range(min(len(keys), place + 3), place, -1):
        if end > place + 1 and is_ordinary(keys[end - 1]) and keys[end - 1] not in TAILS:
            continue
        joined = "".join(keys[place:end])
        name = bones(joined) if end > place + 1 or words.folded[place] not in NEVER_ALONE else ""
        if len(name) >= BONES_LENGTH and name in gazetteer.rough:
            like = best_of(joined, gazetteer.rough[name])
            if like is not None:
                return Mention((place, end), gazetteer.exact[like], ROUGH, like)
    return None


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
    outside = [one for one in mentions if _is(one, OUTSIDE) and not _is_away(one, words) and _is_town(one, words)]
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
        candidates = list(_like(words, mentions, gazetteer, district, is_ordinary))
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
            is_thana = not heard and meaning.kind == STATION and _is_thana(mention, words)
            units = tuple(unit for unit in meaning.units if district is None or gazetteer.district_of[unit] == district)
            common = meaning.common or (heard and meaning.alike)
            if common and district is None and not (is_thana and len(units) == 1 and len(meaning.units) == 1):
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


def _like(
    words: Words, mentions: list[Mention], gazetteer: Gazetteer, district: str, is_ordinary: Callable[[str], bool]
) -> Iterator[tuple[Mention, tuple[str, ...]]]:
    taken = {place for one in mentions for place in range(*one.span)}
    names = gazetteer.by_district.get(district, {})
    tried = 0
    for place, key in enumerate(words.keys):
        if place in taken or is_ordinary(key) or len(key) < 5:
            continue
        tried += 1
        if tried > AT_MOST_LIKE:
            return
        joined = key
        if place + 1 < len(words.keys) and words.keys[place + 1] in TAILS:
            joined += words.keys[place + 1]
        for form in dict.fromkeys((joined, key)):
            name = most_like(form, names)
            if name is not None:
                units = tuple(
                    unit
                    for meaning in names[name]
                    if meaning.kind in (STATION, LOCALITY)
                    for unit in meaning.units
                    if gazetteer.district_of[unit] == district
                )
                if units:
                    yield Mention((place, place + 1), names[name], LIKE, name), units
                    return


def _is(mention: Mention, kind: str) -> bool:
    return any(meaning.kind == kind for meaning in mention.meanings)


def _is_town(mention: Mention, words: Words) -> bool:
    """Whether a short name (Mau, Mati) stands where a place stands."""
    after = words.keys[mention.span[1] : mention.span[1] + 1]
    return len(mention.name) > 3 or not after or after[0] in ("me", "men", "jile", "jila")


def _units(mention: Mention, kind: str) -> tuple[str, ...]:
    return tuple(unit for meaning in mention.meanings if meaning.kind == kind for unit in meaning.units)


def _is_thana(mention: Mention, words: Words) -> bool:
    first, last = mention.span
    return bool(THANA & set(words.keys[max(0, first - 1) : first])) or bool(THANA & set(words.keys[last : last + 1]))


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
        {"live", "living"} & set(words.folded[max(0, first - 2) : first])
    )
