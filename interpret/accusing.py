"""How much the words of a message sound like a complaint about police: weights learned from labelled messages. PURE.

The rules of interpret.police know phrases; people always find others. So every word, every class of words (classes of
accusing.toml: takes, asks, beats, holds, refuses ...), who stands before which act, what stands beside the mention of
police and, where they are not mentioned, which classes come together, adds its weight (weights.toml, made by
tests/interpret/learn.py). The less a message speaks of police, the more it must weigh: where police are named, where
only what they have or do is (an FIR, a lockup), and where nothing is.
Never does: weigh who is right.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from math import fsum, sqrt

from interpret.book import Hits, Words
from interpret.sound import sound
from interpret.spelling import tokens, word_set
from models.catalogue.phrases import Weighing

KINDS = {"police_person": "@P", "police_body": "@B", "police_place": "@T"}
UNSPOKEN = "unspoken"  # the feature of a message without a word of police, or of what only they have or do
BRIEFLY = 0.5  # what a message of few words must weigh more
MOST = 120  # words of a message that are weighed
NEAR = 3  # words between police and an act
_STEM = 4  # letters of a word by which its other forms are known
_SHORTEST = 3
_MARKS = frozenset(
    sound(word)
    for word in word_set(
        "ne ko se ka ke ki me par pe hai h bhi hi khud log the was is has have had to by from of wale wala aur and"
    )
)
# "phir" (again) sounds like FIR; here they must not be the same.
_FIR, _AGAIN = sound("fir"), sound("again")
_PHIR = word_set("फिर फ़िर phir fhir phr")
Span = tuple[int, int]


class Judge:
    """The weights of one catalogue."""

    def __init__(self, weighing: Weighing) -> None:
        self._weights: Mapping[str, float] = weighing.weights
        self._base, self._rule = weighing.base, weighing.rule
        self._least, self._least_unnamed = weighing.least, weighing.least_unnamed
        self._least_unspoken = weighing.least_unspoken
        self._acts, self._actors = frozenset(weighing.acts), frozenset(weighing.actors)
        self._exact: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        for name, words in weighing.classes.items():
            for word in words:
                key = "".join(sound(one) for one in tokens(word.strip("*=")))
                where = self._stems if word.endswith("*") and len(key) >= _SHORTEST else self._exact
                where[key] = (*where.get(key, ()), name)
        self._met: dict[str, tuple[str, ...]] = {}
        gates = frozenset(weighing.gates)
        self._gate = frozenset(key for key, names in self._exact.items() if gates & set(names))
        self._gate_stems = frozenset(key for key, names in self._stems.items() if gates & set(names))
        self._gate_begins = frozenset(key[:_SHORTEST] for key in self._gate_stems)

    def prepare(self, keys: Iterable[str]) -> None:
        """Work out beforehand what words of these sounds mean."""
        self._met = {key: self._classes(key) for key in set(keys)}

    def accuses(self, features: set[str], hits: Hits, *, by_act: bool, brief: bool) -> bool:
        """Whether all that is weighed is a complaint. `by_act`: rules found an act of police; `brief`: a few words,
        which must weigh more."""
        weights = self._weights
        known = [weights[one] for one in features if one in weights]
        # Exact: features come in any order, and a message at the very edge must be read the same every time.
        total = self._base + fsum(known) / sqrt(max(1, len(known))) + (self._rule if by_act else 0.0)
        total -= BRIEFLY if brief else 0.0
        if not KINDS.keys().isdisjoint(hits):
            return total >= self._least
        return total >= (self._least_unspoken if UNSPOKEN in features else self._least_unnamed)

    def spans(self, words: Words) -> tuple[Span, ...]:
        """The words that weigh most by themselves, for the reasons shown to officers."""
        weighed = [
            (self._weights.get(f"w:{key}", 0.0) + self._weights.get(f"s:{key[:_STEM]}", 0.0), place)
            for place, key in enumerate(words.keys[:MOST])
        ]
        best = sorted(weighed, reverse=True)[:3]
        told = sorted(place for weight, place in best if weight > 0) or [best[0][1]]
        return tuple((place, place + 1) for place in told)

    def features(self, words: Words, hits: Hits, other: str) -> set[str]:
        """What is weighed. `other`: the category that the message tells beside a complaint, or ""."""
        keys = _keys(words)
        said, classes = self._units(keys, hits)
        police = [place for place, one in enumerate(said) if one[0] == "@"]
        sign = "@" if police else "-"
        found = {f"a:{other}", f"{sign}a:{bool(other)}", *(f"t:{tag}" for tag in hits if ":" not in tag)}
        if police:
            found.update([f"k:{one}_{after}" for one, after in zip(said, said[2:], strict=False)])
        else:
            together = sorted({name for names in classes for name in names})
            found.update([f"q:{one}+{other}" for one, other in combinations(together, 2)])
            if not self._speaks_of_them(keys):
                found.add(UNSPOKEN)
        for one, names in zip(said, classes, strict=True):
            found.add(f"w:{one}")
            if len(one) > _STEM and one[0] != "@":
                found.add(f"s:{one[:_STEM]}")
            for name in names:
                found.add(f"c:{name}")
                found.add(f"{sign}{name}")
        found.update([f"b:{one}_{after}" for one, after in pairwise(said)])
        self._beside(found, said, classes, police)
        self._who_does_what(found, said, classes, police)
        return found

    def _speaks_of_them(self, keys: Sequence[str]) -> bool:
        """Whether a word says what only police have or do."""
        for key in keys:
            if key in self._gate:
                return True
            if key[:_SHORTEST] in self._gate_begins:
                for end in range(_SHORTEST, len(key) + 1):
                    if key[:end] in self._gate_stems:
                        return True
        return False

    def _units(self, keys: Sequence[str], hits: Hits) -> tuple[list[str], list[tuple[str, ...]]]:
        """The words, each mention of police as one of @P, @B and @T, and the classes of each."""
        kinds: list[str] = [""] * len(keys)
        for tag, kind in KINDS.items():
            for first, last in hits.get(tag, ()):
                for place in range(first, min(last, len(keys))):
                    if not kinds[place] or last - first > 1:
                        kinds[place] = kind
        said: list[str] = []
        classes: list[tuple[str, ...]] = []
        before = ""
        for key, kind in zip(keys, kinds, strict=True):
            if kind and kind == before:
                continue
            before = kind
            said.append(kind or ("#" if key[0].isdigit() else key))
            classes.append((kind,) if kind else ("NUMBER",) if key[0].isdigit() else self._classes(key))
        return said, classes

    def _classes(self, key: str) -> tuple[str, ...]:
        if key in self._met:
            return self._met[key]
        found = self._exact.get(key, ())
        for end in range(_SHORTEST, len(key) + 1):
            found += self._stems.get(key[:end], ())
        return tuple(dict.fromkeys(found))

    def _beside(self, found: set[str], said: list[str], classes: list[tuple[str, ...]], police: list[int]) -> None:
        for place in police:
            for step in (-2, -1, 1, 2):
                if 0 <= place + step < len(said):
                    found.add(f"m{step}:{said[place + step]}")
                    found.update(f"m{step}:{name}" for name in classes[place + step])
        if police:
            found.add("first" if police[0] == 0 else "early" if police[0] < NEAR else "late")

    def _who_does_what(
        self, found: set[str], said: list[str], classes: list[tuple[str, ...]], police: list[int]
    ) -> None:
        """Each act with whoever was named last before it, and whether police are named only behind it."""
        actor, marked, first = "", "", police[0] if police else -1
        for place, names in enumerate(classes):
            behind = said[place + 1] if place + 1 < len(said) and said[place + 1] in _MARKS else ""
            if said[place][0] == "@":
                actor, marked = said[place], behind
                continue
            named = next((name for name in names if name in self._actors), "")
            if named:
                actor, marked = named, behind
            for act in names:
                if act not in self._acts:
                    continue
                found.add(f"d:{actor}:{act}")
                found.add(f"d:{actor}.{marked}:{act}")
                if place < first:
                    found.add(f"l:{act}.{'near' if first - place <= NEAR else 'far'}")


def _keys(words: Words) -> Sequence[str]:
    keys = words.keys[:MOST]
    if _FIR not in keys:
        return keys
    return [_AGAIN if word in _PHIR else key for word, key in zip(words.folded, keys, strict=False)]
