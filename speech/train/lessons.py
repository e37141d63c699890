"""What the network learns from: the features of every clip as heard over several different calls, with labels.

Never does: take a clip whose words are one of the held-out sentences.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech.train import telephone, vocoder
from speech.train.clips import Clip, Segment, Shelf, Sound
from speech.train.features import Features, Labels, answers, labels, mfcc
from speech.train.phones import SILENCE
from speech.train.text.make import heldout

# Natural voices are few, worth hearing over many lines.
COPIES = {"kokoro": 6, "espeak": 1, "others": 3, "single": 1, "diphones": 2}
_VOCODED = {"kokoro": 0.25, "espeak": 0.25, "others": 0.1}  # of the copies, said by another machine
_CUT = {"single": 0.8}  # how likely a recording is cut close to the words, where it is not as likely as usual
_RARE_PHONE = 20  # a phone spoken less often cannot be learned
_NARROW, _WIDER = 36, 1.06  # the least width of a group in frames, and how much wider the next one is


def width(frames: int) -> int:
    """The least of some seventy widths that holds so many frames.

    The processor's products are compiled anew for every size they have not met: with sizes as they come, that was a
    third of the time of training.
    """
    found = _NARROW
    while found < frames:
        found = int(found * _WIDER) + 1
    return found


@dataclass(frozen=True)
class Lessons:
    """All lessons in two long tables; lesson k is frames[starts[k]:starts[k+1]], its labels likewise."""

    phones: tuple[str, ...]
    frames: NDArray[np.float16]
    starts: NDArray[np.int64]
    labels: NDArray[np.int16]
    label_starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def features(self, at: int) -> Features:
        """(frames, 40) of one lesson."""
        return self.frames[self.starts[at] : self.starts[at + 1]].astype(np.float32)

    def answers(self, at: int) -> Labels:
        """The right output for every 30 ms."""
        return self.labels[self.label_starts[at] : self.label_starts[at + 1]].astype(np.int64)

    def batches(self, chance: np.random.Generator, most: int) -> Iterator[list[int]]:
        """All lessons once, in groups of one width with at most so many frames together.

        Groups of one width are of one size: the last is made full with lessons that come twice.
        """
        widths = np.array([width(int(frames)) for frames in np.diff(self.starts)])
        groups: list[list[int]] = []
        for wide in np.unique(widths):
            own = chance.permutation(np.nonzero(widths == wide)[0])
            size = max(1, most // int(wide))
            own = np.append(own, chance.choice(own, -len(own) % size))
            groups += own.reshape(-1, size).tolist()
        return iter([groups[at] for at in chance.permutation(len(groups))])


def prepare(folder: Path, language: str, seed: int) -> Lessons:
    """The lessons of all shelves of a folder, made or read again; beside them how each word was spoken."""
    target = folder / "lessons"
    if not (target / "phones.json").is_file():
        _make(folder, target, language, seed)
    parts = (np.load(target / f"{name}.npy", mmap_mode="r") for name in ("frames", "starts", "labels", "label_starts"))
    return Lessons(tuple(json.loads((target / "phones.json").read_text())), *parts)


def _make(folder: Path, target: Path, language: str, seed: int) -> None:
    chance, kept = np.random.default_rng(seed), frozenset(heldout(language))
    shelves = {name: Shelf(folder / name) for name in COPIES}
    seen: Counter[str] = Counter()
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    for shelf in shelves.values():
        for clip, _ in shelf:
            seen.update(one.phone for one in clip.segments)
            for at, word in enumerate(clip.words):
                spoken[word][" ".join(one.phone for one in clip.segments if one.word == at)] += 1
    phones = (SILENCE, *sorted(phone for phone in seen if phone != SILENCE and seen[phone] >= _RARE_PHONE))
    numbers = {phone: at for at, phone in enumerate(phones)}
    frames: list[NDArray[np.float16]] = []
    rights: list[NDArray[np.int16]] = []
    others = None
    for name, shelf in shelves.items():
        for clip, sound in shelf:
            if " ".join(clip.words) in kept or any(one.phone not in numbers for one in clip.segments):
                continue
            for copy in range(COPIES[name]):
                clear = copy == 0 and COPIES[name] > 1
                heard = telephone.clean(sound, clip.segments) if clear else _heard(name, clip, sound, chance, others)
                features = mfcc(heard[0])
                right = labels(heard[1], answers(len(features)), numbers)
                if right is not None:
                    frames.append(features.astype(np.float16))
                    rights.append(right.astype(np.int16))
            others = sound[::2].astype(np.float64)
    for features, right in _nothing(chance):
        frames.append(features.astype(np.float16))
        rights.append(right)
    target.mkdir(parents=True, exist_ok=True)
    np.save(target / "frames.npy", np.concatenate(frames))
    np.save(target / "starts.npy", np.cumsum([0, *map(len, frames)]))
    np.save(target / "labels.npy", np.concatenate(rights))
    np.save(target / "label_starts.npy", np.cumsum([0, *map(len, rights)]))
    told = {word: dict(ways) for word, ways in spoken.items()}
    (folder / "pronunciations.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    (target / "phones.json").write_text(json.dumps(phones, ensure_ascii=False), encoding="utf-8")


def _heard(
    name: str, clip: Clip, sound: Sound, chance: np.random.Generator, others: telephone.Wave | None
) -> tuple[telephone.Wave, list[Segment]]:
    """The clip by telephone, now and then said by a machine of another kind before."""
    said, cut = clip.segments, {"cut": _CUT[name]} if name in _CUT else {}
    if chance.random() < _VOCODED.get(name, 0.0):
        sound, moved = vocoder.vocoded(sound, said, chance)
        return telephone.called(sound, moved, chance, others, **cut)
    return telephone.called(sound, said, chance, others, **cut)


def _nothing(chance: np.random.Generator) -> Iterator[tuple[Features, NDArray[np.int16]]]:
    """Calls on which nobody speaks: silence, and every noise at every level. All of it is silence."""
    for number in range(120):
        count = int(chance.uniform(1.5, 4.0) * 8000)
        level = 0.0 if number % 6 == 0 else 10 ** chance.uniform(0.5, 3.8)
        wave = np.clip(telephone.noise(chance, count) * level, -32768, 32767)
        features = mfcc(telephone.mulaw(wave) if number % 2 else np.round(wave))
        right = np.ones(answers(len(features)), np.int16)
        right[0] = 0
        yield features, right
