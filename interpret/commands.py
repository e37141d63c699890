"""A command is a command when the message says nothing else, in any order and with a slip. PURE.

Never does: take a command word inside a sentence for a command.
"""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from interpret.book import Hits, Words
from interpret.sound import bones, sound
from interpret.spelling import tokens
from interpret.wish import GREETING, POLITE, STOP, WHOLE, Wish
from models.catalogue.phrases import INTENTS

_OF_STOPPING = ("message", "these", "send", "service", "no_more", "stop_me", "remove_word", "my_number")

MOST_WORDS = 10  # of a wish to be left alone


class Commands:
    """The whole messages that mean a command, as Intents' book finds them."""

    def __init__(self) -> None:
        self._wholes: dict[str, str] = {}
        self._by_bones: dict[str, str] = {}

    def add(self, name: str, phrases: Iterable[str]) -> None:
        """Know these phrases of a command by their sounds."""
        for phrase in phrases:
            key = "".join(sound(word) for word in tokens(phrase))
            if len(key) >= 5:
                self._wholes.setdefault(key, name)
            if len(bones(key)) >= 4:
                self._by_bones.setdefault(bones(key), name)

    def whole(self, words: Words, hits: Hits) -> Wish | None:
        """The command that the whole message is, politeness aside."""
        count = len(words.keys)
        if count > 9:
            return None
        polite = {place for span in hits.get(POLITE, ()) for place in range(*span)}
        covers: dict[str, list[tuple[int, int]]] = {
            name: hits[WHOLE + name] for name in (*INTENTS,) if WHOLE + name in hits
        }
        for name in INTENTS:
            spans = covers.get(name)
            if not spans:
                continue
            said = {place for span in spans for place in range(*span)}
            greet = {place for span in covers.get(GREETING, ()) for place in range(*span)}
            if name == STOP:  # "ye sab message band kijiye"
                polite = polite | places_of(hits, ("message", "these"))
            if len(said | polite | greet) == count and (
                said - polite or any(b - a > 1 for a, b in spans) or count == 1
            ):
                return Wish(name, tuple(spans[:3]), "command")
        return None

    def only_stops(self, words: Words, hits: Hits) -> Wish | None:
        """Whether every word is of a wish to be left alone, in any order: "ab mere number par msg mat karna"."""
        if len(words.keys) > MOST_WORDS or "done" in hits:
            return None
        core = [span for tag in (WHOLE + STOP, "stop_me") for span in hits.get(tag, ())]
        if "no_more" in hits and any(tag in hits for tag in ("message", "send")):
            core += hits["no_more"]
        said = places_of(hits, (WHOLE + STOP, POLITE, *_OF_STOPPING))
        return Wish(STOP, tuple(core[:3]), "command") if core and len(said) == len(words.keys) > 1 else None

    def nearly(self, words: Words, hits: Hits) -> Wish | None:
        """A command that is the whole message but for a slip or for vowels left out: "namste ji", "unsubscrib"."""
        polite = {place for span in hits.get(POLITE, ()) for place in range(*span)}
        core = "".join(key for place, key in enumerate(words.keys) if place not in polite)
        if len(words.keys) > 4 or len(core) < 4:
            return None
        name = self._by_bones.get(bones(core)) if len(bones(core)) >= 4 else None
        if name is None and len(core) >= 5:
            like = process.extractOne(core, self._wholes.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=1)
            name = self._wholes[like[0]] if like is not None and like[0][0] == core[0] else None
        return None if name is None else Wish(name, ((0, len(words.keys)),), "command")


def places_of(hits: Hits, tags: Iterable[str]) -> set[int]:
    """The places of all words that the tags cover."""
    return {place for tag in tags for span in hits.get(tag, ()) for place in range(*span)}
