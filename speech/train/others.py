"""English that neither Kokoro nor espeak spoke: four voices of flite, the announcer of Asterisk's prompts, and the
actors of two games (game.py, amazon_queen.py). All from Debian's packages; their words are known, their times come
from align.py.

Never does: use the recordings that measure.py's users measure by, or keep anything of the packages in the project.
"""

import gzip
import random
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from speech.train.align import Spoken
from speech.train.amazon_queen import AmazonQueen
from speech.train.clips import RATE, Sound
from speech.train.game import Game
from speech.train.text.make import UNKNOWN, Text, plain

_VOICES = ("kal16", "awb", "rms", "slt")
_SLOWER = (0.75, 1.35)  # flite's factor of duration
_PITCH = (0.85, 1.2)
_PEAK = 0.7
_PROMPTS = Path("usr/share/asterisk/sounds/en_US_f_Allison")
_PROMPTS_TEXT = Path("usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
_DIGITS = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))
_ASIDE = re.compile(r"\[|\(|\d\d|\d[A-Za-z]")  # not the said words alone
_LONGEST = 20.0  # seconds; longer prompts are read too freely
_AGAIN = 4  # how often each digit, letter and other single word counts: there are few of them


def _loud(wave: "np.ndarray[tuple[int], np.dtype[np.float32]]", rate: int) -> Sound:
    whole = resample_poly(wave - wave.mean(), RATE // 100, rate // 100)
    return (whole / max(float(np.abs(whole).max()), 1.0) * _PEAK * 32767).astype(np.int16)


def flite(seconds: float, seed: int) -> Iterator[Spoken]:
    """So many seconds of the generator's sentences in flite's voices. Nothing where flite is not installed."""
    text, have, number = Text("en", seed), 0.0, 0
    while have < seconds:
        chance = random.Random(f"flite-{seed}-{number}")
        key, number = f"f{number:05d}", number + 1
        words = tuple(word for word in text.spoken().split() if word != UNKNOWN)
        voice = _VOICES[number % len(_VOICES)]
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "wav"
            settings = {"duration_stretch": chance.uniform(*_SLOWER), "f0_shift": chance.uniform(*_PITCH)}
            options = [part for name, value in settings.items() for part in ("--setf", f"{name}={value:.2f}")]
            try:
                command = ["flite", "-voice", voice, *options, "-t", " ".join(words), "-o", str(target)]
                subprocess.run(command, check=True, capture_output=True, timeout=60)
            except (OSError, subprocess.SubprocessError):
                return
            rate, wave = wavfile.read(target)
        sound = _loud(wave.astype(np.float32), rate)
        have += len(sound) / RATE
        yield key, words, sound, f"flite:{voice}"


def prompts(root: Path) -> Iterator[Spoken]:
    """The announcer of Asterisk's prompts, where the package is; single words several times."""
    if not (root / _PROMPTS_TEXT).is_file():
        return
    for line in gzip.decompress((root / _PROMPTS_TEXT).read_bytes()).decode("utf-8", "replace").splitlines():
        name, _, text = line.partition(": ")
        file = root / _PROMPTS / f"{name}.wav"
        words = tuple(plain("".join(f" {_DIGITS[one]} " if one in _DIGITS else one for one in text), "en").split())
        if line.startswith(";") or not file.is_file() or _ASIDE.search(text) or not words:
            continue
        rate, wave = wavfile.read(file)
        if len(wave) / rate < _LONGEST:
            for again in range(_AGAIN if len(words) == 1 else 1):
                yield f"a{name}-{again}", words, _loud(wave.astype(np.float32), rate), "asterisk:allison"


def actors(root: Path) -> Iterator[Spoken]:
    """The spoken lines of the games, where the packages are."""
    with suppress(FileNotFoundError):
        yield from ((key, words, sound, "actor") for key, words, sound in Game(root).lines())
    with suppress(FileNotFoundError):
        yield from AmazonQueen(root).lines()


def everything(root: Path, seconds: float, seed: int) -> Iterable[Spoken]:
    """People first, then so many seconds of flite."""
    yield from prompts(root)
    yield from actors(root)
    yield from flite(seconds, seed)
