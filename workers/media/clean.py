"""What is made of one file: a copy that officers may see, samples that may be heard, or a reason for neither.

Never does: touch the database or the media store, or raise over a file: a bad file is an answer too.
"""

from dataclasses import dataclass

from workers.media import opening
from workers.media.faults import EMPTY, NO_FILM, NOT_OPENED, SHORTENED, Refused
from workers.media.kinds import CONTACT, DOCUMENT, FILE, FILM, SOUND, Kind, kind_of

LONGEST_FILM = 300  # seconds of it that are shown
JPEG, MP4 = "image/jpeg", "video/mp4"  # the only media types that officers are ever served

BYTES_A_SECOND = 16_000  # of samples: 8 kHz, 16 bit, mono


@dataclass(frozen=True)
class Cleaned:
    """What came of a file. `reason`: why it is quarantined, or SHORTENED; `samples`: 16 bit mono at 8 kHz."""

    kind: str
    quarantined: bool = False
    reason: str | None = None
    shown: bytes | None = None
    shown_type: str | None = None
    thumbnail: bytes | None = None
    seconds: float | None = None
    samples: bytes | None = None


def clean(data: bytes, longest_sound: int) -> Cleaned:
    """Look at a file and make its copy. Raises opening.CannotRead when this machine lacks the reader."""
    kind = kind_of(data)
    try:
        if not data:
            raise Refused(EMPTY)
        if kind.kind == FILE:
            raise Refused(NOT_OPENED)
        if kind.kind == CONTACT:
            return Cleaned(CONTACT)  # somebody's name and number, perhaps the informant's own: never shown
        if kind.kind == FILM:
            return _film(data, kind, longest_sound)
        if kind.kind == SOUND:
            return _sound(data, kind, longest_sound)
        return _picture(data, kind)
    except Refused as refused:
        return Cleaned(kind.kind, quarantined=True, reason=refused.reason)


def _picture(data: bytes, kind: Kind) -> Cleaned:
    seen = opening.picture("document" if kind.kind == DOCUMENT else "photo", data, kind.format)
    return Cleaned(kind.kind, reason=seen.remark, shown=seen.shown, shown_type=JPEG, thumbnail=seen.thumbnail)


def _film(data: bytes, kind: Kind, longest_sound: int) -> Cleaned:
    try:
        shown, seconds = opening.film(data, kind.format, LONGEST_FILM)
    except Refused as refused:
        if refused.reason == NO_FILM:
            return _sound(data, Kind(SOUND, kind.format), longest_sound)
        raise
    try:
        thumbnail = opening.poster(shown)
    except Refused:
        thumbnail = None  # a film without a picture to stand for it can still be watched
    cut = SHORTENED if seconds >= LONGEST_FILM - 0.5 else None
    return Cleaned(FILM, reason=cut, shown=shown, shown_type=MP4, thumbnail=thumbnail, seconds=round(seconds, 1))


def _sound(data: bytes, kind: Kind, longest: int) -> Cleaned:
    samples = opening.sound(data, kind.format, longest)
    seconds = len(samples) / BYTES_A_SECOND
    cut = SHORTENED if seconds >= longest - 0.5 else None
    return Cleaned(SOUND, reason=cut, seconds=round(seconds, 1), samples=samples)
