"""What a file is, by its first bytes. PURE.

Never does: believe a name or a declared type, or decide that a file is whole: the strict reader of that one format
does, and a file that is two things at once is what that reader makes of it.
"""

from dataclasses import dataclass

import filetype

PHOTO, FILM, SOUND, DOCUMENT, CONTACT, FILE = "photo", "video", "voice", "document", "contact", "file"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file is treated (one of the words above), and the name of its format for the reader."""

    kind: str
    format: str = ""


# Media type -> how it is treated. What is not here is never opened.
_READERS = {
    "image/jpeg": Kind(PHOTO, "JPEG"),
    "image/png": Kind(PHOTO, "PNG"),
    "image/apng": Kind(PHOTO, "PNG"),
    "image/gif": Kind(PHOTO, "GIF"),
    "image/webp": Kind(PHOTO, "WEBP"),
    "image/heic": Kind(PHOTO, "HEIF"),
    "image/heif": Kind(PHOTO, "HEIF"),
    "image/avif": Kind(PHOTO, "AVIF"),
    "image/bmp": Kind(PHOTO, "BMP"),
    "video/mp4": Kind(FILM, "mov"),
    "video/x-m4v": Kind(FILM, "mov"),
    "video/quicktime": Kind(FILM, "mov"),
    "video/3gpp": Kind(FILM, "mov"),
    "video/webm": Kind(FILM, "matroska"),
    "video/x-matroska": Kind(FILM, "matroska"),
    "video/x-msvideo": Kind(FILM, "avi"),
    "audio/mp4": Kind(SOUND, "mov"),
    "audio/ogg": Kind(SOUND, "ogg"),
    "audio/mpeg": Kind(SOUND, "mp3"),
    "audio/amr": Kind(SOUND, "amr"),
    "audio/aac": Kind(SOUND, "aac"),
    "audio/x-wav": Kind(SOUND, "wav"),
    "audio/x-flac": Kind(SOUND, "flac"),
    "application/pdf": Kind(DOCUMENT, "PDF"),
}
_CARD = b"BEGIN:VCARD"


def kind_of(data: bytes) -> Kind:
    """How a file is to be treated; Kind("file") for what is never opened."""
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").upper().startswith(_CARD):
        return Kind(CONTACT)
    if data[4:8] == b"ftyp" and data[8:11] in (b"3gp", b"3g2"):
        return Kind(FILM, "mov")
    guessed = filetype.guess(data[:8192])
    if guessed is None and len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:
        return Kind(SOUND, "mp3")  # layer III at one of the low rates, which the library does not know
    return _READERS.get(guessed.mime, Kind(FILE)) if guessed else Kind(FILE)
