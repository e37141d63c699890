"""What of a number may be seen: nothing below five, and of the rest a multiple of five. PURE.

Each number is rounded down or up, by chance but always in the same way, from an offset of its own (0 to 4) that only
this installation's key knows: what is shown is off by four at most, and two numbers that differ by one tip look
alike or five apart, whichever pages they are taken from. How that holds against somebody who subtracts: docs/leaks.md.
Never does: show a number below five as anything else than that, or forget an offset (asked again it says the same).
"""

from collections.abc import Callable, Iterable

STEP = 5
HIDDEN = 0  # shown as "fewer than 5"; whether it is none or four is not told
ERROR = STEP - 1  # the most by which a shown number differs from the true one


class Rounding:
    """`secret`: hex digits for a text, the same for the same text, known to nobody (Keys.derived)."""

    def __init__(self, secret: Callable[[str], str]) -> None:
        self._secret = secret

    def shown(self, n: int, of: str) -> int:
        """A multiple of five, or HIDDEN. `of` says which tips are counted, always in the same words: counts of one
        population (came, were opened) keep their order."""
        return rounded(n, self.offset(of))

    def offset(self, of: str) -> int:
        """What belongs to these tips: 0 to 4."""
        return int(self._secret(f"rounding of {of}"), 16) % STEP


def rounded(n: int, offset: int) -> int:
    """What is shown of a number."""
    return HIDDEN if n < STEP else (n + offset) // STEP * STEP


def capped(total: int, *tables: Iterable[int]) -> int:
    """A shown total that gives no hidden row of these tables away: what is left of it when the other rows are taken
    off, each as large as it may be, may always be nothing."""
    for rows in map(tuple, tables):
        if HIDDEN in rows:
            total = min(total, sum(row + ERROR for row in rows) // STEP * STEP)
    return total
