"""Reads a message whole: intent, category, place, code, language, and why. PURE.

The indexes of a catalogue are made once and kept by it. Never does: raise on any text, or keep one.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from interpret.beside import THANA
from interpret.book import Hits, Words, words_of
from interpret.categories import Categories, Told
from interpret.gazetteer import Gazetteer
from interpret.intents import Intents
from interpret.kinds import OTHER, Kinds, Weighed
from interpret.mentions import NAMED
from interpret.numbers import Numbers, numbers_of
from interpret.ordinary import ORDINARY
from interpret.places import Place, find_place
from interpret.police import MISCONDUCT, accused_levels
from interpret.reading import Reading
from interpret.script import language_of
from interpret.why import reasons
from interpret.wish import ANSWER, ATTACH, LIKELY_WISH, STATUS, TIP
from models.catalogue import Catalogue

TOWNS, LONG_NAME = ("pur", "ganj", "abad", "nagar", "garh", "gaon"), 7  # how names of places end, and letters of such
LONGEST = 12_000  # characters of a message that are read
DOUBT = 0.3  # the chance that nothing is told, below which something is
SURE, SURE_IF_SHORT = 0.3, 0.6  # how sure what is weighed must be, to count more than what keywords and signs found
SHORT = 7  # words, numbers aside, of a message that is short
LIKELY, FEWEST_WISHED = 0.6, 3  # the chance and words from which a wish that no rule knows is granted
FEWEST = 4  # words that can tell something without a word that we know


@dataclass(frozen=True, slots=True)
class Account:
    """What heard words tell; None: they do not. `accused`: levels above the station that a complaint names."""

    category: str | None
    district: str | None
    station: str | None
    accused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    told: list[Told]
    place: Place
    hits: Hits
    named: frozenset[int]


class Interpreter:
    """The reader of one catalogue. `read` may be called from many threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._categories = Categories(catalogue)
        self._kinds = Kinds(catalogue.kinds)
        self._intents = Intents(catalogue)
        self._gazetteer = Gazetteer(catalogue)
        # The catalogue's own words, worked out beforehand; of other words nothing is remembered.
        self._sounds = self._gazetteer.sounds | self._categories.book.sounds | self._intents.book.sounds
        keys = {*self._sounds.values(), *ORDINARY}
        for one in (self._categories.book, self._categories.judge, self._intents.book):
            one.prepare(keys)
        self._ordinary = frozenset(key for key in self._sounds.values() if self._is_known(key)) | ORDINARY

    def read(self, text: str, *, district: str | None = None) -> Reading:
        """What a written message says. `district`: told before, and kept."""
        text, words, numbers, found = self._look(text, district, heard=False)
        weighed = self._kinds.weighed(self._kind_features(words, found))
        tells = _tells(words, weighed)
        likely = weighed.wish if weighed.wished >= LIKELY and len(words.keys) >= FEWEST_WISHED else ""
        wish = self._intents.wish(text, words, found.told, found.place, numbers, tells=tells, likely=likely)
        is_tip = wish.intent == TIP
        is_located = is_tip or wish.intent == ANSWER
        told, place = self._told(words, found, weighed) if is_tip else [], found.place if is_located else None
        category = (told[0].code if told else OTHER) if is_tip else None
        return Reading(
            intent=wish.intent,
            category=category,
            secondary=tuple(one.code for one in told[1:] if one.plain),
            district=place.district if place else district,
            station=place.station if place else None,
            ref=numbers.code if wish.intent in (STATUS, ATTACH, TIP, ANSWER) else None,
            language=language_of(" ".join(words.folded), words),
            accused=accused_levels(words) if category == MISCONDUCT else (),
            outside=place is not None and place.outside is not None and place.district is None,
            reasons=reasons(self._catalogue, words, wish, told, place),
            guessed=wish.why == LIKELY_WISH,
        )

    def weighed(self, text: str) -> tuple[set[str], bool] | None:
        """What is weighed of a message, and whether rules accuse police (see Categories.weighed): to learn from."""
        words = words_of(text[:LONGEST], sounds=self._sounds)
        numbers = numbers_of(text[:LONGEST], words)
        hits, _ = self._hits(words, self._place(words, numbers.pins, None, False))
        return self._categories.weighed(words, hits, self._categories.by_rules(words, hits, numbers.amounts))

    def told_of(self, text: str, *, district: str | None = None) -> Account:
        """What heard words tell of a category and a place, whatever the speaker wanted."""
        _, words, _, found = self._look(text, district, heard=True)
        weighed = self._kinds.weighed(self._kind_features(words, found))
        told = self._told(words, found, weighed) if found.told or _tells(words, weighed) else []
        category = told[0].code if told else None
        accused = accused_levels(words) if category == MISCONDUCT else ()
        return Account(category, found.place.district, found.place.station, accused)

    def _look(self, text: str, district: str | None, *, heard: bool) -> tuple[str, Words, Numbers, "_Found"]:
        text = text[:LONGEST]
        words = words_of(text, sounds=self._sounds)
        numbers = numbers_of(text, words)
        place = self._place(words, numbers.pins, district, heard)
        hits, named = self._hits(words, place)
        told = self._categories.told(words, hits, numbers.amounts)
        if not heard and not (told and told[0].plain):
            misspelt = self._categories.misspelt(words, self._is_ordinary, named)
            told = [misspelt, *told] if misspelt is not None else told
        if told and told[0].code == MISCONDUCT:
            place = self._place(words, numbers.pins, district, heard, place)
        return text, words, numbers, _Found(told, place, hits, named)

    def kind_features(self, text: str) -> set[str]:
        """What of a message speaks for one kind of thing or another (see Kinds.features): to learn from."""
        _, words, _, found = self._look(text, None, heard=False)
        return self._kind_features(words, found)

    def _kind_features(self, words: Words, found: "_Found") -> set[str]:
        ruled = [(one.code, one.plain) for one in found.told]
        return self._kinds.features(words, found.hits, found.named, ruled)

    def _told(self, words: Words, found: "_Found", weighed: Weighed) -> list[Told]:
        """What is told, with the category first for which most speaks; a complaint about police stays the first."""
        told, code = found.told, weighed.code
        if not words.keys or (told and told[0].code == MISCONDUCT):
            return told
        sure = SURE if sum(not key.isdigit() for key in words.keys) > SHORT else SURE_IF_SHORT
        if weighed.sure < sure or (code == OTHER and told and told[0].plain):
            return told
        if code == OTHER:
            return []
        best = next((one for one in told if one.code == code), None)
        best = best or Told(code, self._kinds.spans(words, code), True)
        return [best, *(one for one in told if one is not best)]

    def _hits(self, words: Words, place: Place) -> tuple[Hits, frozenset[int]]:
        """The word sets in a message, and where its words are names of places. Those tell nothing else ("Afim Kothi"),
        but for thana: a complaint often names no policeman."""
        named = frozenset(
            number
            for one in place.mentions
            if one.how == NAMED
            for number in range(*one.span)
            if words.keys[number] not in THANA
        )
        return self._categories.book.find(words, named if len(named) < len(words.keys) else frozenset()), named

    def _place(
        self, words: Words, pins: tuple[str, ...], district: str | None, heard: bool, before: Place | None = None
    ) -> Place:
        """The place named; of a complaint about police, after what was found `before` that was known."""
        return find_place(
            words, self._gazetteer, self._is_ordinary, pins=pins, known=district, heard=heard,
            against_police=before is not None, before=before,
        )  # fmt: skip

    def _is_ordinary(self, key: str) -> bool:
        # "badlpur" begins as "badla" does, and is a place all the same.
        return key in self._ordinary or (self._is_known(key) and not (len(key) >= LONG_NAME and key.endswith(TOWNS)))

    def _is_known(self, key: str) -> bool:
        return self._categories.book.knows(key) or self._intents.book.knows(key)


def _tells(words: Words, weighed: Weighed) -> bool:
    """Whether something is told, though no word that we know may say so."""
    return weighed.nothing < DOUBT and len(words.keys) >= FEWEST


_making = Lock()


def interpreter_of(catalogue: Catalogue) -> Interpreter:
    """The interpreter of a catalogue, made on the first call (more than a second) and kept."""
    with _making:  # threads that ask together wait for one, instead of making one each
        return _made(catalogue)


@lru_cache(maxsize=2)
def _made(catalogue: Catalogue) -> Interpreter:
    return Interpreter(catalogue)


def read(text: str, catalogue: Catalogue, *, district: str | None = None) -> Reading:
    """What a written message says, in any script; see Reading. Never raises."""
    return interpreter_of(catalogue).read(text, district=district)


def told_of(text: str, catalogue: Catalogue, *, district: str | None = None) -> Account:
    """What the words of a speech recogniser tell; see Account. Never raises."""
    return interpreter_of(catalogue).told_of(text, district=district)
