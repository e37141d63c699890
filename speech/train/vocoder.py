"""A voice taken apart and put together again as machines of another kind do it: smoothed spectra, a buzz and a hiss.

Diphones and statistical voices sound like that: even pitch, phones of odd lengths, no breath. Heard in training, they
are less of a surprise. Never does: change words, or make a sound without the times of its phones.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from speech.train.clips import RATE, Segment, Sound

Chance = np.random.Generator
Floats = NDArray[np.float64]

_SIZE, _HOP = 512, 80  # samples: a spectrum of 32 ms every 5 ms
_STEP = _HOP / RATE
_LAGS = (40, 229)  # samples between two beats of the voice: 400 to 70 Hz
_DOUBT, _SURE = 0.35, 0.7  # likeness of a sound to itself one beat later: below there is no voice, above nothing else
_OWN, _EVEN = 0.4, 0.7  # of the chance for pitch: up to where it is the voice's own, then level, then falling
_PEAK = 0.7


def vocoded(sound: Sound, segments: Sequence[Segment], chance: Chance) -> tuple[Sound, list[Segment]]:
    """16 kHz sound said again by such a machine, and its segments."""
    spectra, voiced, lag = _taken_apart(sound.astype(np.float64), chance)
    source, moved, end = _at_another_pace(segments, chance)
    source = np.clip(source, 0, len(spectra) - 1)
    envelope = _slurred(spectra[source], int(chance.integers(1, 6)))
    voice = np.convolve(voiced[source], np.ones(5) / 5, "same")
    pitch = _pitch(RATE / lag[source], voice > 0.4, chance)
    wave = _put_together(envelope, voice, pitch, chance)[_SIZE // 2 :][: int(end * RATE)]
    return (wave / max(1e-9, float(np.abs(wave).max())) * _PEAK * 32767).astype(np.int16), moved


def _taken_apart(wave: Floats, chance: Chance) -> tuple[NDArray[np.complex128], Floats, NDArray[np.int64]]:
    """Every 5 ms: the log of the envelope (real: loudness, imaginary: minimum phase), how voiced, samples a beat."""
    window = np.hanning(_SIZE + 1)[:-1]
    padded = np.pad(wave, (_SIZE // 2, _SIZE // 2 + _HOP))
    frames = padded[np.arange(_SIZE) + _HOP * np.arange(1 + len(wave) // _HOP)[:, None]] * window
    power = np.abs(np.fft.rfft(frames)) ** 2 + 1.0
    likeness = np.fft.irfft(np.abs(np.fft.rfft(frames, 2 * _SIZE)) ** 2)[:, :_SIZE]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _SIZE)) ** 2)[:_SIZE]
    beats = (likeness / own)[:, slice(*_LAGS)] / (likeness[:, :1] / own[0] + 1e-9)
    voiced = np.clip((beats.max(1) - _DOUBT) / (_SURE - _DOUBT), 0, 1)
    fine = int(chance.integers(24, 40))
    kept = fine if chance.random() < 0.7 else int(chance.integers(14, 22))
    lifter = np.zeros(_SIZE)
    lifter[0], lifter[1:kept] = 1, 2
    envelope = np.fft.rfft(np.fft.irfft(np.log(power) / 2) * lifter)
    if chance.random() < 0.4:  # duller or sharper formants
        envelope = envelope.real * chance.uniform(0.85, 1.1) + 1j * envelope.imag
    return envelope, voiced, _LAGS[0] + beats.argmax(1)


def _at_another_pace(segments: Sequence[Segment], chance: Chance) -> tuple[NDArray[np.int64], list[Segment], float]:
    """Which frame is said when, the segments as they are then, and where they end: every phone has its own pace."""
    uneven = 0.25 if chance.random() < 0.5 else 0.08
    pace, at = chance.uniform(0.85, 1.2), 0.0
    source: list[NDArray[np.floating]] = []
    moved: list[Segment] = []
    for one in segments:
        lasts = one.end - one.start
        factor = min(1.0, chance.uniform(0.5, 1.2)) if one.word < 0 else pace * np.exp(chance.normal(0, uneven))
        new = max(lasts * factor, 0.03 if lasts >= 0.03 else lasts)
        steps = np.arange(round(at / _STEP), round((at + new) / _STEP))
        source.append(one.start + (steps + 0.5 - round(at / _STEP)) * _STEP / max(new, 1e-6) * lasts)
        moved.append(Segment(one.phone, at, at + new, one.word))
        at += new
    return (np.concatenate(source) / _STEP).round().astype(np.int64), moved, at


def _slurred(envelope: NDArray[np.complex128], width: int) -> NDArray[np.complex128]:
    """The mean of so many neighbours: machines glide where people jump."""
    before = width // 2
    padded = np.pad(envelope, ((before, width - 1 - before), (0, 0)), "edge")
    sums = np.cumsum(np.vstack([np.zeros((1, envelope.shape[1])), padded]), 0)
    out: NDArray[np.complex128] = (sums[width:] - sums[:-width]) / width
    return out


def _pitch(own: Floats, voiced: NDArray[np.bool_], chance: Chance) -> Floats:
    """Beats a second: the voice's own smoothed, level, or falling."""
    middle = float(np.median(own[voiced])) if voiced.any() else 150.0
    base, how, count = middle * np.exp(chance.normal(0, 0.15)), chance.random(), len(own)
    if how < _OWN and voiced.any():
        there = np.nonzero(voiced)[0]
        line = np.interp(np.arange(count), there, np.clip(own[voiced], 0.6 * middle, 1.6 * middle))
        own_line: Floats = np.convolve(np.pad(line, 10, "edge"), np.ones(21) / 21, "valid") * base / middle
        return own_line
    if how < _EVEN:
        return np.full(count, base)
    fall: Floats = base * (1 + chance.uniform(0, 0.25) * (0.5 - np.arange(count) / count))
    return fall


def _put_together(envelope: NDArray[np.complex128], voice: Floats, pitch: Floats, chance: Chance) -> Floats:
    """Pulses through the envelope where there is voice, hiss through it where there is none and high up."""
    count = len(envelope)
    out = np.zeros((count + 8) * _HOP + 2 * _SIZE)
    pulses = np.nonzero(np.diff(np.floor(np.cumsum(np.repeat(pitch, _HOP)) / RATE)) > 0)[0]
    frame = np.minimum(pulses // _HOP, count - 1)
    height = np.arange(_SIZE // 2 + 1) / (_SIZE // 2)
    low = 1 / (1 + np.exp((height - chance.uniform(0.3, 1.1)) / 0.08))
    filters = np.exp(envelope)
    buzz = np.fft.irfft(filters[frame] * (voice[frame][:, None] * np.sqrt(RATE / pitch[frame])[:, None] * low))
    for start, pulse in zip(pulses, buzz, strict=True):
        out[start + _SIZE // 2 : start + _SIZE // 2 + _SIZE] += pulse
    noise = np.fft.rfft(chance.standard_normal((count, _SIZE)) * np.hanning(_SIZE))
    loud = np.sqrt(_HOP / (_SIZE * 0.375)) * 0.9
    hiss = np.fft.irfft(noise * np.abs(filters) * np.sqrt(np.clip(1 - (voice[:, None] * low) ** 2, 0, 1))) * loud
    for at in range(count):
        out[at * _HOP : at * _HOP + _SIZE] += hiss[at]
    return out
