"""A studio voice made to sound as if it came by telephone: another throat, another room, a line, a codec, losses,
noise.

Never does: anything by the clock; the same chance gives the same sound.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, resample_poly

from speech.train.clips import RATE as STUDIO
from speech.train.clips import Segment, Sound
from speech.train.features import RATE

Wave = NDArray[np.float64]
Chance = np.random.Generator

_THROATS = (0.8, 1.25)  # factors of speed, pitch and formants together
_LEVELS = (-34.0, -1.0)  # dB of the peak below full scale
_NOISE = (3.0, 22.0)  # dB of speech over noise
_NOISY, _HISS = 0.88, 0.45  # so many calls have some; of the noise so much is plain hiss, the hardest for small words
_FORMANTS = (0.85, 1.18)  # factors of the formants alone
_SMOOTH = 20  # cepstra that make the envelope
_PAD = 0.6  # seconds at most of nothing before and after
_CUT, _SIDE, _REST = 0.3, 0.75, 0.04  # recordings cut close to the words, how likely on either side; seconds left there
_BY_LOUDNESS, _FAINT = 0.5, (15.0, 40.0)  # of these cut by a machine, where the sound is so many dB below its loudest
_PINK = [0.0499, -0.096, 0.0506, -0.0044], [1, -2.4949, 2.0173, -0.5222]  # half the power an octave higher
_PACKET = RATE // 50  # 20 ms, the usual packet of a call over the internet


def clean(sound: Sound, segments: Sequence[Segment]) -> tuple[Wave, list[Segment]]:
    """Resampled only, with a little silence around."""
    wave = resample_poly(sound.astype(np.float64), 1, STUDIO // RATE)
    return _padded(wave, segments, 0.3, 0.3)


def called(
    sound: Sound, segments: Sequence[Segment], chance: Chance, others: Wave | None = None, cut: float = _CUT
) -> tuple[Wave, list[Segment]]:
    """The sound at the far end of a call, 8 kHz whole numbers, and its segments; others: who talks near by.

    cut: how likely the recording is cut close to the words.
    """
    factor = 1.0 if chance.random() < 0.25 else float(chance.uniform(*_THROATS))
    steps = round(200 * factor)
    wave = resample_poly(sound.astype(np.float64), 100, steps)
    moved = [Segment(one.phone, one.start * 200 / steps, one.end * 200 / steps, one.word) for one in segments]
    for likely, change in ((0.5, _other_throat), (0.35, _room), (0.6, _tilt), (0.4, _resonance), (0.6, _band)):
        if chance.random() < likely:
            wave = change(wave, chance)
    wave, moved = _ends(wave, moved, chance, cut)
    wave *= 32767 / (np.abs(wave).max() + 1e-6) * 10 ** (chance.uniform(*_LEVELS) / 20)
    power = float((wave**2).mean())
    if chance.random() < _NOISY:
        wave = wave + noise(chance, len(wave)) * np.sqrt(power) * 10 ** (-chance.uniform(*_NOISE) / 20)
    if others is not None and chance.random() < 0.18:
        crowd = np.resize(others, len(wave))
        wave = wave + crowd / (crowd.std() + 1e-6) * np.sqrt(power) * 10 ** (-chance.uniform(7, 25) / 20)
    if chance.random() < 0.1:
        wave = wave * chance.uniform(1, 4)  # a shouting caller clips
    wave = np.clip(wave, -32768, 32767)
    if chance.random() < 0.15:
        wave = coarse(wave, chance)
    if chance.random() < 0.55:
        wave = mulaw(wave)
    if chance.random() < 0.12:
        wave = lossy(wave, chance)
    return np.round(wave), moved


def _ends(wave: Wave, segments: Sequence[Segment], chance: Chance, likely: float) -> tuple[Wave, list[Segment]]:
    """Some silence on both sides, or none at all: who never heard a word without silence takes it for noise."""
    pads, cut = chance.uniform(0, _PAD, 2), (chance.random() < likely) & (chance.random(2) < _SIDE)
    said = [one for one in segments if one.word >= 0]
    first, last = (said[0], said[-1]) if said else (segments[0], segments[-1])
    edges = first.start - chance.uniform(0, _REST), last.end + chance.uniform(0, _REST)
    if chance.random() < _BY_LOUDNESS:
        edges = _loud(wave, edges, chance.uniform(*_FAINT))
    start = max(0.0, edges[0]) if cut[0] else 0.0
    end = edges[1] if cut[1] else len(wave) / RATE
    at = round(start * RATE)
    kept = [one for one in segments if one.word >= 0 or (one.start < end and start < one.end)]
    left = [Segment(one.phone, *_within(one, start, end), one.word) for one in kept]
    left[0] = Segment(left[0].phone, 0.0, left[0].end, left[0].word)
    return _padded(wave[at : round(end * RATE)], left, *np.where(cut, 0.0, pads))


def _within(one: Segment, start: float, end: float) -> tuple[float, float]:
    """What of it is left between start and end, counted from start: perhaps nothing, at an end."""
    return min(max(one.start, start), end) - start, min(max(one.end, start), end) - start


def _loud(wave: Wave, edges: tuple[float, float], faint: float) -> tuple[float, float]:
    """Where it first and last is at most so many dB softer than at its loudest: a soft s or f loses its edge."""
    size, start = RATE // 100, max(0, round(edges[0] * RATE))
    count = (min(len(wave), round(edges[1] * RATE)) - start) // size
    if count < 1:
        return edges
    power = (wave[start : start + count * size].reshape(count, size) ** 2).mean(1)
    there = np.nonzero(power >= power.max() * 10 ** (-faint / 10))[0]
    return (start + int(there[0]) * size) / RATE, (start + (int(there[-1]) + 1) * size) / RATE


def _padded(wave: Wave, segments: Sequence[Segment], before: float, after: float) -> tuple[Wave, list[Segment]]:
    whole = np.concatenate([np.zeros(int(before * RATE)), wave, np.zeros(int(after * RATE))])
    moved = [Segment(one.phone, one.start + before, one.end + before, one.word) for one in segments]
    first, last = moved[0], moved[-1]
    moved[0] = Segment(first.phone, 0.0, first.end, first.word)
    moved[-1] = Segment(last.phone, last.start, len(whole) / RATE, last.word)
    return whole, moved


def _other_throat(wave: Wave, chance: Chance) -> Wave:
    """The same voice from a longer or shorter throat: formants moved, pitch and pace as they were.

    Block by block the spectrum is divided by its envelope (a smoothed log spectrum) and given the moved envelope.
    """
    size, hop = 256, 64
    window = np.hanning(size + 1)[:-1]
    blocks = 1 + max(0, len(wave) - size) // hop
    at = np.arange(size) + hop * np.arange(blocks)[:, None]
    whole = np.pad(wave, (0, max(0, size - len(wave))))
    spectrum = np.fft.rfft(whole[at] * window)
    bins = np.arange(size // 2 + 1)
    cepstra = np.fft.irfft(np.log(np.abs(spectrum) + 1.0))
    cepstra[:, _SMOOTH : size - _SMOOTH + 1] = 0
    envelope = np.fft.rfft(cepstra).real
    source = np.clip(bins * chance.uniform(*_FORMANTS), 0, size // 2)
    low = np.minimum(source.astype(int), size // 2 - 1)
    part = source - low
    moved = envelope[:, low] * (1 - part) + envelope[:, low + 1] * part
    pieces = np.fft.irfft(spectrum * np.exp(np.clip(moved - envelope, -4, 4))) * window
    out, weight = np.zeros(len(whole)), np.full(len(whole), 1e-3)
    for start in range(size // hop):  # every fourth block does not overlap: added at once
        own = pieces[start :: size // hop]
        span = slice(start * hop, start * hop + own.size)
        out[span] += own.ravel()
        weight[span] += np.tile(window**2, len(own))
    out /= weight
    edge: Wave = np.where(weight > 0.1, out, whole)[: len(wave)]
    return edge


def _room(wave: Wave, chance: Chance) -> Wave:
    """Echoes that die away within a third of a second."""
    count = int(chance.uniform(0.05, 0.35) * RATE)
    echo = chance.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count) * chance.uniform(0.02, 0.15)
    echo[0] = 1
    out: Wave = fftconvolve(wave, echo)[: len(wave)]
    return out


def _tilt(wave: Wave, chance: Chance) -> Wave:
    """A dull or a sharp microphone."""
    out: Wave = lfilter([1, -chance.uniform(-0.6, 0.75)], [1], wave)
    return out


def _resonance(wave: Wave, chance: Chance) -> Wave:
    """A cheap handset's favourite tone, or a hole where it should be."""
    angle, width = chance.uniform(300, 3300) / RATE * 2 * np.pi, chance.uniform(0.5, 0.9)
    bell = lfilter([1 - width], [1, -2 * width * np.cos(angle), width * width], wave)
    out: Wave = wave + chance.uniform(-0.5, 0.5) * bell
    return out


