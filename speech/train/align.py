"""The time of every phone in speech whose words are known but whose clock is not: other synthesisers, real people.

The recogniser's own network listens: of all ways to say the words (accents, with and without pauses) the likeliest is
laid along its answers (Viterbi). What does not fit, a wrong transcript or a sound no word stands for, is left out.
Never does: learn, or change the words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly

from speech.train.clips import RATE, Clip, Segment, Shelf, Sound
from speech.train.features import RATE as LINE
from speech.train.features import STRIDE, mfcc
from speech.train.network import Network, padded
from speech.train.phones import SILENCE, Word, ways

_WORST = 1.3  # an answer's mean distance from the best that any phones could do: beyond it the words were not said
_ANSWER = STRIDE / 100  # seconds
_NEVER = -1e9

Scores = NDArray[np.float32]
Spoken = tuple[str, tuple[str, ...], Sound, str]  # key, words, 16 kHz, who


@dataclass(frozen=True)
class _Slot:
    """A phone of the chain, of the word at this place (-1: a pause, which may be missing)."""

    phone: int
    word: int


@torch.no_grad()
def scores(network: Network, sound: Sound) -> Scores:
    """(answers, 2 * phones) of 16 kHz sound."""
    features = mfcc(resample_poly(sound.astype(np.float64), LINE, RATE))
    network.eval()
    found: Scores = network(torch.tensor(padded(features))[None])[0][0].float().numpy()
    return found[: (len(features) + STRIDE - 1) // STRIDE]


def _chain(said: Sequence[Word], number: dict[str, int]) -> list[_Slot] | None:
    """The phones in order with a possible pause before, between and after the words; None with a phone unknown."""
    chain = [_Slot(0, -1)]
    for place, word in enumerate(said):
        if any(unit.phone not in number for unit in word):
            return None
        chain += [*(_Slot(number[unit.phone], place) for unit in word), _Slot(0, -1)]
    return chain


def _laid(found: Scores, chain: Sequence[_Slot]) -> tuple[float, list[tuple[int, int]]] | None:
    """Its score and (slot, first answer) of every slot on the likeliest way; None if the chain is too long."""
    count, size = len(found), len(chain)
    phones = np.array([slot.phone for slot in chain])
    pause = np.array([slot.word < 0 for slot in chain])
    first, later = found[:, 2 * phones], found[:, 2 * phones + 1]
    enters = np.full(size, _NEVER)
    enters[:2] = 0.0  # the first pause may be missing
    start, stay = enters + first[0], np.full(size, _NEVER)
    skipped, begun = np.zeros((count, size), bool), np.zeros((count, size), bool)
    over = np.concatenate([[False, False], pause[1:-1]])
    for at in range(1, count):
        leaves = np.maximum(start, stay)
        begun[at] = start > stay
        near = np.concatenate([[_NEVER], leaves[:-1]])
        far = np.where(over, np.concatenate([[_NEVER, _NEVER], leaves[:-2]]), _NEVER)
        skipped[at] = far > near
        start, stay = np.maximum(near, far) + first[at], leaves + later[at]
    ends = np.maximum(start, stay)
    slot = size - 1 if ends[-1] >= ends[-2] else size - 2
    if ends[slot] < _NEVER / 2:
        return None
    total, fresh, path = float(ends[slot]), bool(start[slot] > stay[slot]), []
    for at in range(count - 1, -1, -1):
        if fresh:
            path.append((slot, at))
            slot -= 2 if skipped[at, slot] else 1
            fresh = bool(at and slot >= 0 and begun[at, slot])
        else:
            fresh = bool(begun[at, slot])
    return total, path[::-1]


def aligned(network: Network, phones: Sequence[str], words: Sequence[str], sound: Sound) -> tuple[Segment, ...] | None:
    """The segments of the words in English speech. None where they do not fit the sound."""
    number = {phone: at for at, phone in enumerate(phones)}
    found = scores(network, sound)
    if not len(found):
        return None
    best: tuple[float, list[tuple[int, int]], list[_Slot]] | None = None
    for said in ways(words):
        chain = _chain(said, number)
        laid = _laid(found, chain) if chain else None
        if chain and laid and (best is None or laid[0] > best[0]):
            best = (*laid, chain)
    if best is None or (float(found.max(1).sum()) - best[0]) / len(found) > _WORST:
        return None
    end = len(sound) / RATE
    starts = [at * _ANSWER for _, at in best[1]] + [end]
    out = [
        Segment(phones[best[2][slot].phone], starts[at], starts[at + 1], best[2][slot].word)
        for at, (slot, _) in enumerate(best[1])
    ]
    if out[0].phone != SILENCE:
        out.insert(0, Segment(SILENCE, 0.0, 0.0, -1))
    return (*out, *([] if out[-1].phone == SILENCE else [Segment(SILENCE, end, end, -1)]))


def shelve(shelf: Shelf, network: Network, phones: Sequence[str], spoken: Iterable[Spoken]) -> Iterator[str]:
    """Puts everything that fits on the shelf; the keys of what does not."""
    there = shelf.keys()
    for key, words, sound, who in spoken:
        if key in there:
            continue
        segments = aligned(network, phones, words, sound)
        if segments:
            shelf.add(Clip(key, tuple(words), who, segments), sound)
        else:
            yield key
