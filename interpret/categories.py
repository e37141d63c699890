"""Which category a message tells, by the catalogue's keywords and signs, in the catalogue's order of precedence. PURE.

Never does: count a word that only looks like a keyword, or let a mere hint win over plain words.
"""

from dataclasses import dataclass

from interpret.book import Book, Hits, Sign, Words, together
from interpret.police import MISCONDUCT, Police
from interpret.sound import sound
from interpret.spelling import tokens
from models.catalogue import Catalogue
from models.catalogue.phrases import NUMBER

# The precedence of the catalogue: these win in this order, those in neither list come next, then the rest.
FIRST = ("police_misconduct", "serious_crime", "cyber_fraud", "extortion", "harassment_spot", "trafficking_spa")
LAST = ("mining_overload", "trader_complaint", "other")
NEAR = 12  # words within which the parts of a sign belong together
WORD, HINT = "word:", "hint:"


@dataclass(frozen=True, slots=True)
class Told:
    """A category and the words that tell it. `plain`: by a keyword or a full sign, not only by a hint."""

    code: str
    spans: tuple[tuple[int, int], ...]
    plain: bool


class Categories:
    """The words and signs of one catalogue. `book` holds every word set, for other rules too."""

    def __init__(self, catalogue: Catalogue) -> None:
        phrases = catalogue.phrases
        friends = {_key(word) for friend in catalogue.false_friends for word in friend.words}
        self.book = Book(exact_only=frozenset(friends))
        self.police = Police(phrases.police)
        self._signs: list[tuple[str, Sign, bool]] = []
        for name, words in phrases.words.items():
            self.book.add(name, words)
        for code, category in catalogue.categories.items():
            signs = phrases.categories.get(code)
            weak = {_key(word) for word in signs.weak} if signs else set()
            for keywords in category.keywords.values():
                for keyword in keywords:
                    self.book.add((HINT if _key(keyword) in weak else WORD) + code, [keyword])
            if signs is None:
                continue
            self.book.add(WORD + code, signs.words)
            self.book.add(HINT + code, signs.hints)
            self._signs += [(code, Sign.of(sign), True) for sign in signs.signs]
            self._signs += [(code, Sign.of(sign), False) for sign in signs.maybe]

    def told(self, words: Words, hits: Hits, amounts: tuple[int, ...]) -> list[Told]:
        """Every category told, the one that counts first."""
        found: dict[str, Told] = {}
        accusation = self.police.accusation(words, hits, amounts)
        if accusation is not None:
            found[MISCONDUCT] = Told(MISCONDUCT, accusation, True)
        for tag, spans in hits.items():
            if tag.startswith(WORD):
                _add(found, Told(tag[len(WORD) :], tuple(spans), True))
        if amounts:
            hits = {**hits, NUMBER: [(place, place + 1) for place in amounts]}
        for code, sign, plain in self._signs:
            at = together(sign, hits, NEAR)
            if at is not None:
                _add(found, Told(code, at, plain))
        for tag, spans in hits.items():
            if tag.startswith(HINT):
                _add(found, Told(tag[len(HINT) :], tuple(spans), False))
        return sorted(found.values(), key=_order(words))


def _add(found: dict[str, Told], told: Told) -> None:
    before = found.get(told.code)
    if before is None:
        found[told.code] = told
    elif before.plain == told.plain:
        found[told.code] = Told(told.code, tuple(dict.fromkeys((*before.spans, *told.spans))), told.plain)


def _order(words: Words):  # type: ignore[no-untyped-def]
    def key(told: Told) -> tuple[bool, int, int, int]:
        rank = FIRST.index(told.code) if told.code in FIRST else len(FIRST)
        if told.code in LAST:
            rank = len(FIRST) + 1 + LAST.index(told.code)
        letters = sum(len(word) for span in told.spans for word in words.keys[span[0] : span[1]])
        return (not told.plain, rank, -letters, told.spans[0][0])

    return key


def _key(phrase: str) -> str:
    return "".join(sound(word) for word in tokens(phrase))
