"""The last resort for a misspelt name: which name of the known district it is most like. PURE.

Without a district only of a name that is written but for a slip. Never does: compare names under five letters, or
choose between two that are as like.
"""

from collections.abc import Collection, Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

SHORTEST = 5
LONG = 10
ALIKE = 84.0  # of 100
SIMILAR = 78.0
AHEAD = 4.0  # the next best name must be this much less like


def best_of(key: str, names: Collection[str]) -> str | None:
    """The most similar of names that share the bones of the key; None when even that is not similar."""
    best = process.extractOne(key, names, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return None if best is None else str(best[0])


def is_slip_of(key: str, keyword: str) -> bool:
    """Whether a word is the keyword but for one letter, or but for the vowels a that hurried people leave out."""
    if key[0] != keyword[0] or key[-1] != keyword[-1]:
        return False
    if key.replace("a", "") == keyword.replace("a", ""):
        return len(key) >= SHORTEST
    return len(keyword) >= 7 and DamerauLevenshtein.distance(key, keyword, score_cutoff=1) <= 1


def nearly(key: str, names: Mapping[str, object]) -> str | None:
    """The name that the key is but for one slip (two in a long one), if no other is anywhere near; or None."""
    allowed = 1 if len(key) < LONG else 2
    near = [
        (name, slips)
        for name, slips, _ in process.extract(
            key, names.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=allowed + 1, limit=5
        )
        if name[0] == key[0]
    ]
    if not near or near[0][1] > allowed or len({names[name] for name, _ in near}) > 1:
        return None
    return str(near[0][0])


def most_like(key: str, names: Mapping[str, object]) -> str | None:
    """The name of the same sound but for a slip or two, or None. `names`: each with what it means."""
    if len(key) < SHORTEST or key[0].isdigit():
        return None
    best = process.extract(key, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE - AHEAD, limit=3)
    if not best or best[0][1] < ALIKE:
        return None
    name, score, _ = best[0]
    for other, close, _ in best[1:]:
        if score - close < AHEAD and names[other] != names[name]:
            return None
    slips = DamerauLevenshtein.distance(key, name, score_cutoff=2)
    allowed = 1 if len(name) < 8 else 2
    return str(name) if slips <= allowed and key[0] == name[0] else None
