"""Camouflage for a voice: what officers listen to is played at a rate that is random and drifts.

Pitch, formants and pace move together and never stand still, so that neither an ear nor a simple inverse finds the
speaker at once. It is camouflage, NOT anonymity: somebody with enough recordings of a suspect still finds a match more
often than by chance (benchmarks measured 35 to 55 % against 10 %). Therefore a read-aloud of the redacted text is the
default, and this copy is for the ear that needs tone. Hidden words are silenced first; they are not in it at all.
Never does: keep or log the parameters; they come from `secrets` and are gone when the function returns.
"""

import math
import secrets
import warnings
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from workers.sound import Pcm

with warnings.catch_warnings():  # pydub warns that it finds no ffmpeg, which nothing here needs
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

_STEP = 0.02  # seconds between two points of the rate curve
_LOW, _HIGH = (0.80, 0.88), (1.14, 1.26)  # mean rates: never near the true voice
_WAVES = 4
_BLOCK = 16_384
_EDGE_MS = 10  # of fade at a silenced span, against clicks


class TimeMap:
    """Where a moment of the true sound lies in the disguised one; exact, for word highlighting."""

    def __init__(self, true: npt.NDArray[np.float64], disguised: npt.NDArray[np.float64]) -> None:
        self._true, self._disguised = true, disguised

    def __call__(self, seconds: float) -> float:
        """Seconds in the disguised sound of `seconds` in the true one; clipped to its ends."""
        return round(float(np.interp(seconds, self._true, self._disguised)), 3)


def disguise(samples: Pcm, rate: int, hidden: Iterable[tuple[float, float]] = ()) -> tuple[Pcm, TimeMap]:
    """A disguised copy with the `hidden` spans (seconds of the true sound) silenced, and its time map."""
    quiet = silenced(samples, rate, hidden)
    if len(quiet) < 4:
        return quiet, TimeMap(np.array([0.0, 1e9]), np.array([0.0, 1e9]))
    grid, curve = _drifting_rate(len(quiet) / rate)
    # Playing at rate r(t) means: true time advances by dt while dt / r(t) passes for the listener.
    slowness = 1.0 / curve
    passed = np.concatenate(([0.0], np.cumsum((slowness[1:] + slowness[:-1]) * 0.5 * np.diff(grid))))
    changed = np.empty(int(passed[-1] * rate), np.int16)
    padded = np.zeros(len(quiet) + 4, np.float32)
    padded[1:-3] = quiet
    for first in range(0, len(changed), _BLOCK):  # in blocks that stay in the processor's cache
        moments = np.arange(first, min(first + _BLOCK, len(changed))) / rate
        changed[first : first + _BLOCK] = _read_at(padded, np.interp(moments, passed, grid) * rate)
    return changed, TimeMap(grid, passed)


def silenced(samples: Pcm, rate: int, spans: Iterable[tuple[float, float]]) -> Pcm:
    """The same sound with nothing at all inside the spans (rounded outwards to milliseconds), and faded around them."""
    spoken = AudioSegment(samples.tobytes(), frame_rate=rate, sample_width=samples.itemsize, channels=1)
    whole = math.ceil(1000 * len(samples) / rate)
    for start, end in spans:
        first, last = max(0, math.floor(1000 * start)), min(whole, math.ceil(1000 * end))
        if first >= last:
            continue
        before, after = spoken[:first], spoken[last:]
        if before_fade := min(_EDGE_MS, len(before)):
            before = before.fade_out(before_fade)
        if after_fade := min(_EDGE_MS, len(after)):
            after = after.fade_in(after_fade)
        spoken = before + AudioSegment.silent(duration=last - first, frame_rate=rate) + after
    quiet = np.zeros(len(samples), np.int16)  # the last millisecond may be a broken one
    heard = np.frombuffer(spoken.raw_data, np.int16)[: len(samples)]
    quiet[: len(heard)] = heard
    return quiet


def _drifting_rate(seconds: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Moments of the true sound and the rate at each: a random mean, and slow waves of random length around it."""
    random = np.random.Generator(np.random.PCG64(secrets.randbits(128)))
    grid = np.append(np.arange(0.0, seconds, _STEP), seconds)
    curve = np.full(len(grid), random.uniform(*(_LOW if secrets.randbits(1) else _HIGH)))
    for _ in range(_WAVES):
        period, phase = random.uniform(0.9, 7.0), random.uniform(0, 2 * np.pi)
        curve += random.uniform(0.008, 0.024) * np.sin(2 * np.pi * grid / period + phase)
    return grid, curve


def _read_at(padded: npt.NDArray[np.float32], places: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Samples between samples: cubic (Catmull-Rom) interpolation. `padded` has one sample before the first."""
    whole = places.astype(np.intp)
    part = (places - whole).astype(np.float32)
    a, b, c, d = (padded.take(whole + shift) for shift in range(4))
    value = b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))
    bounded: npt.NDArray[np.float32] = np.clip(np.rint(value), -32768, 32767)
    return bounded
