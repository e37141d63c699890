"""Which kind of thing a message tells, or what else is wanted, weighed: weights learned from labelled messages. PURE.

Keywords and signs (interpret.categories) know the plain words; people also tell by what is seen, by its signs and in
words of their own. So each word, its beginning, each word set that it belongs to, and what keywords and signs found,
adds its weight to each category and to each wish of those who tell nothing (kinds.toml, made by
tests/interpret/learn_kinds.py).
Never does: weigh complaints about police (interpret.accusing does), or forget what plain words told: it
stays second, and "other" never takes its place.
"""

from collections.abc import Collection, Sequence
from math import exp, sqrt
from typing import NamedTuple

import numpy as np

from interpret.book import Hits, Words
from interpret.police import MISCONDUCT
from models.catalogue.kinds import WISHES, KindWeights

MOST = 120  # words of a message that are weighed
STEM = 4  # letters of a word by which its other forms are known
OTHER = "other"
Span = tuple[int, int]


class Weighed(NamedTuple):
    """The category for which most speaks ("other": none of them) and how sure that is; the chance that nothing is told;
    and what else is wanted most likely, with its chance (0 to 1 each)."""

    code: str
    sure: float
    nothing: float
    wish: str
    wished: float


class Kinds:
    """The weights of one catalogue."""

    def __init__(self, weights: KindWeights) -> None:
        self._codes = tuple(weights.base)
        self._base = np.array(list(weights.base.values()), dtype=np.float32)
        self._rows = {feature: row for row, feature in enumerate(weights.weights)}
        self._matrix = np.zeros((len(self._rows), len(self._codes)), dtype=np.float32)
        for row, told in enumerate(weights.weights.values()):
            for code, weight in told:
                self._matrix[row, self._codes.index(code)] = weight

    def features(self, words: Words, hits: Hits, named: Collection[int], ruled: Sequence[tuple[str, bool]]) -> set[str]:
        """What is weighed. `named`: places of words that are names of places; `ruled`: each category that keywords and
        signs found, and whether by plain words, the first first."""
        found = {tag if ":" in tag else f"t:{tag}" for tag in hits}
        for place, key in enumerate(words.keys[:MOST]):
            if place not in named:
                found.update(self._of_word(key))
        told = [(code, plain) for code, plain in ruled if code != MISCONDUCT]
        found |= {f"{'plain' if plain else 'maybe'}:{code}" for code, plain in told}
        code, plain = told[0] if told else (OTHER, False)
        found.add(f"{'first' if plain else 'guess'}:{code}")
        return found

    def weighed(self, features: Collection[str]) -> Weighed:
        """What most speaks for."""
        known = sorted(self._rows[one] for one in features if one in self._rows)  # added up alike every time
        sums = self._matrix[known].sum(axis=0) / sqrt(max(1, len(known))) + self._base
        chances = dict(zip(self._codes, softmax(sums.tolist()), strict=True))
        wishes = {code: chances.pop(code) for code in WISHES if code in chances}
        wish = max(wishes, key=lambda code: wishes[code], default="")
        code = max(chances, key=lambda code: chances[code], default=OTHER)
        return Weighed(code, chances.get(code, 0.0), sum(wishes.values()), wish, wishes.get(wish, 0.0))

    def spans(self, words: Words, code: str) -> tuple[Span, ...]:
        """The words that speak most for a category, for the reasons shown to officers."""
        weighed = [(self._speaks_for(key, code), place) for place, key in enumerate(words.keys[:MOST])]
        best = sorted(weighed, reverse=True)[:3]
        told = sorted(place for weight, place in best if weight > 0) or [best[0][1]]
        return tuple((place, place + 1) for place in told)

    def _speaks_for(self, key: str, code: str) -> float:
        rows = [self._rows[one] for one in self._of_word(key) if one in self._rows]
        return float(self._matrix[rows, self._codes.index(code)].sum())

    @staticmethod
    def _of_word(key: str) -> tuple[str, ...]:
        if key[0].isdigit():
            return ("#",)
        return (f"w:{key}", f"s:{key[:STEM]}") if len(key) > STEM else (f"w:{key}",)


def softmax(sums: Sequence[float]) -> list[float]:
    """Chances that add up to one."""
    if not sums:
        return []
    most = max(sums)
    powers = [exp(one - most) for one in sums]
    of = sum(powers)
    return [one / of for one in powers]
