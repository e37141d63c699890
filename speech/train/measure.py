"""How well a model hears: the held-out sentences by telephone, with noise and by a strange synthesiser; silence;
speed.

python -m speech.train.measure FOLDER hi [--sounds FOLDER]     (vosk only: it cannot live in one process with
kaldifst) Never does: train, or choose what it measures by the result.
"""

import argparse
import json
import resource
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from speech.train.clips import Shelf, Sound
from speech.train.telephone import mulaw
from speech.train.text.make import UNKNOWN

LINE = 8000
_CHUNK = LINE // 5  # samples fed at once, as a call would bring them
_NEAR = 0.1  # seconds: a word's time is right when it is this close


@dataclass
class Count:
    """What was heard of many sentences."""

    words: int = 0
    errors: int = 0
    sentences: int = 0
    whole: int = 0
    outside: int = 0  # words the model cannot write
    outside_as_unknown: int = 0
    outside_doubted: int = 0  # as [unk] or with a confidence below DOUBT
    false_unknown: int = 0  # words it knows, written as [unk]
    right_confidence: list[float] = field(default_factory=list)
    wrong_confidence: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # seconds off, of starts and ends of right words
    seconds: float = 0.0
    spent: float = 0.0

    def told(self) -> dict[str, float]:
        """The figures, in percent where they are shares."""
        shares = {
            "wer": (self.errors, self.words),
            "whole": (self.whole, self.sentences),
            "outside": (self.outside, self.words),
            "outside_as_unknown": (self.outside_as_unknown, self.outside),
            "outside_doubted": (self.outside_doubted, self.outside),
            "false_unknown": (self.false_unknown, self.words - self.outside),
            "times_near": (sum(abs(off) <= _NEAR for off in self.times), len(self.times)),
        }
        figures = {name: round(100 * part / whole, 1) for name, (part, whole) in shares.items() if whole}
        for name, values in (("right", self.right_confidence), ("wrong", self.wrong_confidence)):
            if values:
                figures[f"confidence_{name}"] = round(float(np.mean(values)), 3)
        return figures | {"sentences": self.sentences, "x_real_time": round(self.seconds / max(self.spent, 1e-9), 1)}


DOUBT = 0.7


def aligned(right: Sequence[str], heard: Sequence[str]) -> tuple[int, list[tuple[int, int]]]:
    """The fewest words to put in, leave out or change, and which word of `heard` stands for which of `right`."""
    cost = np.zeros((len(right) + 1, len(heard) + 1), int)
    cost[0], cost[:, 0] = range(len(heard) + 1), range(len(right) + 1)
    for i, one in enumerate(right, 1):
        for j, other in enumerate(heard, 1):
            cost[i, j] = min(cost[i - 1, j - 1] + (one != other), cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    pairs, i, j = [], len(right), len(heard)
    while i and j:
        if cost[i, j] == cost[i - 1, j - 1] + (right[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return int(cost[-1, -1]), pairs[::-1]


def on_the_line(sound: Sound, decibels: float | None, chance: np.random.Generator) -> Sound:
    """16 kHz to 8 kHz through mu-law, then white noise so far below the speech."""
    wave = mulaw(resample_poly(sound.astype(np.float64), 1, 2))
    if decibels is not None:
        wave = wave + chance.standard_normal(len(wave)) * np.sqrt((wave**2).mean()) * 10 ** (-decibels / 20)
    return np.clip(np.round(wave), -32768, 32767).astype(np.int16)


def heard(model: Any, sound: Sound, rate: int = LINE) -> list[dict[str, Any]]:
    """Every word with start, end and conf."""
    import vosk

    listener = vosk.KaldiRecognizer(model, rate)
    listener.SetWords(True)
    found: list[dict[str, Any]] = []
    for at in range(0, len(sound), _CHUNK):
        if listener.AcceptWaveform(sound[at : at + _CHUNK].tobytes()):
            found += json.loads(listener.Result()).get("result", [])
    return found + json.loads(listener.FinalResult()).get("result", [])


def measured(
    model: Any, clips: Iterable[tuple[Any, Sound]], vocabulary: frozenset[str], decibels: float | None = None
) -> Count:
    """All clips by telephone, with noise or without."""
    count, chance = Count(), np.random.default_rng(0)
    for clip, sound in clips:
        line = on_the_line(sound, decibels, chance)
        started = time.process_time()
        words = heard(model, line)
        count.spent += time.process_time() - started
        count.seconds += len(line) / LINE
        _add(count, clip, words, vocabulary)
    return count


def _add(count: Count, clip: Any, words: list[dict[str, Any]], vocabulary: frozenset[str]) -> None:
    errors, pairs = aligned(clip.words, [word["word"] for word in words])
    count.words, count.errors = count.words + len(clip.words), count.errors + errors
    count.sentences, count.whole = count.sentences + 1, count.whole + (errors == 0)
    count.outside += sum(word not in vocabulary for word in clip.words)
    times = clip.times() if clip.segments else []
    for own, at in pairs:
        word, right = words[at], clip.words[own]
        if word["word"] == right:
            count.right_confidence.append(word["conf"])
            if times:
                count.times += [word["start"] - times[own][0], word["end"] - times[own][1]]
        else:
            count.wrong_confidence.append(word["conf"])
        if right not in vocabulary:
            count.outside_as_unknown += word["word"] == UNKNOWN
            count.outside_doubted += word["word"] == UNKNOWN or word["conf"] < DOUBT
        elif word["word"] == UNKNOWN:
            count.false_unknown += 1


def nothing(model: Any) -> dict[str, int]:
    """How many words are heard in ten seconds each of silence and of noise, soft and loud."""
    chance = np.random.default_rng(1)
    found = {"silence": len(heard(model, np.zeros(10 * LINE, np.int16)))}
    for level in (30, 300, 3000):
        found[f"noise_{level}"] = len(heard(model, (chance.standard_normal(10 * LINE) * level).astype(np.int16)))
    return found


def report(folder: Path, sounds: Path) -> dict[str, Any]:
    """All figures of one model."""
    import vosk

    vosk.SetLogLevel(-1)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    model = vosk.Model(str(folder))
    loaded = time.perf_counter() - started
    vocabulary = frozenset(
        line.split()[0] for line in (folder / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
    )
    vocabulary -= {UNKNOWN, "#0", "<s>", "</s>", "<eps>"}
    figures: dict[str, Any] = {"load_s": round(loaded, 2), "words": len(vocabulary)}
    shelf = Shelf(sounds / "kokoro")
    figures["line"] = measured(model, shelf, vocabulary).told()
    figures["line_15_db"] = measured(model, shelf, vocabulary, 15).told()
    if (sounds / "festival").is_dir():
        figures["festival"] = measured(model, Shelf(sounds / "festival"), vocabulary).told()
    figures["nothing"] = nothing(model)
    figures["memory_mb"] = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1)
    return figures


def main() -> None:
    """Print one model's figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("language", choices=("hi", "en"))
    parser.add_argument("--sounds", type=Path, default=Path("var/train"))
    chosen = parser.parse_args()
    print(json.dumps(report(chosen.folder, chosen.sounds / "heldout" / chosen.language), indent=1))


if __name__ == "__main__":
    main()
