"""Hindi sentences in voices that speak no Hindi: five diphone voices of Festival, Czech and American, are told
what to say phone by phone.

The lengths and the pitch are ours, so the times are known without an aligner. A sound that a voice does not have is
said by its nearest (ड as d, aspirates with an h after them). Nothing is done where Festival or its voices are missing;
they are in Debian's main section and free. Never does: use festvox-hi-nsk or its sisters, by which the models are
measured.
"""

import random
import subprocess
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from speech.train.clips import RATE, Clip, Segment, Shelf
from speech.train.phones import SILENCE

_OURS = "a e i o u ə ɛ ɪ ɔ ʊ b c d h j k l m n p s t ŋ ɖ ɟ ɡ ɲ ɳ ɽ ɾ ʂ ʃ ʈ ʋ".split()
_CZECH = "a: e: i: o: u: a e i o u b c~ d h j k l m n p s t n* d dz~ g n~ n r r s~ s~ t v".split()
_AMERICAN = "aa ey iy ow uw ah eh ih ao uh b ch d hh y k l m n p s t ng d jh g n n dx dx sh sh t v".split()
# What else may be said where a voice does not have two sounds after each other; empty: nothing.
_ELSE = {
    **{long: (long[0],) for long in ("a:", "e:", "i:", "o:", "u:")},
    **{short: (f"{short}:",) for short in "aeiou"},
    **{"dx": ("d", "r"), "h": ("ch", ""), "hh": ("",), "n*": ("n",), "n~": ("n",), "ah": ("ax",), "aa": ("ah",)},
}
_MISSING = 2  # joints of a sentence that no voice has; more, and it is left out
_BATCH = 60  # sentences a run of Festival
_SCALE = (
    "(Parameter.set 'Synth_Method 'UniSyn)(Parameter.set 'us_sigpr 'lpc)(set! window_factor 1.0)(set! us_gain 0.9)"
    "(set! us_abs_offset 0.0)(set! us_rel_offset 0.0)"
)
_PEAK = 0.7

Score = list[tuple[str, float, float]]  # sound, seconds, beats a second


@dataclass(frozen=True)
class Voice:
    """Where its diphones are, how it says our phones, its pause, its breath, its middle pitch."""

    group: str
    sounds: Mapping[str, str]
    pause: str
    breath: str
    pitch: float

    def named(self) -> set[str]:
        """Every sound that may be asked of it."""
        return {*self.sounds.values(), *(one for more in _ELSE.values() for one in more if one), self.pause, "h", "hh"}


def _czech(name: str, pitch: float) -> Voice:
    group = f"usr/share/festival/voices/czech/czech_{name}/group/{name}.group"
    return Voice(group, dict(zip(_OURS, _CZECH, strict=True)), "#", "h", pitch)


def _american(name: str, pitch: float) -> Voice:
    group = f"usr/share/festival/voices/english/{name}_diphone/group/{name}lpc16k.group"
    return Voice(group, dict(zip(_OURS, _AMERICAN, strict=True)), "pau", "hh", pitch)


# Czech "ph" is kept out: settings are chosen on it.
VOICES = {
    **{"dita": _czech("dita", 200), "krb": _czech("krb", 230), "machac": _czech("machac", 115)},
    **{"kal": _american("kal", 105), "ked": _american("ked", 110)},
}


def _parts(voice: Voice, phone: str) -> list[tuple[str, float]]:
    """The voice's sounds for a phone and their shares of its time. KeyError for a phone that is not Hindi's."""
    letter = unicodedata.normalize("NFD", phone)
    if phone == SILENCE:
        return [(voice.pause, 1.0)]
    if "\u0303" in letter:
        return [(voice.sounds[letter[0]], 0.7), ("n", 0.3)]
    if phone.endswith("ʰ"):
        return [(voice.sounds[phone[0]], 0.65), (voice.breath, 0.35)]
    return [(voice.sounds[phone], 1.0)]


def _score(clip: Clip, voice: Voice, chance: random.Random, usual: Mapping[str, float]) -> tuple[Score, list[Segment]]:
    """Sounds with lengths and pitch: lengths as in the clip, or every phone about its usual one, as machines do."""
    natural, pace, end = chance.random() < 0.5, chance.uniform(0.8, 1.3), clip.segments[-1].end
    pitch, fall = voice.pitch * chance.uniform(0.85, 1.25), chance.uniform(0, 0.25)
    shake = chance.choice((0, 0, 0.03, 0.1))
    score: Score = []
    moved, at = [], 0.0
    for one in clip.segments:
        lasts = one.end - one.start if natural else usual[one.phone] * chance.uniform(0.85, 1.15)
        lasts = max(0.05, min(lasts, 0.5)) if one.phone == SILENCE else max(0.035, lasts * pace)
        for sound, share in _parts(voice, one.phone):
            beats = pitch * (1 + fall * (0.5 - one.start / end) + chance.gauss(0, shake))
            score.append((sound, lasts * share, beats))
        moved.append(Segment(one.phone, at, at + lasts, one.word))
        at += lasts
    return score, moved


