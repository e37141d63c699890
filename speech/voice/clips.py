"""Makes the callers' speech of ivr/simulator/speech from its texts.toml: what a telephone line makes of the voices.

Never does: decide what is said.
"""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from settings import ROOT
from speech.voice.kokoro import RATE, Kokoro, Say, fetch, phones
from speech.voice.sound import LINE_RATE, Sound, silence, trimmed

FOLDER = ROOT / "ivr" / "simulator" / "speech"
LOUDNESS = -23.0
LINE_NOISE = -66.0  # dBFS
_SOUNDS_OF = {"h": "hi", "b": "en", "a": "us"}  # a voice's first letter: the language it was recorded in


def make(cache: Path, names: Collection[str], say: Say) -> list[str]:
    """Make the named clips, or all; the names made. KeyError for an unknown name."""
    texts = tomllib.loads((FOLDER / "texts.toml").read_text(encoding="utf-8"))
    kokoro = Kokoro(fetch(cache, say))
    noise = np.random.default_rng(1)
    for name in names or texts:
        clip = texts[name]
        sound = _spoken(kokoro, clip) if clip["said"] else silence(clip["seconds"], LINE_RATE)
        sound = sound + noise.normal(0, 10 ** (LINE_NOISE / 20), len(sound)).astype(np.float32)
        pcm = np.round(_mu_law(np.clip(sound, -1, 1)) * 32767).astype("<i2")
        soundfile.write(FOLDER / f"{name}.wav", pcm, LINE_RATE, subtype="PCM_16")
        say(f"{name}: {len(pcm) / LINE_RATE:.1f} s")
    return list(names or texts)


def _spoken(kokoro: Kokoro, clip: dict[str, Any]) -> Sound:
    import pyloudnorm

    parts = [silence(0.4, RATE)]
    for text in clip["said"]:
        if len(parts) > 1:
            parts.append(silence(clip.get("pause", 0.4), RATE))
        said = phones(text, _SOUNDS_OF[clip["voice"][0]])
        parts.append(trimmed(kokoro.speak(said, clip["voice"], clip.get("speed", 1.0)).sound, RATE))
    sound: Sound = soxr.resample(np.concatenate([*parts, silence(0.5, RATE)]), RATE, LINE_RATE, quality="HQ")
    level = clip.get("loudness", LOUDNESS) - pyloudnorm.Meter(LINE_RATE).integrated_loudness(sound)
    sound = sound * np.float32(10 ** (level / 20))
    return sound / max(1.0, float(np.abs(sound).max()) / 0.89)


def _mu_law(sound: Sound) -> Sound:
    """What is left of a sound that went through the telephone network's eight bits."""
    companded = np.round(np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256) * 127) / 127
    expanded: Sound = (np.sign(companded) * (np.power(256.0, np.abs(companded)) - 1) / 255).astype(np.float32)
    return expanded
