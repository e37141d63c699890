"""Synthetic speech with the time of every phone, kept as one file of sound and one line of facts a clip.

Never does: hold more than one clip in memory, or make a clip twice: what is there stays, so that a run goes on
where the last one stopped.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000  # kept above the telephone's 8 kHz, so that the voice can still be made higher or lower

Sound = NDArray[np.int16]


@dataclass(frozen=True)
class Segment:
    """A phone from `start` to `end` (seconds), of the word at this place in the sentence (-1: silence)."""

    phone: str
    start: float
    end: float
    word: int


@dataclass(frozen=True)
class Clip:
    """One spoken sentence: its words, who spoke, and its segments without a gap from 0 to the end."""

    key: str
    words: tuple[str, ...]
    voice: str
    segments: tuple[Segment, ...]

    def times(self) -> list[tuple[float, float]]:
        """Start and end of every word, seconds."""
        spans = []
        for at in range(len(self.words)):
            own = [one for one in self.segments if one.word == at]
            spans.append((own[0].start, own[-1].end))
        return spans


class Shelf:
    """A folder of clips that only grows."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._sound, self._facts = folder / "sound.raw", folder / "clips.jsonl"
        self._sound.touch()
        self._facts.touch()
        told = self._facts.read_bytes()
        if told and not told.endswith(b"\n"):  # cut off while it was written
            self._facts.write_bytes(told[: told.rfind(b"\n") + 1])

    def keys(self) -> set[str]:
        """The keys of all clips that are here."""
        return {told["key"] for told in self._lines()}

    def seconds(self) -> float:
        """How much sound is here."""
        return sum(int(told["samples"]) for told in self._lines()) / RATE

    def add(self, clip: Clip, sound: Sound) -> None:
        """Put a clip at the end. The line of facts comes last: a clip cut off by a power cut is made again."""
        with self._sound.open("ab") as file:
            start = file.seek(0, 2)
            file.write(sound.astype("<i2").tobytes())
        told = asdict(clip) | {"from": start, "samples": len(sound)}
        told["segments"] = [[one.phone, round(one.start, 4), round(one.end, 4), one.word] for one in clip.segments]
        with self._facts.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False) + "\n")

    def _lines(self) -> Iterator[dict[str, object]]:
        with self._facts.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    yield json.loads(line)

    def __iter__(self) -> Iterator[tuple[Clip, Sound]]:
        with self._sound.open("rb") as file:
            for told in self._lines():
                file.seek(int(told["from"]))  # type: ignore[call-overload]
                sound = np.frombuffer(file.read(2 * int(told["samples"])), "<i2")  # type: ignore[call-overload]
                segments = tuple(Segment(*one) for one in told["segments"])  # type: ignore[attr-defined]
                yield Clip(str(told["key"]), tuple(told["words"]), str(told["voice"]), segments), sound  # type: ignore[arg-type]
