"""Real people's English with known words: the spoken lines of the adventure game "Beneath a Steel Sky".

Debian's package beneath-a-steel-sky (section main) carries them: 11 kHz, 8 bit, dozens of actors' roles, and the text
of each line as subtitle. Its files are read where the package manager put them, or from the package's file unpacked
by `dpkg -x`. Never does: copy anything of the game anywhere but to the training's own working folder.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from speech.train.clips import RATE, Sound
from speech.train.packed import MARK, unpacked
from speech.train.text.make import plain

FOLDER = Path("usr/share/scummvm/beneath-a-steel-sky")
_ITS_RATE = 11_025
_HEADER = 22  # bytes before a line's samples
_TEXTS, _SPEECH = 60_600, 50_000  # the numbers of the first of the eight files of text, and of the first spoken line
_BEFORE = (0, 600, 1100, 2430, 3380, 4530, 5080, 5230)  # spoken lines before those of each file of text
_UNPACKED = 1 << 23
# The code of the letters, a tree written from its root: > is a fork (first 0, then 1), other signs are leaves; ~ stands
# for signs that no English line needs, and _ for the end of a line.
_TREE = (
    ">>> >ea>>>os>tn>>.ir>>>>>_Eu>mA>>>lI>dR>>NST>>>>>Ohc>Dg>>>LC>pU>>!yM>>>>>PvH>?b>>>'f,>GB>>>>>VkF>qw>>>K-W>J*"
    '>>>>zY>j+>>>Q~)>>Z~<>>>>>~~~>~:>>>~]#>>xX~>>>>>~`2>>0~1>>>/(=>~~>>>>39>~4>>>}8~>"~~'
)
# A line that is more than said words: a sound ("aargh"), a stage direction, initials, a number in digits.
_UNSAYABLE = re.compile(r"[^A-Za-z' ,.!?\-:]|\b[A-Z]\.[A-Z]|[A-Za-z]\d|([a-z])\1\1")
_MOST, _SLOWEST, _QUICKEST = 12.0, 1.0, 5.5  # seconds of a line; words a second


def _branches() -> dict[str, str]:
    """Every code of ones and zeros with its letter."""
    signs = iter(_TREE)
    found: dict[str, str] = {}

    def walk(code: str) -> None:
        sign = next(signs)
        if sign == ">":
            walk(code + "0")
            walk(code + "1")
        else:
            found[code] = sign

    walk("")
    return found


class Game:
    """The game's files, found below a folder (the root of the system, or where the package was unpacked)."""

    def __init__(self, root: Path) -> None:
        table = (root / FOLDER / "sky.dnr").read_bytes()
        (count,) = struct.unpack_from("<I", table)
        self._places: dict[int, tuple[int, int]] = {}
        for at in range(4, 4 + 8 * count, 8):
            place = int.from_bytes(table[at + 2 : at + 5], "little")
            start = (place & 0x7FFFFF) << (4 if place & _UNPACKED else 0)
            (number,) = struct.unpack_from("<H", table, at)
            self._places[number] = start, int.from_bytes(table[at + 5 : at + 8], "little") & 0x3FFFFF
        self._disk = (root / FOLDER / "sky.dsk").open("rb")
        self._letters = _branches()

    def _file(self, number: int) -> bytes:
        start, size = self._places[number]
        self._disk.seek(start)
        return self._disk.read(size)

    def _text(self, file: bytes, number: int) -> str:
        """One line of a file of text: lengths of blocks of 32 lines, lengths of lines, then a stream of bits."""
        lengths, stream = struct.unpack_from("<HH", file)
        block, line = number >> 5, number & 31
        pairs = sum(struct.unpack_from(f"<{block}H", file, 4))
        for length in file[lengths + 32 * block : lengths + 32 * block + line]:
            pairs += (length & 0x7F) << 3 if length & 0x80 else length
        start = stream + (pairs >> 2)
        bits = "".join(f"{byte:08b}" for byte in file[start : start + 400])[2 * (pairs & 3) :]
        found, code = "", ""
        for bit in bits:
            code += bit
            if code in self._letters:
                if self._letters[code] == "_":
                    return found
                found, code = found + self._letters[code], ""
        return ""

    def lines(self) -> Iterator[tuple[str, tuple[str, ...], Sound]]:
        """Every spoken line that is plain words: its key, its words, and its sound at 16 kHz."""
        for section, before in enumerate(_BEFORE):
            file = self._file(_TEXTS + section)
            after = (*_BEFORE, before + 500)[section + 1]
            for number in range(after - before):
                if _SPEECH + before + number not in self._places:
                    continue
                text = self._text(file, number)
                words = tuple(plain(text, "en").split())
                sound = self._sound(_SPEECH + before + number)
                seconds = len(sound) / RATE
                if not words or _UNSAYABLE.search(text) or seconds > _MOST:
                    continue
                if _SLOWEST <= len(words) / seconds <= _QUICKEST:
                    yield f"sky{section}-{number:04d}", words, sound

    def _sound(self, number: int) -> Sound:
        from scipy.signal import resample_poly

        data = self._file(number)[_HEADER:]
        data = unpacked(data) if data.startswith(MARK) else data
        wave = np.frombuffer(data, np.uint8).astype(np.float32) - 128
        wave = resample_poly(wave - wave.mean(), 640, 441)
        return (wave / max(float(np.abs(wave).max()), 1.0) * 0.7 * 32767).astype(np.int16)


assert _ITS_RATE * 640 == RATE * 441
