"""Looks at every prompt of every language: there, the right format, as loud as the others, not clipped, as long as
its words need and its kind allows, and heard back by a recogniser.

Never does: change anything.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import soundfile

from ivr.channels.prompts import Prompt
from speech.voice.ears import Ear, Vosk
from speech.voice.heard import kept
from speech.voice.sound import LINE_RATE, LOUDNESS, Sound, loudness, voiced

LONGEST = {"question": 6.0, "submenu": 12.0, "menu": 22.0}  # seconds
FORMATS = ("ULAW", "PCM_16")
LOUDNESS_OFF = 1.5  # LU
SILENCE_BEFORE = (0.02, 0.12)
SILENCE_AFTER = (0.02, 0.5)
FULL = 0.99  # of the highest sample: cut off
LETTERS_A_SECOND = (2.5, 22.0)
KEPT = 0.9  # of all words of a language, over all prompts
WORTH_HEARING = 4  # words: below that a recogniser guesses
HALF = 0.5


@dataclass
class Heard:
    """What an ear made of one prompt."""

    prompt: Prompt
    understood: str
    kept: int
    words: int
    missed: list[str]


@dataclass
class Findings:
    """Faults (the check fails), and what to listen to."""

    faults: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def share(self, lang: str) -> float:
        """Share of a language's words that was heard back; 1 when nothing was listened to."""
        of = [heard for heard in self.heard if heard.prompt.lang == lang]
        return sum(heard.kept for heard in of) / max(1, sum(heard.words for heard in of)) if of else 1.0


def look(prompts: Iterable[Prompt], *, loud: bool = True) -> list[str]:
    """Faults of the sound files themselves, one line each. Needs no recogniser; `loud` needs pyloudnorm."""
    return [fault for prompt in prompts for fault in _faults(prompt, loud)]


def _faults(prompt: Prompt, loud: bool) -> list[str]:
    where = f"{prompt.lang}/{prompt.name}"
    if prompt.sound is None:
        return [f"{where}: no sound"]
    try:
        info = soundfile.info(prompt.sound)
        sound = read(prompt.sound)
    except soundfile.LibsndfileError as fault:
        return [f"{where}: cannot be read ({fault})"]
    if (info.samplerate, info.channels) != (LINE_RATE, 1) or info.format != "WAV" or info.subtype not in FORMATS:
        return [
            f"{where}: is {info.samplerate} Hz, {info.channels} channels, {info.subtype}; "
            "must be 8000 Hz, mono, µ-law or PCM_16"
        ]
    start, end = voiced(sound, LINE_RATE)
    if start == end:
        return [f"{where}: is silent"]
    faults = []
    before, after = start / LINE_RATE, (len(sound) - end) / LINE_RATE
    if not SILENCE_BEFORE[0] <= before <= SILENCE_BEFORE[1]:
        faults.append(f"{where}: {before * 1000:.0f} ms of silence before it")
    if not SILENCE_AFTER[0] <= after <= SILENCE_AFTER[1]:
        faults.append(f"{where}: {after * 1000:.0f} ms of silence after it")
    if loud and abs((level := loudness(sound, LINE_RATE)) - LOUDNESS) > LOUDNESS_OFF:
        faults.append(f"{where}: {level:.1f} LUFS, must be {LOUDNESS:.0f}")
    if abs(sound).max() > FULL:
        faults.append(f"{where}: is clipped")
    seconds = (end - start) / LINE_RATE
    if not LETTERS_A_SECOND[0] <= len(prompt.text) / seconds <= LETTERS_A_SECOND[1]:
        faults.append(f"{where}: {seconds:.1f} s cannot be these words: {prompt.text}")
    if seconds > (longest := LONGEST.get(prompt.kind, 60.0)):
        faults.append(f"{where}: speaks for {seconds:.1f} s; a {prompt.kind} lasts {longest:.0f} s at most")
    return faults


def read(path: Path) -> Sound:
    """The samples of a sound file."""
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    mono: Sound = samples[:, 0]
    return mono


def listen(prompts: Collection[Prompt], ear: Ear, findings: Findings) -> None:
    """Have an ear hear the prompts back; too few words understood is a fault."""
    for prompt in prompts:
        if prompt.sound is None:
            continue
        understood = ear.words(read(prompt.sound), prompt.lang)
        written = ear.known(prompt.text, prompt.lang) if isinstance(ear, Vosk) else prompt.text
        found, words, missed = kept(written, understood, prompt.lang)
        findings.heard.append(Heard(prompt, understood, found, words, missed))
        if words >= WORTH_HEARING and found <= HALF * words:
            findings.faults.append(
                f"{prompt.lang}/{prompt.name}: {ear.name} heard {understood!r} instead of {prompt.text!r}"
            )
