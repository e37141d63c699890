"""The official models as `official.toml` tells of them.

Never does: know a checksum (the makers' own list has them), or ask the network.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("official.toml")


@dataclass(frozen=True)
class Official:
    """One official model. `errors`: word error rates as published, each with its test set."""

    name: str
    language: str
    large: bool
    size: str
    errors: str
    licence: str
    about: str


@dataclass(frozen=True)
class Facts:
    """All of them, where and when they were read, and what memory they need."""

    models: tuple[Official, ...]
    source: str
    read_on: date
    memory_small: str
    memory_large: str

    def the(self, language: str, *, large: bool) -> Official:
        """The model for a language in one of the two sizes."""
        return next(one for one in self.models if (one.language, one.large) == (language, large))

    def named(self, name: str) -> Official | None:
        """A model by its name, if we know it."""
        return next((one for one in self.models if one.name == name), None)


@cache
def facts() -> Facts:
    """The facts of the file."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Facts(models=tuple(Official(**one) for one in told.pop("model")), **told)
