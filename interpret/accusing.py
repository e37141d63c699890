"""How much the words of a message sound like a complaint about police: weights learned from labelled messages. PURE.

The rules of interpret.police know phrases; people always find others. So every word, every class of words (classes of
accusing.toml: takes, asks, beats, holds, refuses ...), who stands before which act, and what stands beside the mention
of police, adds its weight (weights.toml, made by tests/interpret/learn.py). Messages without any word of police, or of
what only police do, are not weighed at all.
Never does: weigh who is right.
"""

from collections.abc import Mapping
from itertools import pairwise
from math import sqrt

from interpret.book import Hits, Words
from interpret.sound import sound
from interpret.spelling import tokens, word_set
from models.catalogue.phrases import Weighing

KINDS = {"police_person": "@P", "police_body": "@B", "police_place": "@T"}
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
Span = tuple[int, int]


class Judge:
    """The weights of one catalogue."""

    def __init__(self, weighing: Weighing) -> None:
        self._weights: Mapping[str, float] = weighing.weights
        self._base, self._rule = weighing.base, weighing.rule
        self._least, self._least_unnamed = weighing.least, weighing.least_unnamed
        self._acts, self._actors = frozenset(weighing.acts), frozenset(weighing.actors)
        self._exact: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        for name, words in weighing.classes.items():
            for word in words:
                key = "".join(sound(one) for one in tokens(word.strip("*=")))
                where = self._stems if word.endswith("*") and len(key) >= _SHORTEST else self._exact
                where[key] = (*where.get(key, ()), name)
        gates = frozenset(weighing.gates)
        self._gate = frozenset(key for key, names in self._exact.items() if gates & set(names))
        self._gate_stems = frozenset(key for key, names in self._stems.items() if gates & set(names))
        self._gate_begins = frozenset(key[:_SHORTEST] for key in self._gate_stems)

    def concerns(self, words: Words, hits: Hits) -> bool:
        """Whether there is anything to weigh: a word of police, or of what only police have or do."""
        if any(kind in hits for kind in KINDS):
            return True
        for key in words.keys:
            if key in self._gate:
                return True
            if key[:_SHORTEST] in self._gate_begins:
                for end in range(_SHORTEST, len(key) + 1):
                    if key[:end] in self._gate_stems:
                        return True
        return False

    def accuses(self, features: set[str], hits: Hits, *, by_act: bool) -> bool:
        """Whether all that is weighed is a complaint. `by_act`: rules found an act of police."""
        known = [self._weights[one] for one in features if one in self._weights]
        total = self._base + sum(known) / sqrt(max(1, len(known))) + (self._rule if by_act else 0.0)
        return total >= (self._least if any(kind in hits for kind in KINDS) else self._least_unnamed)

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
        said, classes = self._units(words, hits)
        police = [place for place, one in enumerate(said) if one[0] == "@"]
        sign = "@" if police else "-"
        found = {f"a:{other}", f"{sign}a:{bool(other)}", *(f"t:{tag}" for tag in hits if ":" not in tag)}
        for one, names in zip(said, classes, strict=True):
            found.add(f"w:{one}")
            if len(one) > _STEM and one[0] != "@":
                found.add(f"s:{one[:_STEM]}")
            for name in names:
                found.add(f"c:{name}")
                found.add(f"{sign}{name}")
        found |= {f"b:{one}_{other}" for one, other in pairwise(said)}
        self._beside(found, said, classes, police)
        self._who_does_what(found, said, classes, police)
        return found

    def _units(self, words: Words, hits: Hits) -> tuple[list[str], list[tuple[str, ...]]]:
        """The words, each mention of police as one of @P, @B and @T, and the classes of each."""
        keys = words.keys[:MOST]
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
