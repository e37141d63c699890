"""The held-out sentences as sound: the two voices of each language that are kept out of training take turns.

For Hindi also by Festival's NSK voice where Debian's festvox-hi-nsk is installed: a voice that training never
hears. Never does: train.
"""

import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from speech.train.clips import RATE, Clip, Shelf, Sound
from speech.train.phones import sentence
from speech.train.text.make import heldout
from speech.train.voices import HELD_OUT, Voices

_STRIDE = 7  # the order in which sentences are spoken, so that a part of them is a fair sample
_FESTIVAL = "(begin (voice_hindi_NSK_diphone) (Parameter.set 'Int_Method Int_Targets_Default))"
# Festival's Hindi says nothing at all for a word with these letters, unless they are written as one sign each.
_ONE_SIGN = {"\u0921\u093c": "\u095c", "\u0922\u093c": "\u095d"}
_PEAK = 0.7


def _order(count: int) -> list[int]:
    return [at for start in range(_STRIDE) for at in range(start, count, _STRIDE)]


def speak(folder: Path, model: Path, cache: Path, language: str, most: int | None = None) -> None:
    """Every held-out sentence once, in the voices kept for it; at most so many, evenly spread."""
    shelf, lines = Shelf(folder / "kokoro"), heldout(language)
    there = shelf.keys()
    wanted = [at for at in _order(len(lines))[:most] if f"h{at:03d}" not in there]
    if not wanted:
        return
    voices = Voices(model, cache)
    for at in wanted:
        words = tuple(lines[at].split())
        said = sentence(words, language, random.Random(at))
        voice = HELD_OUT[language][at % 2]
        made = voices.clip(f"h{at:03d}", words, said, (voice, voices.own(voice)), 1.0)
        if made:
            shelf.add(*made)


def speak_by_festival(folder: Path, language: str, most: int | None = None) -> bool:
    """The same in Festival's voice, without word times; False where it is not installed or speaks another language."""
    if language != "hi":
        return False
    shelf, lines = Shelf(folder / "festival"), heldout(language)
    there = shelf.keys()
    for at in _order(len(lines))[:most]:
        if f"f{at:03d}" not in there:
            sound = _festival(lines[at])
            if sound is None:
                return False
            shelf.add(Clip(f"f{at:03d}", tuple(lines[at].split()), "festival-nsk", ()), sound)
    return True


def _festival(text: str) -> Sound | None:
    for letters, sign in _ONE_SIGN.items():
        text = text.replace(letters, sign)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "text", Path(folder) / "wav"
        source.write_text(text + "\n", encoding="utf-8")
        try:
            subprocess.run(
                ["text2wave", "-eval", _FESTIVAL, "-o", target, source], check=True, capture_output=True, timeout=60
            )
        except (OSError, subprocess.SubprocessError):
            return None
        rate, wave = wavfile.read(target)
    whole = resample_poly(wave.astype(np.float32), RATE // 100, rate // 100)
    return (whole / max(float(np.abs(whole).max()), 1.0) * _PEAK * 32767).astype(np.int16)
