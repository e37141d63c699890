"""Kokoro speaks the sentences: mixed voices that nobody has, at many speeds, with the time of every phone.

Never does: use a voice that is kept for measuring (HELD_OUT).
"""

import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from speech.train import edges
from speech.train.clips import RATE, Clip, Sound
from speech.train.phones import Word
from speech.train.phones import sentence as said_by
from speech.train.quicker import QuickVoice
from speech.voice.kokoro import FRAME

HELD_OUT = {"hi": ("hf_beta", "hm_psi"), "en": ("bf_emma", "am_michael")}
# Voices that speak the language well lead a mix; any other may follow.
_LEADING = {
    "hi": ("hf_alpha", "hm_omega"),
    "en": ("af_heart", "am_adam", "af_bella", "bm_george", "hf_alpha", "hm_omega", "am_fenrir", "bf_alice", "bm_lewis"),
}
_NEVER = {voice for voices in HELD_OUT.values() for voice in voices} | {"af_nicole", "am_santa", "em_santa", "pm_santa"}
_SPEEDS = (0.75, 1.3)
_COMMA = 0.08  # of the words are followed by a pause
_TIMBRE = 128  # the first half of a voice's numbers colours it, the second half moves it
_PEAK = 0.7

Style = NDArray[np.float32]


class Voices:
    """Speaks in mixed voices."""

    def __init__(self, folder: Path, cache: Path) -> None:
        from kokoro_onnx.config import DEFAULT_VOCAB

        self._run = QuickVoice(folder / "model.onnx", cache)
        self._letters: dict[str, int] = DEFAULT_VOCAB
        files = sorted((folder / "voices").glob("*.bin"))
        self._styles: dict[str, Style] = {file.stem: np.fromfile(file, "<f4").reshape(-1, 256) for file in files}

    def mixed(self, language: str, chance: random.Random) -> tuple[str, Style]:
        """A voice nobody has, and its name: colour and movement are two different mixes."""
        colour, movement = self._mix(language, chance), self._mix(language, chance)
        style = np.concatenate([colour[1][:, :_TIMBRE], movement[1][:, _TIMBRE:]], axis=1)
        return f"{colour[0]}|{movement[0]}", style

    def _mix(self, language: str, chance: random.Random) -> tuple[str, Style]:
        lead = chance.choice(_LEADING[language])
        other = chance.choice([voice for voice in self._styles if voice not in _NEVER])
        share = chance.choice((0.0, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9))
        return f"{lead}+{other}:{share}", (1 - share) * self._styles[lead] + share * self._styles[other]

    def own(self, voice: str) -> Style:
        """A voice as it is."""
        return self._styles[voice]

    def clip(self, key: str, words: tuple[str, ...], said: list[Word], voice: tuple[str, Style], speed: float,
             pauses: random.Random | None = None) -> tuple[Clip, Sound] | None:  # fmt: skip
        """One sentence spoken, 16 kHz. None where the voice has no letter for a sound or lost count."""
        breaks = [" " if pauses is None or pauses.random() > _COMMA else ", " for _ in said[1:]] + ["."]
        text = "".join("".join(unit.letters for unit in word) + gap for word, gap in zip(said, breaks, strict=True))
        if not set(text) <= set(self._letters):
            return None
        tokens = [self._letters[letter] for letter in text]
        wave, counts = self._run(tokens, voice[1][min(len(tokens), len(voice[1]) - 1)], speed)
        if len(counts) != len(tokens) + 2 or abs(len(wave) - counts.sum() * FRAME) > 2 * FRAME:
            return None
        sound = resample_poly(wave, 2, 3)
        whole = (sound / max(float(np.abs(sound).max()), 1e-3) * _PEAK * 32767).astype(np.int16)
        gaps, taken = _counted(said, breaks, counts)
        found = edges.mended(edges.from_clock(said, gaps, taken, len(whole) / RATE), whole)
        return Clip(key, words, voice[0], tuple(found)), whole


def _counted(said: list[Word], breaks: list[str], counts: NDArray[np.float64]) -> tuple[list[float], list[list[float]]]:
    """The steps before, between and after the words, and those of every unit."""
    at, gaps, taken = 1, [float(counts[0])], []
    for word, gap in zip(said, breaks, strict=True):
        own = []
        for unit in word:
            own.append(float(counts[at : at + len(unit.letters)].sum()))
            at += len(unit.letters)
        taken.append(own)
        gaps.append(float(counts[at : at + len(gap)].sum()))
        at += len(gap)
    return gaps, taken


def speak(folder: Path, model: Path, cache: Path, language: str, seconds: float, seed: int) -> None:
    """Fill a shelf with so many seconds of sentences of the generator."""
    from speech.train.clips import Shelf
    from speech.train.text.make import UNKNOWN, Text
    from speech.train.words import rare

    shelf, voices = Shelf(folder), Voices(model, cache)
    there, have = shelf.keys(), shelf.seconds()
    text, strange = Text(language, seed), rare(language)
    number = 0
    while have < seconds:
        chance = random.Random(f"{seed}-{number}")
        key, number = f"k{number:05d}", number + 1
        line = text.spoken()
        words = tuple(chance.choice(strange) if word == UNKNOWN else word for word in line.split())
        if key in there:
            continue
        said = said_by(words, language, chance)
        if not all(said):
            continue
        made = voices.clip(key, words, said, voices.mixed(language, chance), chance.uniform(*_SPEEDS), chance)
        if made:
            shelf.add(*made)
            have += len(made[1]) / RATE
