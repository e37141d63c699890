"""Scores readings against labelled messages. A label may be a list under `accept`: as good as the main one.

Never does: count a missing answer as right.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interpret import Reading, read
from models.catalogue import load

FIELDS = ("intent", "category", "district", "station")
Row = dict[str, Any]


def load_messages() -> list[Row]:
    """The labelled messages of the project."""
    text = Path(__file__).with_name("messages.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def is_right(row: Row, reading: Reading, name: str) -> bool:
    """Whether one field is the label or another that is as good."""
    answer = reading.published_intent if name == "intent" else getattr(reading, name)
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


def main() -> None:
    """Print the shares of the project's messages, of all and of each language: python -m tests.interpret.scoring."""
    facts = load()
    pairs = [(row, read(row["text"], facts)) for row in load_messages()]
    measures: tuple[tuple[str, str, Callable[[Row], bool]], ...] = (
        ("intent", "intent", lambda row: True),
        ("category of tips", "category", lambda row: row["intent"] == "tip"),
        ("complaints about police", "category", lambda row: row["category"] == "police_misconduct"),
        ("not about police", "category", lambda row: row["intent"] == "tip" and row["category"] != "police_misconduct"),
        ("station where named", "station", lambda row: row["station"] is not None),
        ("no station where none", "station", lambda row: row["station"] is None),
        ("stop", "intent", lambda row: row["intent"] == "stop"),
    )
    for title, name, counts in measures:
        shares = {"all": share(pairs, name, counts)}
        for language in ("hi", "hi-Latn", "en", "mixed"):
            shares[language] = share([pair for pair in pairs if pair[0]["lang"] == language], name, counts)
        figures = "  ".join(
            f"{language} {one.percent:5.1f} % of {one.of}" for language, one in shares.items() if one.of
        )
        print(f"{title:24}{figures}")


if __name__ == "__main__":
    main()
