"""Why a file is not shown, or not all of it: codes that the console has words for. PURE.

Never does: describe a file's content.
"""

EMPTY = "empty"
TOO_LARGE = "too_large"  # than HOTLINE_MAX_MEDIA_MB
GONE = "gone"  # the provider does not have it (any more)
NOT_OPENED = "type_not_opened"  # a program, an archive, a web page, ...
DAMAGED = "damaged"  # its reader says so
TOO_MANY_PIXELS = "too_many_pixels"
LOCKED = "locked"  # a document with a password
READER_DIED = "reader_died"  # twice: it broke the reader, or wanted too much memory
TOO_LONG = "took_too_long"
NO_FILM = "no_film"  # sound alone, in a container for films
NO_SOUND = "no_sound"  # pictures alone
FOREIGN = "foreign_address"  # the webhook named an address that is not the provider's

SHORTENED = "shortened"  # no fault: shown, but not to its end
UNHEARD = "sound_left_out"  # no fault either: a film whose sound could not be disguised

REASONS = (EMPTY, TOO_LARGE, GONE, NOT_OPENED, DAMAGED, TOO_MANY_PIXELS, LOCKED, READER_DIED, TOO_LONG, FOREIGN)


class Refused(Exception):
    """A file is not to be shown. `reason` is one of the codes above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
