"""A recognised word, a hidden stretch of words, and what is left to see of a telling.

Never does: decide what is hidden. A Redaction gives out only what may be stored; hidden words stay inside it, also out
of its repr.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MARGIN = 0.15  # seconds silenced on either side of a hidden stretch: recognisers place word ends roughly


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word, its start and end in seconds of the recording, and its confidence from 0 to 1."""

    w: str
    start: float
    end: float
    conf: float


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words first to last (counted from 0, last included) are hidden. `why` names the rule, never the words."""

    first: int
    last: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is hidden in a telling, in spoken order and without overlap, and what is left."""

    hidden: tuple[Hidden, ...]
    _words: tuple[Word, ...] = field(repr=False)

    def words(self) -> list[dict[str, Any]]:
        """[{"w", "start", "end", "conf"} or {"hidden": kind, "start", "end"}], as a transcript stores them."""
        shown: list[dict[str, Any]] = []
        place = 0
        for gap in (*self.hidden, None):
            until = gap.first if gap else len(self._words)
            shown += [
                {"w": word.w, "start": word.start, "end": word.end, "conf": word.conf}
                for word in self._words[place:until]
            ]
            if gap:
                first, last = self._words[gap.first], self._words[gap.last]
                shown.append({"hidden": gap.kind, "start": first.start, "end": last.end})
                place = gap.last + 1
        return shown

    def text(self) -> str:
        """The words joined by spaces, a hidden stretch as [phone], [name] ..."""
        return " ".join(word["w"] if "w" in word else f"[{word['hidden']}]" for word in self.words())

    def spans(self) -> list[tuple[float, float]]:
        """(start, end) in seconds of the sound to be silenced, with a margin, joined where they touch."""
        spans: list[tuple[float, float]] = []
        for gap in self.hidden:
            start = max(0.0, self._words[gap.first].start - MARGIN)
            end = self._words[gap.last].end + MARGIN
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans


def merge(hidden: Sequence[Hidden]) -> tuple[Hidden, ...]:
    """Sorted and without overlap; where two stretches overlap they become one of the first one's kind."""
    merged: list[Hidden] = []
    for gap in sorted(hidden, key=lambda gap: (gap.first, -gap.last)):
        if merged and gap.first <= merged[-1].last:
            before = merged[-1]
            merged[-1] = Hidden(before.first, max(before.last, gap.last), before.kind, before.why)
        else:
            merged.append(gap)
    return tuple(merged)
