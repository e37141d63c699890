"""Real people's English with known words: the spoken lines of the adventure game "Flight of the Amazon Queen".

Debian's package flight-of-the-amazon-queen (section main) carries its talkie version in one file: mp3 of 11 kHz, and
the texts in scripts of dialogues (.DOG), of scenes (.CUT) and in a list of remarks (QUEEN2.JAS). A line is cut where
its speaker moves, which the text marks by an asterisk and two signs; each piece is a sound of its own, named after the
dialogue or scene, the line and the piece. Read where the package manager put it, or unpacked by `dpkg -x`.
Never does: copy anything of the game anywhere but to the training's own working folder.
"""

import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from speech.train.clips import RATE, Sound
from speech.train.text.make import plain

FILE = Path("usr/share/scummvm/flight-of-the-amazon-queen/queen.1c")
_MARK, _MP3 = b"QTBL", 1
_AT = 15  # bytes before the first entry of the table
_ENTRY = struct.Struct(">12sBII")  # name, number of the file, start, length
_HEADER = 20  # bytes before what is in a script
_TREE, _LEVEL = 32, 96  # bytes of a dialogue before its tree, and of a level of the tree
_VERBS, _REMARKS = 12, 40  # lines of QUEEN2.JAS: names of verbs; remarks that fit everywhere
_MOVE = re.compile(r"\*(?:XY..\(...,...\)|..)", re.DOTALL)
_SIGNS = re.compile(r"\^_|@@")  # drawn as "TM" and as hearts, not spoken
# A piece that is more than said words: a number in digits, a sound in brackets, initials, "grrr", "ooooh".
_UNSAYABLE = re.compile(
    r"[^a-z' ,.!?\-:;\"]|\b[a-z]\.[a-z]|([a-z])\1\1|(?<!['a-z])[bcdfghjklmnpqrstvwxz]{2,}(?![a-z'])", re.IGNORECASE
)
_KNOWN = 2.0  # zipf frequency; rarer words are mostly apes, dogs and languages of the game's own
_MOST, _SLOWEST, _QUICKEST = 12.0, 0.6, 6.5  # seconds of a line; words a second

Line = tuple[str, str, str]  # the first seven letters of its sounds' names, who speaks, the text


class AmazonQueen:
    """The game's file, found below a folder (the root of the system, or where the package was unpacked)."""

    def __init__(self, root: Path) -> None:
        self._data = (root / FILE).read_bytes()
        self._places: dict[str, tuple[int, int]] = {}
        if self._data[:4] != _MARK or self._data[12] != _MP3:
            return  # another edition: no line of it is known
        (count,) = struct.unpack_from(">H", self._data, 13)
        for at in range(_AT, _AT + _ENTRY.size * count, _ENTRY.size):
            name, _, start, length = _ENTRY.unpack_from(self._data, at)
            self._places[name.rstrip(b"\0 ").decode("latin-1")] = start, length

    def _file(self, name: str) -> bytes:
        start, length = self._places[name]
        return self._data[start : start + length]

    def pieces(self) -> Iterator[tuple[str, str, str]]:
        """Every piece that has a sound: the sound's name, who speaks, and the text as it is written."""
        found: dict[str, tuple[str, str]] = {}
        for name in self._places:
            read = {"DOG": _dialogue, "CUT": _scene}.get(name.rpartition(".")[2])
            for start, who, text in read(name.partition(".")[0], self._file(name)[_HEADER:]) if read else ():
                found |= self._cut(start, who, text)
        for start, who, text in self._remarks():
            found |= self._cut(start, who, text)
        for name, (who, text) in found.items():
            yield name, who, text

    def _cut(self, start: str, who: str, text: str) -> dict[str, tuple[str, str]]:
        names = ((f"{start}{number:X}.SB", piece) for number, piece in enumerate(_MOVE.split(text), 1))
        return {name: (who, piece) for name, piece in names if name in self._places and piece.strip()}

    def _remarks(self) -> Iterator[Line]:
        if "QUEEN.JAS" not in self._places:
            return
        rooms, names, _, things = struct.unpack_from(">4H", self._file("QUEEN.JAS"), _HEADER)
        lines = self._file("QUEEN2.JAS").decode("latin-1").split("\r\n")
        everywhere = things + names + rooms + _VERBS
        remarks = lines[everywhere : everywhere + _REMARKS] + lines[:things]
        yield from ((f"JOE{number:04d}", "joe", text) for number, text in enumerate(remarks, 1))

    def lines(self) -> Iterator[tuple[str, tuple[str, ...], Sound, str]]:
        """Every piece that is plain English words, once: its key, its words, its sound at 16 kHz, and who speaks."""
        heard = set()
        for name, who, text in self.pieces():
            words, file = said(text), self._file(name)
            if not words or file in heard:
                continue
            heard.add(file)
            sound = _sound(file)
            seconds = len(sound) / RATE
            if seconds <= _MOST and _SLOWEST <= len(words) / seconds <= _QUICKEST:
                yield f"queen-{name.partition('.')[0]}", words, sound, f"queen:{who}"


def said(text: str) -> tuple[str, ...]:
    """The words of a piece as the recogniser writes them; none where more was said than words that it may know."""
    from wordfreq import zipf_frequency

    text = _SIGNS.sub("", text)
    words = plain(text, "en").split()
    if _UNSAYABLE.search(text) or any(zipf_frequency(word, "en") < _KNOWN for word in words):
        return ()
    return tuple(words)


def _sound(file: bytes) -> Sound:
    import soundfile
    from scipy.signal import resample_poly

    wave, rate = soundfile.read(io.BytesIO(file), dtype="float32")
    wave = resample_poly(wave - wave.mean(), RATE, rate)
    return (wave / max(float(np.abs(wave).max()), 1e-3) * 0.7 * 32767).astype(np.int16)


def _number(script: bytes, at: int) -> int:
    (found,) = struct.unpack_from(">h", script, at)
    return int(found)


def _place(script: bytes, at: int) -> int:
    return _number(script, at) & 0xFFFF


def _string(script: bytes, at: int, steps: int = 2) -> tuple[str, int]:
    """The text at a place, its length before it, and where the next thing starts: at a multiple of so many bytes."""
    length = script[at]
    end = at + 1 + length
    return script[at + 1 : end].decode("latin-1"), -(-end // steps) * steps if length else end


def _dialogue(name: str, script: bytes) -> Iterator[Line]:
    """Joe's lines and the other's, each with its number; then what they say when they meet again."""
    other = name.lower().rstrip("0123456789")
    key = f"{_number(script, 4):02d}"
    ours = _TREE + _LEVEL * abs(_number(script, 0))
    for letter, who, at, count in (
        ("J", "joe", ours, _number(script, 6)),
        ("P", other, _place(script, 22), _number(script, 8)),
    ):
        for _ in range(count):
            number = _place(script, at + 2)
            text, at = _string(script, at + 4, 4)
            # The line before the first choice has no number.
            yield f"{key}{number:04X}{letter}" if number or letter == "P" else f"{key}SSSSJ", who, text
    again, at = _string(script, _place(script, 26))
    yield f"{key}XXXXP", other, again
    yield f"{key}XXXXJ", "joe", _string(script, at)[0]


def _scene(name: str, script: bytes) -> Iterator[Line]:
    """One text (mostly empty) for each thing that happens, in order."""
    _, at = _string(script, _place(script, 8))
    for number in range(1, abs(_number(script, 2)) + 1):
        text, at = _string(script, at)
        yield f"{name:_<5}{number:02d}", "scene", text
