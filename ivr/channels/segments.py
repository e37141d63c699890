"""How many SMS segments a text takes: GSM-7 (160, or 153 in parts) or UCS-2 (70, or 67 in parts). PURE.

Never does: replace letters, as Twilio's "smart encoding" may.
"""

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[]~|€\x0c")


@dataclass(frozen=True)
class Size:
    """A text on the air. `units`: septets of GSM-7, or 16-bit units of UCS-2."""

    encoding: str
    units: int
    segments: int


def size_of(text: str) -> Size:
    """The encoding and segments of a text. An empty one is sent as one segment."""
    if all(letter in GSM or letter in GSM_TWICE for letter in text):
        weights = [2 if letter in GSM_TWICE else 1 for letter in text]
        return Size("GSM-7", sum(weights), _parts(weights, 160, 153))
    weights = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Size("UCS-2", sum(weights), _parts(weights, 70, 67))


def _parts(weights: list[int], whole: int, part: int) -> int:
    if sum(weights) <= whole:
        return 1
    parts, used = 1, 0
    for weight in weights:  # a letter of two units is never torn apart
        if used + weight > part:
            parts, used = parts + 1, 0
        used += weight
    return parts
