"""Scores readings against labelled messages. A label may be a list under `accept`: as good as the main one.

Never does: count a missing answer as right.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interpret import Reading

FIELDS = ("intent", "category", "district", "station")
Row = dict[str, Any]


def load_messages() -> list[Row]:
    """The labelled messages of the project."""
    text = Path(__file__).with_name("messages.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def is_right(row: Row, reading: Reading, name: str) -> bool:
    """Whether one field is the label or another that is as good."""
    answer = getattr(reading, name)
    return bool(answer == row.get(name) or answer in row.get("accept", {}).get(name, []))


@dataclass
class Share:
    """How many of how many, and which were wrong."""

    right: int = 0
    of: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        """0 to 100; 100 of nothing."""
        return 100.0 * self.right / self.of if self.of else 100.0


def share(pairs: Iterable[tuple[Row, Reading]], name: str, of: Callable[[Row], bool] = lambda row: True) -> Share:
    """How often a field is right among the messages that count."""
    found = Share()
    for row, reading in pairs:
        if of(row):
            found.of += 1
            if is_right(row, reading, name):
                found.right += 1
            else:
                found.wrong.append(
                    f"{row['id']} {row['text'][:60]!r}: {row.get(name)} read as {getattr(reading, name)}"
                )
    return found
