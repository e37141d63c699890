"""Telephone sound in memory: check a WAV, decode it, listen for silence, write one. PURE.

Never does: fetch, store or change what was said.
"""

import io

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

Pcm = npt.NDArray[np.int16]

TELEPHONE_RATE = 8000
SILENT_PEAK = 100  # of 32768: below it a telephone line carries nothing but its own noise
_UNKNOWN_LENGTH = 0xFFFFFFFF  # written by those who stream a WAV


class NotASound(Exception):
    """What came is not a WAV file we can decode."""

    problem = "not_audio"


class CutOff(NotASound):
    """The file announces more sound than it holds, or none."""

    problem = "recording_damaged"


def check_wav(data: bytes, *, may_be_empty: bool = False) -> None:
    """Whether these bytes are a whole RIFF/WAVE file; NotASound or CutOff says what is wrong."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise NotASound("no RIFF/WAVE header")
    at, seen_format = 12, False
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == b"fmt ":
            seen_format = True
        elif kind == b"data":
            there = len(data) - at - 8
            if not seen_format:
                raise NotASound("sound before its format")
            if length not in (_UNKNOWN_LENGTH, there) and length > there:
                raise CutOff(f"{length} bytes of sound were announced, {there} are there")
            if there == 0 or length == 0:
                if may_be_empty:
                    return
                raise CutOff("a header and no sound")
            return
        at += 8 + length + length % 2
    raise CutOff("a header without sound")


def decode(data: bytes) -> tuple[Pcm, int]:
    """Mono samples and their rate. 8 kHz stays as it is; any other rate is resampled once, to 8 kHz."""
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate = file.samplerate
            if file.subtype in ("FLOAT", "DOUBLE"):  # asked for integers, libsndfile would cut these to 0 and 1
                samples = (file.read(dtype="float32", always_2d=True).clip(-1, 1) * 32767).astype(np.int16)
            else:
                samples = file.read(dtype="int16", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError):
        raise NotASound("soundfile cannot decode it") from None
    mono: Pcm = (
        samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float64).round().astype(np.int16)
    )
    if rate != TELEPHONE_RATE and len(mono):
        mono = resample(mono, rate, TELEPHONE_RATE)
    return np.ascontiguousarray(mono), TELEPHONE_RATE


def resample(samples: Pcm, rate: int, wanted: int) -> Pcm:
    """The same sound at another rate."""
    changed: Pcm = soxr.resample(samples, rate, wanted)
    return changed


def is_silent(samples: Pcm) -> bool:
    """Whether nothing at all can be heard."""
    return len(samples) == 0 or max(int(samples.max()), -int(samples.min())) < SILENT_PEAK


def wav(samples: Pcm, rate: int) -> bytes:
    """A 16-bit mono WAV file."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="WAV", subtype="PCM_16")
    return out.getvalue()


def about(seconds: float) -> int:
    """A length in tens of seconds, never none: what may be written down or told of it. Exact, it would single out one
    call on a list of calls; beside the disguised sound, that of the true one would tell how it was disguised."""
    return 10 * max(1, round(seconds / 10))


NOTHING = wav(np.zeros(0, np.int16), TELEPHONE_RATE)
