"""What a look finds: good, worth a look, or broken, and how to mend it.

Never does: look.
"""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a finding means."""

    GOOD = "ok"
    NOTE = "note"  # works, but look at it
    BROKEN = "BROKEN"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found, and how to mend it."""

    part: str
    mark: Mark
    found: str
    mend: str = ""

    @property
    def broken(self) -> bool:
        """Whether it keeps the hotline from working."""
        return self.mark is Mark.BROKEN
