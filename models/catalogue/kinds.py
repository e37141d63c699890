"""The weights by which the kind of a message is told (kinds.toml, learned by tests/interpret/learn_kinds.py).

Never does: weigh a message (interpret.kinds does).
"""

from collections.abc import Collection
from dataclasses import dataclass

from models.catalogue.entry import Entry
from models.catalogue.hundredths import weights_in

# What people want who tell nothing.
WISHES = ("help", "start", "greeting", "status", "language", "answer", "start_again", "stop", "unknown")


@dataclass(frozen=True, slots=True)
class KindWeights:
    """`base`: what speaks for each category and each of WISHES before anything is read; `weights`: what each feature
    of a message adds."""

    base: dict[str, float]
    weights: dict[str, tuple[tuple[str, float], ...]]


def read_kinds(file: Entry, categories: Collection[str]) -> KindWeights:
    """The weights of the file: a table a category or wish, of hundredths and the features that weigh as much."""
    base: dict[str, float] = {}
    weights: dict[str, list[tuple[str, float]]] = {}
    for code, row in file.entries():
        if code not in categories and code not in WISHES:
            row.fault("", "there is no such category or wish")
        base[code] = row.number("base")
        for feature, weight in weights_in(row, beside=("base",)):
            weights.setdefault(feature, []).append((code, weight))
    return KindWeights(base, {feature: tuple(told) for feature, told in weights.items()})