def _band(wave: Wave, chance: Chance) -> Wave:
    """The line's band, about 300 to 3400 Hz."""
    half = RATE / 2
    over, under = butter(2, [chance.uniform(150, 350) / half, chance.uniform(3000, 3600) / half], "band")
    out: Wave = lfilter(over, under, wave)
    return out


def noise(chance: Chance, count: int) -> Wave:
    """Noise of power 1: hiss, pink, rumble of a street, a band (a fan, a crowd far off), a hum of the mains, knocks."""
    settle = 2000
    wave = chance.standard_normal(count + settle)
    kind = 0 if chance.random() < _HISS else chance.integers(6)
    if kind == 1:
        wave = lfilter([1], [1, -0.95], wave)
    elif kind == 2:
        over, under = butter(2, [chance.uniform(0.05, 0.2), chance.uniform(0.3, 0.9)], "band")
        wave = lfilter(over, under, wave)
    elif kind == 3:
        time = np.arange(count + settle) / RATE
        wave = 0.3 * wave + sum(np.sin(2 * np.pi * 50 * part * time) / part for part in (1, 2, 3, 5, 7))
    elif kind == 4:
        knocks = (chance.random(count + settle) < chance.uniform(0.5, 4) / RATE) * chance.uniform(5, 40)
        wave = 0.2 * wave + lfilter([1], [1, -1.2, 0.8], knocks * chance.standard_normal(count + settle))
    elif kind == 5:
        wave = lfilter(*_PINK, wave)
    if chance.random() < 0.4:  # passing by: louder and softer
        time = np.arange(len(wave)) / RATE
        wave = wave * (1 + 0.8 * np.sin(2 * np.pi * chance.uniform(0.2, 4) * time + chance.uniform(0, 6)))
    wave = wave[settle:]
    out: Wave = wave / (wave.std() + 1e-9)
    return out


