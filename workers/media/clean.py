"""What is made of one file: a copy that officers may see, samples that may be heard, or a reason for neither.

The sound of a film is disguised like a voice that was recorded: it may be the informant's.
Never does: let the true sound of a film through; touch the database or the media store; raise over a file: a bad file
is an answer too.
"""

import logging
from dataclasses import dataclass

import numpy as np

from workers.media import opening
from workers.media.faults import DAMAGED, EMPTY, NO_FILM, NO_SOUND, NOT_OPENED, SHORTENED, TOO_LONG, UNHEARD, Refused
from workers.media.kinds import CONTACT, DOCUMENT, FILE, FILM, SOUND, Kind, kind_of
from workers.outside.disguise import disguise
from workers.sound import TELEPHONE_RATE

log = logging.getLogger(__name__)

LONGEST_FILM = 300  # seconds of it that are shown
JPEG, MP4 = "image/jpeg", "video/mp4"  # the only media types that officers are ever served

BYTES_A_SECOND = 16_000  # of samples: 8 kHz, 16 bit, mono


@dataclass(frozen=True)
class Cleaned:
    """What came of a file. `reason`: why it is quarantined, or SHORTENED or UNHEARD; `samples`: 16 bit mono, 8 kHz."""

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
    track, remark = _track(data, kind)
    try:
        shown, seconds, is_heard = _with_track(data, kind, track)
    except Refused as refused:
        if refused.reason == NO_FILM:
            return _sound(data, Kind(SOUND, kind.format), longest_sound)
        raise
    if track is not None and not is_heard:
        remark = UNHEARD
    try:
        thumbnail = opening.poster(shown)
    except Refused:
        thumbnail = None  # a film without a picture to stand for it can still be watched
    remark = remark or (SHORTENED if seconds >= LONGEST_FILM - 0.5 else None)
    return Cleaned(FILM, reason=remark, shown=shown, shown_type=MP4, thumbnail=thumbnail, seconds=round(seconds, 1))


def _track(data: bytes, kind: Kind) -> tuple[opening.Track | None, str | None]:
    """A film's sound, disguised, and as long as it was so that it stays with the pictures; None and UNHEARD when that
    cannot be done, None and None for a silent film."""
    try:
        true = np.frombuffer(opening.sound(data, kind.format, LONGEST_FILM, of_film=True), "<i2").astype(np.int16)
        changed, _ = disguise(true, TELEPHONE_RATE)
        return opening.Track(changed.astype("<i2").tobytes(), len(changed) / len(true)), None
    except Refused as refused:
        return None, None if refused.reason == NO_SOUND else UNHEARD
    except opening.CannotRead:
        raise
    except Exception as fault:  # whatever it is: better a film without sound than one with the true voice, or none
        log.warning("a film is shown without its sound (%s)", type(fault).__name__)
        return None, UNHEARD


def _with_track(data: bytes, kind: Kind, track: opening.Track | None) -> tuple[bytes, float, bool]:
    """The film made anew, its seconds, and whether the track is in it: one that cannot be joined is left out."""
    try:
        return *opening.film(data, kind.format, LONGEST_FILM, track), track is not None
    except Refused as refused:
        if track is None or refused.reason in (NO_FILM, TOO_LONG):
            raise
    return *opening.film(data, kind.format, LONGEST_FILM), False


def _sound(data: bytes, kind: Kind, longest: int) -> Cleaned:
    try:
        samples = opening.sound(data, kind.format, longest)
    except Refused as refused:
        raise Refused(DAMAGED if refused.reason == NO_SOUND else refused.reason) from None
    seconds = len(samples) / BYTES_A_SECOND
    cut = SHORTENED if seconds >= longest - 0.5 else None
    return Cleaned(SOUND, reason=cut, seconds=round(seconds, 1), samples=samples)
