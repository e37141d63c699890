"""Which category a message tells, by the catalogue's keywords and signs, in the order of FIRST and LAST. PURE.

Never does: count a word that only looks like a keyword, or let a mere hint win over plain words.
"""

from collections.abc import Callable
from dataclasses import dataclass

from interpret.accusing import UNSPOKEN, Judge
from interpret.book import Book, Hits, Sign, Words, together
from interpret.likeness import is_slip_of
from interpret.police import MISCONDUCT, Police, accused_levels
from interpret.sound import bones, sound
from interpret.spelling import tokens
from models.catalogue import Catalogue
from models.catalogue.phrases import NUMBER

# When a message fits several kinds: these win in this order, those in neither list come next, then the rest.
FIRST = ("police_misconduct", "serious_crime", "cyber_fraud", "extortion", "harassment_spot", "trafficking_spa")
LAST = ("mining_overload", "trader_complaint", "other")
NEAR = 12  # words within which the parts of a sign belong together
BRIEF, BRIEFEST = 5, 3  # words up to which what the rules found is not weighed again; if police are only named
FEWEST = 3  # words of which something is weighed
WORD, HINT = "word:", "hint:"


Order = Callable[["Told"], tuple[bool, int, int, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """A category and the words that tell it. `plain`: by a keyword or a full sign, not only by a hint; `act`: not
    only because police are spoken of."""

    code: str
    spans: tuple[tuple[int, int], ...]
    plain: bool
    act: bool = True


class Categories:
    """The words and signs of one catalogue. `book` holds every word set, for other rules too."""

    def __init__(self, catalogue: Catalogue) -> None:
        phrases = catalogue.phrases
        friends = {_key(word) for friend in catalogue.false_friends for word in friend.words}
        self.book = Book(exact_only=frozenset(friends))
        self.police = Police(phrases.police)
        self.judge = Judge(phrases.weighing)
        self._signs: dict[str, list[tuple[str, Sign, bool]]] = {}  # by the first word set of each
        self._single: list[tuple[str, str]] = []
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
            self._single += [
                (key, code)
                for word in (*signs.words, *(one for many in category.keywords.values() for one in many))
                if len(tokens(word)) == 1 and (key := _key(word.strip("=*"))) not in weak
            ]
            self.book.add(HINT + code, signs.hints)
            for plain, texts in ((True, signs.signs), (False, signs.maybe)):
                for sign in map(Sign.of, texts):
                    self._signs.setdefault(sign.present[0], []).append((code, sign, plain))
        self._learn_misspellings()

    def misspelt(self, words: Words, is_ordinary: Callable[[str], bool], skip: frozenset[int]) -> Told | None:
        """A keyword with a slip or without its vowels ("tmncha", "gambelling"), where nothing plain was said."""
        found: list[Told] = []
        for place, key in enumerate(words.keys):
            if place in skip or len(key) < 5 or not key.isalpha() or is_ordinary(key):
                continue
            near = {
                *self._bones.get(bones(key), ()),
                *(one for slip in (key, *_slips(key)) for one in self._slips.get(slip, ())),
            }
            codes = {code for keyword, code in near if is_slip_of(key, keyword)}
            if len(codes) == 1:
                found.append(Told(codes.pop(), ((place, place + 1),), True))
        return min(found, key=_order(words), default=None)

    def _learn_misspellings(self) -> None:
        self._bones: dict[str, set[tuple[str, str]]] = {}
        self._slips: dict[str, set[tuple[str, str]]] = {}
        for key, code in self._single:
            if len(bones(key)) >= 4:
                self._bones.setdefault(bones(key), set()).add((key, code))
            if len(key) >= 6:
                for slip in (key, *_slips(key)):
                    self._slips.setdefault(slip, set()).add((key, code))

    def told(self, words: Words, hits: Hits, amounts: tuple[int, ...]) -> list[Told]:
        """Every category told, the one that counts first."""
        found = self.by_rules(words, hits, amounts)
        weighed = self.weighed(words, hits, found)
        if weighed is not None:
            features, by_act = weighed
            ruled = found.get(MISCONDUCT)
            brief = len(words.keys) <= (BRIEFEST if ruled is not None and not ruled.act else BRIEF)
            if not self.judge.accuses(features, hits, by_act=by_act, brief=brief):
                # What the rules found is kept where it weighs little: in few words, where police are not spoken of,
                # and of a whole office, which must never receive what is said of it.
                of_office = ruled is not None and ruled.act and bool(accused_levels(words))
                if not brief and UNSPOKEN not in features and not of_office:
                    found.pop(MISCONDUCT, None)
            elif ruled is None or not ruled.plain:
                spans = ruled.spans if ruled is not None else self.judge.spans(words)
                found[MISCONDUCT] = Told(MISCONDUCT, spans, True, by_act)
        return sorted(found.values(), key=_order(words))

    def by_rules(self, words: Words, hits: Hits, amounts: tuple[int, ...]) -> dict[str, Told]:
        """What keywords and signs tell, by category."""
        found: dict[str, Told] = {}
        said = hits
        hits = _outside_phrases(hits)
        for tag, spans in hits.items():
            if tag.startswith(WORD):
                _add(found, Told(tag[len(WORD) :], tuple(spans), True))
        if amounts:
            hits = {**hits, NUMBER: [(place, place + 1) for place in amounts]}
        for tag in hits:
            for code, sign, plain in self._signs.get(tag, ()):
                at = together(sign, hits, NEAR)
                if at is not None:
                    _add(found, Told(code, at, plain))
        for tag, spans in hits.items():
            if tag.startswith(HINT):
                _add(found, Told(tag[len(HINT) :], tuple(spans), False))
        if MISCONDUCT not in found or not found[MISCONDUCT].plain:
            accusation = self.police.accusation(words, said, amounts)
            if accusation is not None:
                _add(found, Told(MISCONDUCT, accusation.spans, accusation.plain, accusation.act))
        return found

    def weighed(self, words: Words, hits: Hits, found: dict[str, Told]) -> tuple[set[str], bool] | None:
        """What is weighed of a message, and whether rules accuse police of an act; None of a word or two,
        and of few words that do not speak of police."""
        if len(words.keys) < FEWEST:
            return None
        others = [told for code, told in found.items() if code != MISCONDUCT and told.plain]
        other = min(others, key=_order(words)).code if others else ""
        features = self.judge.features(words, hits, other)
        if len(words.keys) <= BRIEF and UNSPOKEN in features:
            return None
        return features, MISCONDUCT in found and found[MISCONDUCT].act


def _outside_phrases(hits: Hits) -> Hits:
    """The hits without those inside a longer keyword: "gau hatya" is no "hatya"."""
    phrases = [span for tag, spans in hits.items() if tag.startswith(WORD) for span in spans if span[1] - span[0] > 1]
    if not phrases:
        return hits
    kept: Hits = {}
    for tag, spans in hits.items():
        free = [
            span
            for span in spans
            if not any(
                first <= span[0] and span[1] <= last and last - first > span[1] - span[0] for first, last in phrases
            )
        ]
        if free:
            kept[tag] = free
    return kept


def _add(found: dict[str, Told], told: Told) -> None:
    before = found.get(told.code)
    if before is None or (told.plain and not before.plain):
        found[told.code] = told
    elif before.plain == told.plain:
        spans = tuple(dict.fromkeys((*before.spans, *told.spans)))
        found[told.code] = Told(told.code, spans, told.plain, before.act or told.act)


def _order(words: Words) -> Order:
    def key(told: Told) -> tuple[bool, int, int, int]:
        rank = FIRST.index(told.code) if told.code in FIRST else len(FIRST)
        if told.code in LAST:
            rank = len(FIRST) + 1 + LAST.index(told.code)
        letters = sum(len(word) for span in told.spans for word in words.keys[span[0] : span[1]])
        return (not told.plain, rank, -letters, told.spans[0][0])

    return key


def _slips(key: str) -> list[str]:
    """The key with one letter left out, each in turn but the first."""
    return [key[:place] + key[place + 1 :] for place in range(1, len(key))]


def _key(phrase: str) -> str:
    return "".join(sound(word) for word in tokens(phrase))
