"""Whether a message accuses police, and of which level. PURE.

That police do not come, were told, are asked to come, or have a post nearby accuses nobody; neither does somebody who
only pretends to be police.
Never does: name an officer, or weigh whether an accusation is true.
"""

from dataclasses import dataclass

from interpret.book import Book, Hits, Sign, Words, together
from interpret.spelling import word_set
from models.catalogue.phrases import NUMBER, PoliceSigns

MISCONDUCT = "police_misconduct"
PERSON, BODY, PLACE, FAKE = "police_person", "police_body", "police_place", "fake"
AFTER, BEFORE, ADDRESSED, VICTIM, ABSENT = "innocent_after", "innocent_before", "addressed", "victim", "absent"
BENIGN = "benign"
BEHIND = 4  # words between those who are missed and the word that they did not come
MUCH = 4  # words beyond which something is said of a station that is named, and with one more surely of a policeman
FEW = 3  # words from which something is said of a policeman
NEAR = 16  # words within which an act belongs to the mention of police
# What a complaint can accuse above the station, by the words that name it.
DISTRICT, RANGE = "district_office", "range_office"
ABOVE = {
    DISTRICT: word_set("एसपी कप्तान एसएसपी अधीक्षक डीसीपी sp ssp kaptan captan dcp superintendent"),
    RANGE: word_set("आईजी डीआईजी कमिश्नर आयुक्त डीजीपी एडीजी ig dig commissioner dgp adg"),
}
_ASKED = word_set("से को तक महोदय se ko tak mahoday sir please")
_TITLE = word_set(
    "साहब साहेब साब जी sahab saheb sahb sab ji office ऑफिस आफिस karyalay कार्यालय"
)  # he may be spoken to, or of
# Between a rank and what is said of him may stand where he sits: "SP office Jaunpur ka babu", "DCP West".
_WHERE = word_set(
    """west east south central north zone वेस्ट ईस्ट साउथ सेंट्रल नॉर्थ जोन पश्चिम पूर्व दक्षिण पूर्वी पश्चिमी दक्षिणी मध्य city सिटी
    rural gramin ग्रामीण nagar नगर kanpur कानपुर jaunpur जौनपुर ghazipur gazipur गाजीपुर ग़ाज़ीपुर chandauli चंदौली चन्दौली
    varanasi वाराणसी"""
)
_OF_HIM = word_set("ने के का की में खुद भी ne ke ka ki me khud bhi at in of takes")
_THINGS = frozenset({"chok", "choki", "thana", "tana", "thane", "staion", "station", "line", "lines", "post", "booth",
                     "choraha", "coloni", "chovki", "chouki", "outpost", "stesan"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Accusation:
    """The spans that accuse (the police, the act). `plain`: it counts before what else is told; `act`: by something
    they do, not only because they are spoken of."""

    spans: tuple[tuple[int, int], ...]
    plain: bool
    act: bool = True


class Police:
    """The accusation rules of one catalogue."""

    def __init__(self, signs: PoliceSigns) -> None:
        self._signs = tuple(Sign.of(sign) for sign in signs.signs)
        self._anyway = tuple(Sign.of(sign) for sign in signs.anyway)
        self._around = Book()
        self._around.add(ADDRESSED, signs.addressed)
        self._around.add(AFTER, signs.innocent_after)
        self._around.add(BEFORE, signs.innocent_before)
        self._around.add(VICTIM, signs.victim)
        self._around.add(ABSENT, signs.absent)

    def accusation(self, words: Words, hits: Hits, amounts: tuple[int, ...]) -> Accusation | None:
        """What accuses police, or None. `hits`: the word sets found in the message.

        A policeman of whom something is told is taken to be accused of it, unless the words beside him make him a
        witness, a victim or one who is asked for help: better looked at by the range office than shown to his own
        station. Of "police" and of stations an act must be told; else they are accused only where nothing else is told.
        """
        if FAKE in hits:
            return None
        if amounts:
            hits = {**hits, NUMBER: [(place, place + 1) for place in amounts]}
        for sign in self._anyway:
            found = together(sign, hits, NEAR) if sign.present[0] in hits else None
            if found is not None:
                return Accusation(found, True)
        guilty, around = self._guilty(words, hits)
        if not guilty:
            return None
        seen = {tag: spans for tag, spans in hits.items() if tag not in (PERSON, BODY, PLACE)} | guilty
        for sign in self._signs:
            found = together(sign, seen, NEAR) if sign.present[0] in seen else None
            if found is not None:
                return Accusation(found, True)
        if BENIGN in hits or len(words.keys) < FEW:
            return None
        ends_before = {end for _, end in around.get(BEFORE, ())}
        addressed = {start for start, _ in around.get(ADDRESSED, ())}
        for person in guilty.get(PERSON, ()):
            if person[0] not in ends_before and person[1] not in addressed:
                return Accusation((person,), len(words.keys) > MUCH + 1, act=False)
        if len(words.keys) > MUCH:
            for tag in (BODY, PLACE):
                for span in guilty.get(tag, ()):
                    if span[0] not in ends_before and span[1] not in addressed:
                        return Accusation((span,), False, act=False)
        return None

    def _guilty(self, words: Words, hits: Hits) -> tuple[Hits, Hits]:
        """The mentions of police that nothing beside them makes innocent, and what stands around mentions."""
        seen = {tag: list(hits[tag]) for tag in (PERSON, BODY, PLACE) if tag in hits}
        ranks = [(place, place + 1) for level in ABOVE for place in _named(words, level)]
        if ranks:
            seen[PERSON] = sorted((*seen.get(PERSON, ()), *ranks))
        if not seen:
            return {}, {}
        around = self._around.find(words)
        ends_before = {end for _, end in around.get(BEFORE, ())}
        starts_after = {start for start, _ in around.get(AFTER, ())}
        missed = [start for start, _ in around.get(ABSENT, ())]
        suffers = {end for _, end in around.get(VICTIM, ())}
        longer = [span for spans in seen.values() for span in spans if span[1] - span[0] > 1]
        guilty: Hits = {}
        for tag, spans in seen.items():
            kept = [
                span
                for span in spans
                if span[1] not in starts_after
                and span[0] not in suffers
                and not any(0 <= start - span[1] <= BEHIND for start in missed)
                and (span[0] not in ends_before or tag == PERSON)
                and not any(first <= span[0] and span[1] <= end and span != (first, end) for first, end in longer)
                and not (tag == BODY and span[1] < len(words.keys) and words.keys[span[1]] in _THINGS)
            ]
            if kept:
                guilty[tag] = kept
        return guilty, around


def accused_levels(words: Words) -> tuple[str, ...]:
    """The levels above the station that the words name without only addressing them."""
    return tuple(level for level in ABOVE if _named(words, level))


def _named(words: Words, level: str) -> list[int]:
    return [
        place
        for place, word in enumerate(words.folded)
        if word in ABOVE[level]
        and not _is_asked(tuple(one for one in words.folded[place + 1 : place + 6] if one not in _WHERE)[:3])
        and not (word == "dig" and "." not in word and _is_english_dig(words, place))
    ]


def _is_asked(after: tuple[str, ...]) -> bool:
    """Whether the words behind a rank make him one who is told or asked: "SP sahab, ...", not "SP sahab ke babu"."""
    if after and after[0] in _TITLE:
        return len(after) < 2 or after[1] not in _OF_HIM or bool(_ASKED.intersection(after[2:3]))
    return bool(_ASKED.intersection(after[:2]))


def _is_english_dig(words: Words, place: int) -> bool:
    """ "they dig sand" is no officer."""
    return bool({"they", "to", "men", "people", "jcb", "and", "tractors", "machines"} & set(words.folded[:place][-1:]))