@cache
def _joints(group: Path) -> frozenset[str]:
    """The pairs of sounds that a voice has, from its file's head."""
    with group.open("rb") as file:
        table = file.read(200_000).split(b"EST_Header_End\n", 1)[1]
    found = []
    for line in table.split(b"\n"):
        if line.count(b" ") != 3:
            break
        found.append(line.split(b" ")[0].decode("latin-1"))
    return frozenset(found)


def _mended(score: Score, joints: frozenset[str]) -> tuple[Score, int]:
    """With other sounds where the voice cannot join two, and how many joints are still missing."""
    at = missing = 0
    while at + 1 < len(score):
        if f"{score[at][0]}-{score[at + 1][0]}" in joints:
            at += 1
        elif better := _other(score, at, joints):
            score, at = better, max(0, at - 1)
        else:
            missing, at = missing + 1, at + 1
    return score, missing


def _other(score: Score, at: int, joints: frozenset[str]) -> Score | None:
    for place in (at + 1, at):
        sound, lasts, beats = score[place]
        for other in _ELSE.get(sound, ()):
            tried = [*score[:place], *([(other, lasts, beats)] if other else []), *score[place + 1 :]]
            if not other:
                if not 0 < place < len(tried):
                    continue
                before = tried[place - 1]
                tried[place - 1] = (before[0], before[1] + lasts, before[2])
            near = range(max(0, place - (1 if other else 2)), min(len(tried) - 1, place + 1))
            if all(f"{tried[one][0]}-{tried[one + 1][0]}" in joints for one in near):
                return tried
    return None


def _program(jobs: Sequence[tuple[str, Voice, Path, Score]], folder: Path) -> str:
    """What Festival is told: every voice once, then every sentence into a file of its own."""
    lines, known = [_SCALE], set()
    for number, (name, voice, group, score) in enumerate(jobs):
        if name not in known:
            known.add(name)
            sounds = " ".join(f"({one} 0)" for one in sorted(voice.named()))
            lines.append(
                f'(us_diphone_init (list (list \'name "{name}") (list \'index_file "{group}")'
                f' (list \'grouped "true") (list \'default_diphone "{voice.pause}-{voice.pause}")))'
                f"(defPhoneSet of_{name} ((vc + - 0)) ({sounds}))"
            )
        body = " ".join(f"({sound} {lasts:.4f} (0.0 {beats:.0f}))" for sound, lasts, beats in score)
        lines.append(
            f"(PhoneSet.select 'of_{name})(PhoneSet.silences '({voice.pause}))(us_db_select \"{name}\")"
            f"(set! said (Utterance Segments ({body})))(utt.synth said)"
            f'(utt.save.wave said "{folder / str(number)}.wav" \'riff)'
        )
    return "\n".join(lines)


def speak(shelf: Shelf, clips: Iterable[Clip], packages: Path, seconds: float, seed: int) -> None:
    """The sentences of these clips once more, until so many seconds are there."""
    chance, source = random.Random(seed), sorted(clips, key=lambda one: one.key)
    chance.shuffle(source)
    there = [
        (name, voice, packages / voice.group) for name, voice in VOICES.items() if (packages / voice.group).is_file()
    ]
    lengths: dict[str, list[float]] = defaultdict(list)
    for clip in source:
        for one in clip.segments:
            lengths[one.phone].append(one.end - one.start)
    usual, have, known = {phone: float(np.median(own)) for phone, own in lengths.items()}, shelf.seconds(), shelf.keys()
    for start in range(0, len(source) if there else 0, _BATCH):
        if have >= seconds:
            return
        jobs, made = [], []
        for place, clip in enumerate(source[start : start + _BATCH]):
            name, voice, group = there[place % len(there)]
            try:
                score, moved = _score(clip, voice, chance, usual)
            except KeyError:
                continue
            score, missing = _mended(score, _joints(group))
            if missing <= _MISSING and f"{name}-{start + place}" not in known:
                jobs.append((name, voice, group, score))
                made.append(Clip(f"{name}-{start + place}", clip.words, f"diphone:{name}", tuple(moved)))
        have += _spoken(shelf, jobs, made)


def _spoken(shelf: Shelf, jobs: Sequence[tuple[str, Voice, Path, Score]], made: Sequence[Clip]) -> float:
    """Runs Festival once and puts what it said on the shelf; how many seconds."""
    from scipy.io import wavfile
    from scipy.signal import resample_poly

    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.scm"
        program.write_text(_program(jobs, Path(folder)), encoding="utf-8")
        try:
            subprocess.run(["festival", "-b", str(program)], check=False, capture_output=True, timeout=600)
        except (OSError, subprocess.SubprocessError):
            return 0.0
        for number, clip in enumerate(made):
            file = Path(folder) / f"{number}.wav"
            if not file.is_file():
                continue
            rate, wave = wavfile.read(file)
            whole = resample_poly(wave.astype(np.float32), RATE // 100, rate // 100)
            off = len(whole) / RATE / clip.segments[-1].end
            if not 0.93 < off < 1.07:  # a joint went wrong
                continue
            moved = tuple(Segment(one.phone, one.start * off, one.end * off, one.word) for one in clip.segments)
            sound = (whole / max(float(np.abs(whole).max()), 1.0) * _PEAK * 32767).astype(np.int16)
            shelf.add(Clip(clip.key, clip.words, clip.voice, moved), sound)
            seconds += len(sound) / RATE
    return seconds
