"""Tries a model: loads it alone, lets it hear sentences whose words are known, and measures.

Never does: say how well callers are understood; the sentences are a synthesiser's, through a telephone line.
"""

import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from settings import Settings
from workers import sound
from workers.outside.speech import Ears


@dataclass(frozen=True)
class Sentence:
    """A WAV file and what is said in it."""

    file: Path
    said: str


@dataclass(frozen=True)
class Trial:
    """What was measured. `speed`: seconds of sound in a second on one core; `memory`: bytes that loading and hearing
    added to this process; `errors` of `words`: insertions, deletions, substitutions against what was said."""

    model: str
    load_seconds: float
    speed: float
    memory: int
    words: int
    errors: int
    confidence: float

    @property
    def error_rate(self) -> float:
        """Word error rate, 0 to 1 and more."""
        return self.errors / self.words if self.words else 0.0


def try_model(settings: Settings, language: str, sentences: Sequence[Sentence]) -> Trial:
    """Load the model in use for a language and let it hear the sentences. ModelMissing when it cannot be loaded."""
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    ears = Ears(settings, (language,))
    ears.load()
    load_seconds = time.perf_counter() - began
    seconds = worked = confidence = 0.0
    words = errors = heard_words = 0
    for one in sentences:
        samples, rate = sound.decode(one.file.read_bytes())
        began = time.process_time()
        heard = ears.transcribe(samples, rate, language)
        worked += time.process_time() - began
        seconds += len(samples) / rate
        said = spoken_words(one.said)
        words, errors = words + len(said), errors + distance(said, spoken_words(" ".join(word.w for word in heard)))
        confidence, heard_words = confidence + sum(word.conf for word in heard), heard_words + len(heard)
    return Trial(
        model=ears.model_name(language),
        load_seconds=load_seconds,
        speed=seconds / worked if worked else 0.0,
        memory=max(0, process.memory_info().rss - before),
        words=words,
        errors=errors,
        confidence=confidence / heard_words if heard_words else 0.0,
    )


def spoken_words(text: str) -> list[str]:
    """The words of a text as a recogniser could write them: without case and marks, one spelling for each letter."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text.lower()).replace("\u200d", ""))
    return re.findall(r"[a-z']+|[0-9]+|[\u0900-\u0963\u0970-\u097f]+", plain.replace("ँ", "ं"))


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """The fewest insertions, deletions and substitutions of words that turn one into the other."""
    row = list(range(len(heard) + 1))
    for i, one in enumerate(said, start=1):
        left, row[0] = row[0], i
        for j, other in enumerate(heard, start=1):
            left, row[j] = row[j], min(left + (one != other), row[j] + 1, row[j - 1] + 1)
    return row[-1]
