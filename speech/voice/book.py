"""audio_prompts/<lang>/sounds.toml: which sounds we made, from which words, so that only changed ones are made again.

A sound whose bytes are not those written here was put there by somebody: a studio recording. It wins.
Never does: make or delete a sound.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

RECIPE = 1  # raise it when the way of making sounds changes so that all must be made again
FILE = "sounds.toml"
_HEADER = (
    "# Written by `./hotline prompts build`: the sounds it made here, each with the digest of its words and manner\n"
    "# and that of the file. A file that does not match is a studio recording and is left alone.\n\n"
)


class Standing(Enum):
    """What there is to do about a prompt's sound."""

    MISSING = "missing"
    CURRENT = "current"
    CHANGED = "changed"  # words or voice changed since we made it
    STUDIO = "studio"  # not made by us


@dataclass(frozen=True)
class Entry:
    """One sound of ours: digest of what was asked for, digest of the file."""

    words: str
    sound: str


def words_digest(text: str, manner: object, slow: bool) -> str:
    """Digest of everything that decides how a prompt sounds."""
    said = json.dumps([RECIPE, text, repr(manner), slow], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def sound_digest(path: Path) -> str:
    """Digest of a sound file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def read(folder: Path) -> dict[str, Entry]:
    """The entries of a language's folder; {} when nothing was made yet. ValueError when the file is damaged."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Entry(entry["words"], entry["sound"]) for name, entry in table.items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise ValueError(f"{path} is damaged ({fault}). Restore it from the repository.") from None


def write(folder: Path, entries: dict[str, Entry]) -> None:
    """Write the entries, sorted, one a line."""
    lines = [
        f'{name} = {{ words = "{entry.words}", sound = "{entry.sound}" }}\n' for name, entry in sorted(entries.items())
    ]
    unfinished = folder / (FILE + ".part")
    unfinished.write_text(_HEADER + "".join(lines), encoding="utf-8")
    unfinished.rename(folder / FILE)


def standing(path: Path, entry: Entry | None, words: str) -> Standing:
    """How the sound file of a prompt stands to what we made and to the words wanted now."""
    if not path.is_file():
        return Standing.MISSING
    if entry is None or sound_digest(path) != entry.sound:
        return Standing.STUDIO
    return Standing.CURRENT if entry.words == words else Standing.CHANGED
