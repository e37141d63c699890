"""What is done to spoken sound before it is a prompt: cut, trimmed, made equally loud, 8 kHz, µ-law.

Sounds are float32, mono, between -1 and 1. Never does: speak, or know what is said.
"""

from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

LINE_RATE = 8000
LOUDNESS = -20.0  # LUFS (ITU-R BS.1770), of the speech without the silence around it
PEAK = 0.89  # -1 dBFS
LEAD = 0.05  # seconds of silence before the first sound
EDGE = 0.004  # fade at both ends: no click where prompts are joined
_STEP = 0.005
_FLOOR = 0.01  # of the loudest: quieter than this is silence

Sound = NDArray[np.float32]


def voiced(sound: Sound, rate: int) -> tuple[int, int]:
    """First and one past the last sample that is more than silence; (0, 0) when there is none."""
    step = int(rate * _STEP)
    peaks = np.abs(sound[: len(sound) // step * step]).reshape(-1, step).max(axis=1)
    loud = np.flatnonzero(peaks > _FLOOR * peaks.max()) if len(peaks) and peaks.max() > 0 else np.array([])
    return (int(loud[0]) * step, (int(loud[-1]) + 1) * step) if len(loud) else (0, 0)


def trimmed(sound: Sound, rate: int) -> Sound:
    """The sound without silence at its ends, its edges faded."""
    start, end = voiced(sound, rate)
    margin = int(rate * EDGE)
    cut = sound[max(0, start - margin) : end + margin].astype(np.float32)
    fade = np.linspace(0, 1, min(margin, len(cut)), dtype=np.float32)
    cut[: len(fade)] *= fade
    cut[len(cut) - len(fade) :] *= fade[::-1]
    return cut


def quietest(sound: Sound, rate: int, start: int, end: int) -> int:
    """The sample between start and end around which it is quietest: where to cut."""
    width = int(rate * 0.02)
    start, end = max(0, start), min(len(sound), end)
    if end - start <= width:
        return (start + end) // 2
    energy = np.convolve(sound[start:end] ** 2, np.ones(width, np.float32), "valid")
    return start + int(energy.argmin()) + width // 2


def silence(seconds: float, rate: int) -> Sound:
    """Nothing, for so long."""
    return np.zeros(round(seconds * rate), np.float32)


def loudness(sound: Sound, rate: int) -> float:
    """LUFS of the speech in a sound (silence at its ends does not count). -inf for silence."""
    import pyloudnorm

    start, end = voiced(sound, rate)
    speech = sound[start:end]
    if not len(speech):
        return float("-inf")
    # The measure looks at 0.4 s at a time: a single word is repeated to fill it.
    speech = np.tile(speech, -(-rate // len(speech)))
    return float(pyloudnorm.Meter(rate).integrated_loudness(speech))


def limited(sound: Sound, rate: int) -> Sound:
    """The sound with peaks above -1 dBFS drawn in, over some milliseconds so that nothing cracks."""
    width = int(rate * 0.005) * 2 + 1
    padded = np.pad(np.abs(sound), width, mode="edge")
    held = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1).max(axis=1)
    gain = np.minimum(1.0, PEAK / np.maximum(held, 1e-9))
    window = np.hanning(width + 2)[1:-1]
    smooth = np.convolve(np.pad(gain, width // 2, mode="edge"), window / window.sum(), "valid")
    return cast(Sound, (sound * np.minimum(smooth, gain * 1.05)).astype(np.float32))


def for_the_line(sound: Sound, rate: int, tail: float) -> Sound:
    """Speech as a prompt: 8 kHz, -20 LUFS, 50 ms of silence before it and `tail` seconds after it."""
    import soxr

    speech = trimmed(soxr.resample(sound, rate, LINE_RATE, quality="VHQ"), LINE_RATE)
    for _ in range(3):  # drawing in the peaks costs loudness
        speech = limited(speech * np.float32(10 ** ((LOUDNESS - loudness(speech, LINE_RATE)) / 20)), LINE_RATE)
    lead = max(0.0, LEAD - EDGE)
    return np.concatenate([silence(lead, LINE_RATE), speech, silence(max(0.0, tail - EDGE), LINE_RATE)])


def write(path: Path, sound: Sound) -> None:
    """A µ-law WAV file: what the telephone line itself carries, half the size of 16-bit samples."""
    import soundfile

    unfinished = path.with_suffix(".part")
    soundfile.write(unfinished, sound, LINE_RATE, format="WAV", subtype="ULAW")
    unfinished.rename(path)
