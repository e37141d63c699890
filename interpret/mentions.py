"""The names of places in a message: by how they sound, longest first, then by their bones, then by likeness. PURE.

Never does: choose between what a name can mean (interpret.places does).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from interpret.beside import AT, AT_BEFORE, LITTLE, TAILS
from interpret.book import Words
from interpret.gazetteer import BONES_LENGTH, LIKE_LENGTH, LOCALITY, LONGEST, STATION, Gazetteer, Meaning
from interpret.likeness import best_of, most_like, nearly
from interpret.ordinary import NEVER_ALONE
from interpret.sound import bones

NAMED, ROUGH, LIKE = "named", "rough", "like"
AT_MOST_LIKE = 12  # words compared by likeness in one message


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of a place in a message: words first..last-1, what it can mean, and how it was known."""

    span: tuple[int, int]
    meanings: tuple[Meaning, ...]
    how: str
    name: str


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


def like_a_name(
    words: Words, mentions: list[Mention], gazetteer: Gazetteer, district: str, is_ordinary: Callable[[str], bool]
) -> Iterator[tuple[Mention, tuple[str, ...]]]:
    """The first word that is like the name of a place of the known district, and its stations there."""
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


def nearly_a_name(
    words: Words, gazetteer: Gazetteer, is_ordinary: Callable[[str], bool]
) -> Iterator[tuple[Mention, tuple[str, ...]]]:
    """The first word that is a name but for a slip, and stands where a place stands; and its stations."""
    tried = 0
    for place, key in enumerate(words.keys):
        if len(key) < LIKE_LENGTH or is_ordinary(key) or not _stands_as_place(words, place):
            continue
        tried += 1
        if tried > AT_MOST_LIKE:
            return
        name = nearly(key, gazetteer.alone)
        if name is not None:
            meanings = gazetteer.alone[name]
            units = tuple(unit for meaning in meanings for unit in meaning.units)
            yield Mention((place, place + 1), meanings, LIKE, name), units
            return


def _stands_as_place(words: Words, place: int) -> bool:
    return bool(AT & set(words.keys[place + 1 : place + 2])) or bool(AT_BEFORE & set(words.keys[place - 1 : place]))
