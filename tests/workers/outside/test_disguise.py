"""The disguise: another pace and pitch each time, nothing audible where words are hidden, an exact time map."""

import numpy as np
import pytest

from tests.workers.telling import clip
from workers import sound
from workers.outside.disguise import disguise, silenced

RATE = 8000


def _tone(seconds: float, hertz: float = 500.0) -> sound.Pcm:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def _clicks(moments: list[float], seconds: float) -> sound.Pcm:
    samples = np.zeros(int(seconds * RATE), np.int16)
    for moment in moments:
        samples[int(moment * RATE) : int(moment * RATE) + 8] = 20_000
    return samples


def test_no_two_disguises_of_one_voice_are_alike() -> None:
    samples, rate = sound.decode(clip("hello_en"))
    lengths = {len(disguise(samples, rate)[0]) for _ in range(8)}
    assert len(lengths) == 8
    assert all(abs(length / len(samples) - 1) > 0.04 for length in lengths)


@pytest.mark.parametrize("run", range(5))
def test_the_time_map_finds_each_moment_in_the_disguised_sound(run: int) -> None:
    moments = [0.5, 2.0, 3.7, 8.25, 11.9]
    changed, when = disguise(_clicks(moments, 12.5), RATE)
    for moment in moments:
        around = int(when(moment) * RATE)
        near = np.abs(changed[max(0, around - 400) : around + 400].astype(int))
        assert abs(int(near.argmax()) - min(400, around)) < 24  # 3 ms
    assert when(0) == 0 and when(99) == pytest.approx(len(changed) / RATE, abs=0.01)


def test_the_rate_drifts_within_one_call() -> None:
    changed, _ = disguise(_tone(12), RATE)
    pieces = np.array_split(changed[: len(changed) // 4000 * 4000].astype(float), len(changed) // 4000)
    peaks = [np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 65536)).argmax() * RATE / 65536 for piece in pieces]
    assert max(peaks) / min(peaks) > 1.02
    assert all(abs(peak / 500 - 1) > 0.015 for peak in peaks)


def test_hidden_spans_carry_no_sound_at_all() -> None:
    changed, when = disguise(_tone(6), RATE, [(1.0, 2.0), (4.5, 9.0)])
    for start, end in ((1.0, 2.0), (4.5, 6.0)):
        assert np.abs(changed[int(when(start) * RATE) + 8 : int(when(end) * RATE) - 8]).max() == 0
    assert np.abs(changed[int(when(2.1) * RATE) : int(when(4.3) * RATE)]).max() > 7000


def test_silencing_leaves_the_original_alone() -> None:
    samples = _tone(1)
    before = samples.copy()
    assert np.abs(silenced(samples, RATE, [(-1.0, 5.0)])).max() == 0
    assert (samples == before).all()


@pytest.mark.parametrize("length", [0, 1, 3, 4, 100])
def test_very_short_sounds_are_no_trouble(length: int) -> None:
    changed, when = disguise(np.ones(length, np.int16), RATE)
    assert len(changed) <= length * 2 and when(0.0) == 0.0


def test_loud_sound_is_not_wrapped_around() -> None:
    changed, _ = disguise(np.tile(np.array([32767, 32767, -32768, -32768], np.int16), 4000), RATE)
    assert changed.dtype == np.int16 and changed.max() > 30_000 and changed.min() < -30_000
