"""People's words one by one: cut out of their sentences where the alignment says that a word starts and ends.

Who says one word to a machine is often recorded without any silence around it, and a network that never heard that
takes the word for noise. No package has people saying digits; but actors say "two" and "nine" within sentences.
Never does: cut a word that nobody could tell by itself ("the", "of"): it takes those said long enough.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from speech.train.clips import RATE, Clip, Segment, Shelf, Sound
from speech.train.phones import SILENCE
from speech.train.text.short import DIGITS

_SHORTEST, _LONGEST, _PHONES = 0.2, 0.9, (2, 7)  # seconds of a word, and of how many phones it is
_MORE = frozenset((*DIGITS["en"], *"ten eleven twelve twenty thirty forty fifty yes no".split()))
_OFTEN = 25  # how often the same word is taken; not _MORE, which are few
_PAUSE = 0.05  # seconds: more is a pause, of which this much is taken along
_BLEED = 0.01  # of a neighbour's sound, faded


def words(clip: Clip, sound: Sound) -> Iterator[tuple[str, Clip, Sound]]:
    """Every word of a clip that can stand alone: the word, it as a clip, and its sound."""
    for at, ((start, end), word) in enumerate(zip(clip.times(), clip.words, strict=True)):
        own = [one for one in clip.segments if one.word == at]
        shortest = _SHORTEST if word not in _MORE else _SHORTEST / 1.5
        if not (shortest <= end - start <= _LONGEST and _PHONES[0] <= len(own) <= _PHONES[1]):
            continue
        before, after = _room(clip.segments, own[0], own[-1])
        yield word, *_cut(clip, at, own, sound, (max(0.0, start - before), min(len(sound) / RATE, end + after)))


def _room(segments: Sequence[Segment], first: Segment, last: Segment) -> tuple[float, float]:
    """How much may be taken before and after: of a pause some, of another word next to nothing."""
    at, to = segments.index(first), segments.index(last)
    sides = segments[at - 1 : at], segments[to + 1 : to + 2]
    before, after = (
        min(_PAUSE, one[0].end - one[0].start) if one and one[0].phone == SILENCE else _BLEED for one in sides
    )
    return max(before, _BLEED), max(after, _BLEED)


def _cut(clip: Clip, at: int, own: Sequence[Segment], sound: Sound, span: tuple[float, float]) -> tuple[Clip, Sound]:
    piece = sound[round(span[0] * RATE) : round(span[1] * RATE)].astype(np.float64)
    ramp = min(int(_BLEED * RATE), len(piece) // 2)
    piece[:ramp] *= np.linspace(0, 1, ramp)
    piece[len(piece) - ramp :] *= np.linspace(1, 0, ramp)
    said = [Segment(one.phone, one.start - span[0], one.end - span[0], 0) for one in own]
    end = len(piece) / RATE
    whole = (Segment(SILENCE, 0.0, said[0].start, -1), *said, Segment(SILENCE, said[-1].end, end, -1))
    return Clip(f"{clip.key}-{at}", (clip.words[at],), clip.voice, whole), piece.astype(np.int16)


def shelve(shelf: Shelf, sources: Sequence[Shelf]) -> None:
    """Fills an empty shelf with the words of people's clips; none but _MORE more often than _OFTEN."""
    taken = Counter[str]()
    if shelf.keys():
        return
    for source in sources:
        for clip, sound in source:
            if clip.voice.startswith("flite"):
                continue
            for word, made, piece in words(clip, sound):
                taken[word] += 1
                if word in _MORE or taken[word] <= _OFTEN:
                    shelf.add(made, piece)
