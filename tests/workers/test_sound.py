"""Telephone sound: what is a whole WAV file, how others become one."""

import io

import numpy as np
import pytest
import soundfile

from tests.workers.telling import clip
from workers import sound


def _file(format: str, subtype: str, rate: int = 8000, channels: int = 1) -> bytes:
    time = np.arange(rate * 2) / rate
    samples = np.stack([0.5 * np.sin(2 * np.pi * 300 * time)] * channels, axis=1)
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=format, subtype=subtype)
    return out.getvalue()


def test_a_whole_file_passes_and_every_cut_one_fails() -> None:
    data = clip("hello_hi")
    sound.check_wav(data)
    for length in (0, 3, 11, 12, 30, 43, 44, 45, len(data) // 2, len(data) - 1):
        with pytest.raises(sound.NotASound):
            sound.check_wav(data[:length])


def test_a_streamed_header_and_chunks_before_the_sound_are_understood() -> None:
    data = clip("hello_hi")
    at = data.index(b"data")
    sound.check_wav(data[: at + 4] + b"\xff\xff\xff\xff" + data[at + 8 :])
    sound.check_wav(data[:at] + b"LIST\x03\x00\x00\x00abc\x00" + data[at:])


@pytest.mark.parametrize("data", [b"<html>" * 20, b"RIFF0000AVI " + bytes(40), b"RIFF0000WAVEdata\x04\x00\x00\x00abcd"])
def test_other_files_are_no_sound(data: bytes) -> None:
    with pytest.raises(sound.NotASound) as caught:
        sound.check_wav(data)
    assert caught.value.problem == "not_audio"


@pytest.mark.parametrize(
    ("format", "subtype", "rate", "channels"),
    [("WAV", "PCM_16", 8000, 1), ("WAV", "ULAW", 8000, 1), ("WAV", "PCM_16", 16_000, 2), ("WAV", "FLOAT", 44_100, 1)],
)
def test_any_wav_becomes_mono_at_telephone_rate(format: str, subtype: str, rate: int, channels: int) -> None:
    samples, out_rate = sound.decode(_file(format, subtype, rate, channels))
    assert out_rate == 8000 and samples.dtype == np.int16 and samples.ndim == 1
    assert len(samples) == pytest.approx(16_000, abs=10)
    assert np.abs(samples).max() == pytest.approx(16_384, rel=0.05)


def test_silence_is_what_carries_nothing_but_the_line() -> None:
    assert sound.is_silent(np.zeros(0, np.int16))
    assert sound.is_silent(np.full(100, -99, np.int16))
    assert not sound.is_silent(np.array([0, -32768], np.int16))


def test_a_written_wav_is_read_back_unchanged() -> None:
    samples, rate = sound.decode(clip("hello_hi"))
    data = sound.wav(samples, rate)
    sound.check_wav(data)
    assert (sound.decode(data)[0] == samples).all()
