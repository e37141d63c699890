"""Sound on the line: what a played file is, and what a recorder would keep of what is spoken into it.

Sound inside the simulator is mono 16-bit at 8 kHz, as Twilio records.
Never does: change what was said, except to cut it where Twilio would stop.
"""

import io
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr.simulator.fault import TwilioFault

RATE = 8000
FRAME = RATE // 50
SILENT_RMS = 58.0  # -55 dBFS: below a whisper on the line, above what a codec adds to digital silence
PLAYED_TYPES = (
    "audio/mpeg", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff", "audio/x-aifc", "audio/x-aiff",
    "audio/x-gsm", "audio/gsm", "audio/ulaw",
)  # fmt: skip
LONGEST_PLAYED = 40 * 60.0

Pcm = NDArray[np.int16]


@dataclass(frozen=True)
class Played:
    """A sound file as the caller's ear gets it: its own rate and channels, and how long it lasts."""

    seconds: float
    rate: int
    channels: int
    peak: float


def played(body: bytes, content_type: str, *, in_gather: bool) -> Played:
    """What a fetched file sounds like. TwilioFault when Twilio would not play it."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in PLAYED_TYPES:
        raise TwilioFault(13325 if in_gather else 13420, f"Play: Content-Type {content_type!r} is no sound")
    try:
        samples, rate = soundfile.read(io.BytesIO(body), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as fault:
        raise TwilioFault(13420, f"Play: the file cannot be decoded ({fault})") from None
    if not len(samples):
        raise TwilioFault(13420, "Play: the file holds no sound")
    if len(samples) / rate > LONGEST_PLAYED:
        raise TwilioFault(13420, "Play: the file is longer than 40 minutes")
    return Played(len(samples) / rate, int(rate), samples.shape[1], float(np.abs(samples).max()))


def spoken(source: "Pcm | bytes | str | Path") -> Pcm:
    """Samples at 8 kHz of a sound file, the bytes of one, or samples at 8 kHz. OSError, ValueError when unreadable."""
    if isinstance(source, np.ndarray):
        return source.astype(np.int16)
    if isinstance(source, (str, Path)):
        source = Path(source).read_bytes()
    try:
        samples, rate = soundfile.read(io.BytesIO(source), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as fault:
        raise ValueError(f"not a sound file: {fault}") from None
    mono = samples.mean(axis=1)
    if rate != RATE:
        mono = soxr.resample(mono, rate, RATE)
    return np.asarray(np.clip(np.round(mono * 32767), -32768, 32767), dtype=np.int16)


def silence(seconds: float) -> Pcm:
    """Nothing, for so long."""
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def tone(seconds: float, hertz: float = 440.0) -> Pcm:
    """A plain tone: something that is not silence."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(8000 * np.sin(2 * np.pi * hertz * time), dtype=np.int16)


def _loud(sound: Pcm) -> "NDArray[np.bool_]":
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float32)
    return np.asarray(np.sqrt((frames**2).mean(axis=1)) > SILENT_RMS)


def is_silent(sound: Pcm) -> bool:
    """Whether a recorder would find nothing in it."""
    return not bool(_loud(sound).any())


def silence_ends_at(sound: Pcm, seconds: float) -> float | None:
    """When a recorder that stops after so many seconds of silence stops, in seconds; None: it hears on. 0 is off."""
    if not seconds:
        return None
    quiet = 0
    for index, loud in enumerate(_loud(sound)):
        quiet = 0 if loud else quiet + 1
        if quiet * FRAME >= seconds * RATE:
            return (index + 1) * FRAME / RATE
    return None


def trimmed(sound: Pcm) -> Pcm:
    """Without the silence at both ends (`trim-silence`)."""
    loud = np.flatnonzero(_loud(sound))
    return sound[loud[0] * FRAME : (loud[-1] + 1) * FRAME] if len(loud) else sound[:0]


def wav_bytes(sound: Pcm) -> bytes:
    """The sound as Twilio serves it: WAV, mono, 16 bits, 8 kHz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return out.getvalue()
