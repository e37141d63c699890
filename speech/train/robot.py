"""espeak-ng speaks the sentences, 130 times as fast as they last: a robot's voice, but hours of it.

Reached by its C interface through the library that the package espeakng-loader carries: events tell when each phone
and word starts. Never does: count as natural speech; it teaches words and noise, Kokoro teaches voices.
"""

import ctypes
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from speech.train.clips import RATE, Clip, Segment, Shelf, Sound
from speech.train.phones import SILENCE, shared_out, units, word
from speech.train.text.make import UNKNOWN, Text
from speech.train.words import rare
from speech.voice.kokoro import _PAIRS

_VOICES = {"hi": ("hi",), "en": ("en-us", "en-us", "en", "en-gb-x-rp", "en-029", "en-gb-scotland")}
_NAMED = "klatt klatt2 klatt4 Andrea Annie Denis Diogo Gene Jacky Lee Mario Michael Mike Storm belinda steph linda john"
_VARIANTS = (
    "",
    *(f"+m{at}" for at in range(1, 8)),
    *(f"+f{at}" for at in range(1, 5)),
    *(f"+{name}" for name in _NAMED.split()),
)
_SYNCHRONOUS, _PHONES_AS_IPA = 2, 1 | 2
_RATE, _PITCH, _RANGE = 1, 3, 4  # numbers of espeak's parameters
_WORD, _PHONE, _END = 1, 7, 0  # kinds of events
_PEAK = 0.7


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", _Id),
    )  # fmt: skip


Events = list[tuple[float, str]]  # seconds, and the phone; "" where a word starts


class Robot:
    """espeak-ng, loaded once in a process."""

    def __init__(self) -> None:
        import espeakng_loader

        self._sound: list[Sound] = []
        self._events: Events = []
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(Path(espeakng_loader.get_data_path()).parent).encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONES_AS_IPA)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = kind(self._heard)  # kept: the library holds no reference
        self._library.espeak_SetSynthCallback(self._callback)

    def _heard(self, wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
        if wave and count > 0:
            self._sound.append(np.ctypeslib.as_array(wave, (count,)).copy())
        at = 0
        while events[at].type != _END:
            event = events[at]
            if event.type == _PHONE:
                self._events.append((event.audio_position / 1000, event.id.string.decode("utf-8", "ignore")))
            elif event.type == _WORD:
                self._events.append((event.audio_position / 1000, ""))
            at += 1
        return 0

    def speak(self, text: str, voice: str, rate: int, pitch: int, spread: int) -> tuple[Sound, Events] | None:
        """16 kHz sound and its events. None for a voice that this espeak-ng does not have."""
        self._sound, self._events = [], []
        if self._library.espeak_SetVoiceByName(voice.encode()):
            return None
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, spread)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode() + b"\0"
        self._library.espeak_Synth(data, len(data), 0, 0, 0, 1, None, None)
        if not self._sound:
            return None
        wave = resample_poly(np.concatenate(self._sound).astype(np.float32), 320, 441)
        whole = (wave / max(float(np.abs(wave).max()), 1.0) * _PEAK * 32767).astype(np.int16)
        return whole, list(self._events)


def _pieces(events: Events, language: str, end: float) -> Iterator[tuple[str, float, float, bool]]:
    """Phone ("" for silence), start, end, and whether a word starts with it."""
    phones = [(at, place) for place, (at, name) in enumerate(events) if name]
    fresh = True
    for number, (start, place) in enumerate(phones):
        stop = phones[number + 1][0] if number + 1 < len(phones) else end
        fresh = fresh or any(not name for _, name in events[(phones[number - 1][1] if number else 0) : place])
        letters = events[place][1].replace("r.", "ɽ")
        for pair, sign in _PAIRS.items():
            letters = letters.replace(pair.replace("^", ""), sign)
        own = () if letters.startswith("_") else units(letters, language)
        if not own:
            yield "", start, stop, False
            continue
        for part, unit in enumerate(own):
            width = (stop - start) / len(own)
            yield unit.phone, start + part * width, start + (part + 1) * width, fresh
            fresh = False


def segments(events: Events, words: tuple[str, ...], language: str, end: float) -> tuple[Segment, ...] | None:
    """The events as segments. None where espeak's words are not ours."""
    chunks: list[list[tuple[str, float, float]]] = []
    silences: list[tuple[float, float]] = []
    for phone, start, stop, fresh in _pieces(events, language, end):
        if not phone:
            silences.append((start, stop))
        elif phone == "h" and chunks and not fresh and chunks[-1][-1][0] == "ɽ":
            chunks[-1][-1] = ("ɽʰ", chunks[-1][-1][1], stop)
        elif fresh:
            chunks.append([(phone, start, stop)])
        elif chunks:
            chunks[-1].append((phone, start, stop))
    shared = shared_out(chunks, [len(word(one, language)) for one in words])
    if shared is None:
        return None
    named = [Segment(phone, start, stop, place) for place, own in enumerate(shared) for phone, start, stop in own]
    named = sorted(
        [*named, *(Segment(SILENCE, start, stop, -1) for start, stop in silences)], key=lambda one: one.start
    )
    out = [Segment(SILENCE, 0.0, named[0].start, -1)] if named[0].phone != SILENCE else []
    for one in named:
        if out and one.phone == out[-1].phone == SILENCE:
            out[-1] = Segment(SILENCE, out[-1].start, one.end, -1)
        else:
            out.append(one)
    last = out[-1]
    if last.phone == SILENCE:
        return (*out[:-1], Segment(SILENCE, last.start, end, -1))
    return (*out, Segment(SILENCE, min(last.end, end), end, -1))


def speak(folder: Path, language: str, seconds: float, seed: int) -> None:
    """Fill a shelf with so many seconds of the generator's sentences."""
    shelf, robot, text, strange = Shelf(folder), Robot(), Text(language, seed), rare(language)
    there, have, number = shelf.keys(), shelf.seconds(), 0
    while have < seconds:
        chance = random.Random(f"robot-{seed}-{number}")
        key, number = f"e{number:05d}", number + 1
        line = text.spoken()
        words = tuple(chance.choice(strange) if one == UNKNOWN else one for one in line.split())
        if key in there:
            continue
        voice = chance.choice(_VOICES[language]) + chance.choice(_VARIANTS)
        made = robot.speak(
            " ".join(words), voice, chance.randint(115, 215), chance.randint(10, 90), chance.randint(20, 80)
        )
        found = made and segments(made[1], words, language, len(made[0]) / RATE)
        if made and found:
            shelf.add(Clip(key, words, f"espeak:{voice}", found), made[0])
            have += len(made[0]) / RATE
