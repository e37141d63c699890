"""Writes learned weights as models/catalogue/hundredths.py reads them.

Never does: learn them.
"""

import textwrap
from collections import defaultdict
from collections.abc import Iterable


def lines_of(weights: Iterable[tuple[str, float]], rounded_to: int = 1) -> list[str]:
    """Lines of a TOML table: each weight in hundredths (a multiple of `rounded_to`) with its features; none of 0."""
    by_weight = defaultdict(list)
    for feature, weight in weights:
        by_weight[round(weight * 100 / rounded_to) * rounded_to].append(feature)
    by_weight.pop(0, None)
    lines = []
    for weight in sorted(by_weight):
        text = " ".join(sorted(by_weight[weight]))
        lines += [f'{weight} = """', *textwrap.wrap(text, 118, break_long_words=False, break_on_hyphens=False), '"""']
    return lines
