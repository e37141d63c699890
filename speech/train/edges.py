"""From the voice's own clock to segments: where every phone starts and ends, with its silences found.

The voice tells how long it took for each letter, but counts the trailing silence to the last one, starts the first
phone before its time and hides pauses at the ends of words. Energies mend that. Never does: listen with a
recogniser.
"""

from collections.abc import Sequence

import numpy as np

from speech.train.clips import RATE, Segment, Sound
from speech.train.phones import SILENCE, Word

STEP = 0.025  # seconds of one step of Kokoro's clock
_PAUSE_STEPS = 5  # a shorter gap is no pause: its neighbours share it
_LAST_STEPS = 4  # the last letter's steps beyond these are trailing silence
_QUIET_DB = -48.0
_HOP = RATE // 100
_HIDDEN_FRAMES = 9  # of 10 ms: so much quiet inside a word's last phone is a pause


def from_clock(
    said: Sequence[Word], gaps: Sequence[float], steps: Sequence[Sequence[float]], end: float
) -> list[Segment]:
    """Segments from steps per unit of every word and the gaps before, between and after the words (STEP each)."""
    at = gaps[0] * STEP
    found = [Segment(SILENCE, 0.0, at, -1)]
    owed = 0.0
    for place, word in enumerate(said):
        gap = gaps[place] if place else 0.0
        if gap >= _PAUSE_STEPS:
            found.append(Segment(SILENCE, at, at + gap * STEP, -1))
            at += gap * STEP
        elif gap:
            last = found[-1]
            found[-1] = Segment(last.phone, last.start, last.end + gap * STEP / 2, last.word)
            at += gap * STEP / 2
            owed = gap / 2
        for unit, taken in zip(word, steps[place], strict=True):
            span = (taken + owed) * STEP
            owed = 0.0
            found.append(Segment(unit.phone, at, at + span, place))
            at += span
    last = found[-1]
    shorter = max(0.0, steps[-1][-1] - _LAST_STEPS) * STEP
    found[-1] = Segment(last.phone, last.start, last.end - shorter, last.word)
    return [*found, Segment(SILENCE, found[-1].end, end, -1)]


def mended(segments: Sequence[Segment], sound: Sound) -> list[Segment]:
    """The segments with the start of speech and hidden pauses as the energies show them."""
    count = len(sound) // _HOP
    power = (sound[: count * _HOP].astype(np.float32).reshape(-1, _HOP) ** 2).mean(1) / 32768**2
    quiet = 10 * np.log10(power + 1e-9) < _QUIET_DB
    found = list(segments)
    loud = np.nonzero(~quiet)[0]
    if len(loud) and found[0].phone == SILENCE:
        first = float(loud[0]) / 100
        if first < found[0].end - 0.02 and found[0].end - first < 0.2:
            found[0] = Segment(SILENCE, 0.0, first, -1)
            found[1] = Segment(found[1].phone, first, found[1].end, found[1].word)
    return _with_pauses(found, quiet)


def _with_pauses(segments: list[Segment], quiet: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list[Segment]:
    out: list[Segment] = []
    waiting = list(segments)
    while waiting:
        one = waiting.pop(0)
        after = waiting[0] if waiting else None
        start = _hidden_pause(one, quiet) if after and one.phone != SILENCE and after.word != one.word else None
        if start is None or after is None or one.end - start <= _HIDDEN_FRAMES / 100:
            out.append(one)
        elif after.phone == SILENCE:
            out.append(Segment(one.phone, one.start, start, one.word))
            waiting[0] = Segment(SILENCE, start, after.end, -1)
        else:
            out += [Segment(one.phone, one.start, start, one.word), Segment(SILENCE, start, one.end - 0.02, -1)]
            waiting[0] = Segment(after.phone, one.end - 0.02, after.end, after.word)
    return out


def _hidden_pause(one: Segment, quiet: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> float | None:
    """Where a long enough quiet starts inside a phone, 30 ms after its start at the earliest."""
    run = 0
    for at in range(int(one.start * 100) + 3, min(int(one.end * 100), len(quiet))):
        run = run + 1 if quiet[at] else 0
        if run >= _HIDDEN_FRAMES:
            return (at - run + 1) / 100
    return None
