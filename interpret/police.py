"""Whether a message accuses police, and of which level. PURE.

That police do not come, were told, are asked to come, or have a post nearby accuses nobody; neither does somebody who
only pretends to be police.
Never does: name an officer, or weigh whether an accusation is true.
"""

from collections.abc import Sequence

from interpret.book import Book, Hits, Sign, Words, together
from interpret.spelling import word_set
from models.catalogue.phrases import NUMBER, PoliceSigns

MISCONDUCT = "police_misconduct"
PERSON, BODY, PLACE, FAKE = "police_person", "police_body", "police_place", "fake"
AFTER, BEFORE = "innocent_after", "innocent_before"
BENIGN = "benign"
BESIDE = 9  # words between a policeman and a deed that is taken for his
NEAR = 16  # words within which an act belongs to the mention of police
# What a complaint can accuse above the station, by the words that name it.
DISTRICT, RANGE = "district_office", "range_office"
ABOVE = {
    DISTRICT: word_set("एसपी कप्तान एसएसपी अधीक्षक डीसीपी sp ssp kaptan captan dcp superintendent"),
    RANGE: word_set("आईजी डीआईजी कमिश्नर आयुक्त ig dig commissioner"),
}
_ASKED = word_set("से को तक साहब साहेब जी महोदय se ko tak sahab saheb sahb ji mahoday sir please office karyalay कार्यालय")
_THINGS = frozenset({"chok", "choki", "thana", "tana", "thane", "staion", "station", "line", "lines", "post", "booth",
                     "choraha", "coloni", "chovki", "chouki", "outpost", "stesan"})  # fmt: skip


class Police:
    """The accusation rules of one catalogue."""

    def __init__(self, signs: PoliceSigns) -> None:
        self._signs = tuple(Sign.of(sign) for sign in signs.signs)
        self._around = Book()
        self._around.add(AFTER, signs.innocent_after)
        self._around.add(BEFORE, signs.innocent_before)

    def accusation(
        self, words: Words, hits: Hits, amounts: tuple[int, ...], deeds: Sequence[tuple[int, int]] = ()
    ) -> tuple[tuple[int, int], ...] | None:
        """The spans that accuse (the police, the act), or None.

        `hits`: the word sets found in the message; `deeds`: where it tells of something unlawful, whoever does it. A
        policeman named beside a deed is taken to have a part in it: better looked at by the range office than shown to
        his own station.
        """
        if FAKE in hits:
            return None
        seen = {tag: list(spans) for tag, spans in hits.items() if tag not in (PERSON, BODY, PLACE)}
        guilty, ends_before = self._guilty(words, hits)
        if not guilty:
            return None
        seen.update(guilty)
        if amounts:
            seen[NUMBER] = [(place, place + 1) for place in amounts]
        for sign in self._signs:
            found = together(sign, seen, NEAR)
            if found is not None:
                return found
        if BENIGN in hits:
            return None
        for person in guilty.get(PERSON, ()):
            for deed in deeds if person[0] not in ends_before else ():
                if (deed[1] <= person[0] or person[1] <= deed[0]) and abs(deed[0] - person[0]) <= BESIDE:
                    return (person, deed)
        return None

    def _guilty(self, words: Words, hits: Hits) -> tuple[Hits, set[int]]:
        """The mentions of police that nothing beside them makes innocent, and where innocent words before one end."""
        seen = {tag: list(hits[tag]) for tag in (PERSON, BODY, PLACE) if tag in hits}
        ranks = [(place, place + 1) for level in ABOVE for place in _named(words, level)]
        if ranks:
            seen[PERSON] = sorted((*seen.get(PERSON, ()), *ranks))
        if not seen:
            return {}, set()
        around = self._around.find(words)
        ends_before = {end for _, end in around.get(BEFORE, ())}
        starts_after = {start for start, _ in around.get(AFTER, ())}
        guilty: Hits = {}
        for tag, spans in seen.items():
            kept = [
                span
                for span in spans
                if span[1] not in starts_after
                and (span[0] not in ends_before or tag == PERSON)
                and not (tag == BODY and span[1] < len(words.keys) and words.keys[span[1]] in _THINGS)
            ]
            if kept:
                guilty[tag] = kept
        return guilty, ends_before


def accused_levels(words: Words) -> tuple[str, ...]:
    """The levels above the station that the words name without only addressing them."""
    return tuple(level for level in ABOVE if _named(words, level))


def _named(words: Words, level: str) -> list[int]:
    return [
        place
        for place, word in enumerate(words.folded)
        if word in ABOVE[level]
        and not _ASKED.intersection(words.folded[place + 1 : place + 3])
        and not (word == "dig" and "." not in word and _is_english_dig(words, place))
    ]


def _is_english_dig(words: Words, place: int) -> bool:
    """ "they dig sand" is no officer."""
    return bool({"they", "to", "men", "people", "jcb", "and", "tractors", "machines"} & set(words.folded[:place][-1:]))
