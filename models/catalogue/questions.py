"""What officers may ask an informant, as read from questions.toml.

Never does: hold the words that the informant hears or reads (audio_prompts does).
"""

import re
from dataclasses import dataclass

from models.catalogue.entry import Entry

_ID = re.compile(r"[a-z]{2,8}")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the list, in the wording of the officers' pages."""

    id: str
    hi: str
    en: str


def read_questions(file: Entry) -> dict[str, Question]:
    """The questions by their id, in the order of the file."""
    found: dict[str, Question] = {}
    for name, row in file.entries("questions"):
        if not _ID.fullmatch(name):
            row.fault("", "an id has two to eight small letters: it travels in addresses")
        found[name] = Question(name, row.text("hi"), row.text("en"))
    return found