def mulaw(wave: Wave) -> Wave:
    """Through G.711 and back: what every call to the hotline goes through."""
    part = np.clip(wave / 32768, -1, 1)
    steps = np.round(np.sign(part) * np.log1p(255 * np.abs(part)) / np.log(256) * 127) / 127
    out: Wave = np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255 * 32767
    return out


def coarse(wave: Wave, chance: Chance) -> Wave:
    """As a mobile codec leaves it: noise that follows the spectrum of the speech, block by block of 20 ms.

    Not GSM itself, whose encoder no small package carries: its effect, linear prediction with a coarsely kept residual.
    """
    bits = float(chance.uniform(1.2, 3.0))
    out = wave.copy()
    for start in range(0, len(wave) - _PACKET + 1, _PACKET):
        block = wave[start : start + _PACKET]
        spectrum = np.fft.rfft(block)
        size = np.abs(spectrum)
        step = (size.mean() + 1e-3) / 2**bits
        out[start : start + _PACKET] = np.fft.irfft(np.round(spectrum / step) * step, len(block))
    return out


def lossy(wave: Wave, chance: Chance) -> Wave:
    """Packets that never came: repeated once, softer, then silence, as receivers conceal them."""
    out = wave.copy()
    rate = chance.uniform(0.005, 0.05)
    lost = 0
    for start in range(_PACKET, len(wave) - _PACKET, _PACKET):
        lost = lost + 1 if chance.random() < (rate if not lost else 0.4) else 0
        if lost:
            last = out[start - _PACKET : start]
            out[start : start + _PACKET] = last * 0.7 if lost < 3 else 0
    return out


Change = Callable[[Wave, Chance], Wave]
