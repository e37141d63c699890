"""How many characters of an SMS a text takes, as telephone companies count and charge them. PURE.

One segment holds 160 septets of GSM-7 or, as soon as one letter is not in that alphabet (all Devanagari), 70 UTF-16
units; of longer texts each segment holds 153 or 67. Never counts what WhatsApp does: there nobody counts.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[]~|€\f")  # two septets each


def septets(text: str) -> int | None:
    """Septets of GSM-7, or None when a letter is not in its alphabet."""
    if not all(letter in _BASIC or letter in _ESCAPED for letter in text):
        return None
    return len(text) + sum(letter in _ESCAPED for letter in text)


def units(text: str) -> int:
    """UTF-16 units: what UCS-2 counts; an emoji is two."""
    return len(text.encode("utf-16-be")) // 2


def segments(text: str) -> int:
    """How many SMS the text is sent as."""
    count = septets(text)
    if count is not None:
        return 1 if count <= 160 else -(-count // 153)
    return 1 if units(text) <= 70 else -(-units(text) // 67)
