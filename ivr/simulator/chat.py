"""What goes to and fro in a chat: files and places sent, messages received. PURE but for reading a file.

Never does: send them (handset.py does).
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ivr.channels.segments import Size, size_of

TYPES = {".ogg": "audio/ogg", ".opus": "audio/ogg", ".vcf": "text/vcard", ".amr": "audio/amr", ".webp": "image/webp"}


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a message, and the type that the sender's side calls it."""

    content: bytes
    content_type: str
    name: str = ""

    @classmethod
    def of(cls, path: Path) -> "Enclosure":
        """A file of this machine, its type by its name. OSError when it cannot be read."""
        guessed = TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
        return cls(path.read_bytes(), guessed or "application/octet-stream", path.name)


@dataclass(frozen=True)
class Pin:
    """A location as WhatsApp sends it."""

    latitude: float
    longitude: float
    address: str = ""
    label: str = ""


@dataclass(frozen=True)
class Bubble:
    """A message that reached the informant. `name` is the text's in the catalogue, "" when nobody knows it."""

    text: str
    name: str = ""
    media: tuple[str, ...] = ()
    by: Literal["hotline", "company"] = "hotline"

    @property
    def size(self) -> Size:
        """What it takes on the air."""
        return size_of(self.text)

    def __str__(self) -> str:
        return "(twilio)" if self.by == "company" else self.name or f'"{self.text}"'
