"""Files packed by Rob Northen's method 1, as games of the nineties are: runs of bytes as they are, and copies of what
came before, with their lengths in Huffman codes.

Never does: pack, or check what it unpacked beyond its length.
"""

import struct

MARK = b"RNC\x01"
_HEADER = 18  # mark, length unpacked and packed (4 bytes each), two checksums, leeway, number of chunks
_SHORTEST = 2  # bytes of a copy


class PackedFault(Exception):
    """What was read is not a whole packed file."""


class _Bits:
    """Bits from the lowest of each pair of bytes on; whole bytes lie between the pairs."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self.at = data + b"\0\0\0\0", at
        self._held, self._count = self._pair(), 16

    def _pair(self) -> int:
        return self._data[self.at] | self._data[self.at + 1] << 8

    def take(self, count: int) -> int:
        """The next so many bits, at most 16."""
        value = self._held & ((1 << count) - 1)
        self._held >>= count
        self._count -= count
        if self._count < 16:
            self.at += 2
            self._held |= self._pair() << self._count
            self._count += 16
        return value

    def bytes(self, count: int) -> bytes:
        """So many bytes as they are; the bits go on behind them."""
        found = self._data[self.at : self.at + count]
        self.at += count
        self._count -= 16
        self._held = self._held & ((1 << self._count) - 1) | self._pair() << self._count
        self._count += 16
        return found

    def codes(self) -> list[tuple[int, int, int]]:
        """A table of codes: length in bits, the code with its first bit lowest, and how many bits its number has."""
        lengths = [self.take(4) for _ in range(self.take(5))]
        found, code = [], 0
        for length in range(1, 16):
            for number, own in enumerate(lengths):
                if own == length:
                    found.append((length, int(f"{code >> (16 - length):0{length}b}"[::-1], 2), number))
                    code += 1 << (16 - length)
        return found

    def number(self, codes: list[tuple[int, int, int]]) -> int:
        """The next number: its code tells how many bits it has; the first of them is 1 and left out."""
        for length, code, bits in codes:
            if self._held & ((1 << length) - 1) == code:
                self.take(length)
                return bits if bits < 2 else 1 << (bits - 1) | self.take(bits - 1)
        raise PackedFault("no such code")


def unpacked(data: bytes) -> bytes:
    """The file as it was. PackedFault for what is no packed file."""
    if not data.startswith(MARK):
        raise PackedFault("not a packed file")
    (whole,) = struct.unpack_from(">I", data, 4)
    out = bytearray()
    try:
        bits = _Bits(data, _HEADER)
        bits.take(2)
        for _ in range(data[17]):
            raw, back, long = bits.codes(), bits.codes(), bits.codes()
            for left in range(bits.take(16), 0, -1):
                if count := bits.number(raw):
                    out += bits.bytes(count)
                if left > 1:
                    start = len(out) - bits.number(back) - 1
                    for at in range(start, start + bits.number(long) + _SHORTEST):
                        out.append(out[at])
    except IndexError:
        raise PackedFault("cut off") from None
    if len(out) != whole:
        raise PackedFault(f"{len(out)} bytes instead of {whole}")
    return bytes(out)
