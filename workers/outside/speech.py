"""The Vosk speech models: check that they are there, load them once, write down what they hear.

A recogniser works out the part of its graph that it needs while it listens, and a new one begins from nothing: one that
is used again hears a minute 1.1 to 1.2 times and a few seconds 1.6 times as fast, and the same but for words that were
as likely as others (with noise in two of eleven recordings of a minute, without in none). So each is kept for the next
one until the worker rests.
Never does: go to the network (a model is a folder, always), import vosk before a model is loaded, or keep words.
"""

import atexit
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from settings import Settings, is_starter
from workers.redact.words import Word
from workers.sound import Pcm, resample

if TYPE_CHECKING:
    from vosk import Model

LANGUAGES = ("hi", "en")
_CHUNK = 8000  # samples: long enough to cost nothing, short enough that a stop request is heard
# Then a recogniser is replaced: what it has worked out grows by 2 to 4 MB a minute, and its clock runs on in float32.
_LISTENED_SECONDS = 600
_NEEDED = ("conf/mfcc.conf", "am/final.mdl", "graph")


class ModelMissing(Exception):
    """No usable model lies in the folder; the message names the command that fetches it."""

    problem = "model_missing"


@dataclass(frozen=True)
class ModelFacts:
    """What a model folder says of itself: its name, its own sampling rate, whether it takes a lower one."""

    name: str
    rate: int
    takes_lower_rate: bool


def check(folder: Path, language: str) -> ModelFacts:
    """The facts of a model folder, or ModelMissing."""
    absent = [part for part in _NEEDED if not (folder / part).exists()]
    if absent:
        raise ModelMissing(
            f"the speech model {folder} is missing or incomplete (no {absent[0]}): ./hotline models fetch {language}"
        )
    try:
        options = (folder / "conf" / "mfcc.conf").read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise ModelMissing(
            f"the speech model {folder} cannot be read ({fault.strerror}): ./hotline models fetch {language}"
        ) from None
    rate = re.search(r"--sample-frequency=(\d+)", options)
    lower = re.search(r"--allow-upsample=true", options)
    return ModelFacts(model_name(folder), int(rate[1]) if rate else 16_000, bool(lower))


def model_name(folder: Path) -> str:
    """The name under which transcripts remember a model: its folder's, with "starter-" before those of our own."""
    name = folder.resolve().name
    return f"starter-{name}" if is_starter(folder) else name


class Ears:
    """The models of all languages. `load()` once in the parent process; children share them copy-on-write."""

    def __init__(self, settings: Settings, languages: Sequence[str] = LANGUAGES) -> None:
        self._settings, self._languages = settings, languages
        self._folders: dict[str, Path] = {}
        self._models: dict[str, Model] = {}
        self._facts: dict[str, ModelFacts] = {}
        self._idle: dict[tuple[str, int], _Recogniser] = {}  # by language and rate

    def load(self) -> None:
        """Load every model, or load anew those that changed. ModelMissing names all that are missing, each with its
        command; what was loaded before stays."""
        folders, facts, missing = self._wanted(), {}, []
        for language, folder in folders.items():
            try:
                facts[language] = check(folder, language)
            except ModelMissing as fault:
                missing.append(str(fault))
        if missing:
            raise ModelMissing("\n".join(missing))
        models = {
            language: self._models[language] if self._folders.get(language) == folder else _load(folder, language)
            for language, folder in folders.items()
        }
        if not self._models:
            atexit.register(self._let_go)
        self._idle.clear()
        self._folders, self._facts, self._models = folders, facts, models

    def rest(self) -> None:
        """Let go of what only the next recording would need, up to 40 MB a language: when none waits."""
        self._idle.clear()

    def _let_go(self) -> None:
        # Vosk's own clean-up fails, and says so, when it runs as late as the interpreter's end.
        self._idle, self._models = {}, {}

    @property
    def are_open(self) -> bool:
        """Whether the models are loaded."""
        return bool(self._models)

    def outdated(self) -> bool:
        """Whether other models are to be used by now than those that are loaded (`./hotline models use`)."""
        return bool(self._models) and self._folders != self._wanted()

    def model_name(self, language: str) -> str:
        """The name of the model that hears this language."""
        return self._facts[self._heard_as(language)].name

    def _wanted(self) -> dict[str, Path]:
        return {language: self._settings.model_folder(language) for language in self._languages}

    def transcribe(self, samples: Pcm, rate: int, language: str) -> list[Word]:
        """The words heard in mono samples, in order, with times in seconds and confidences from 0 to 1."""
        language = self._heard_as(language)
        facts = self._facts[language]
        if rate < facts.rate and not facts.takes_lower_rate:
            samples, rate = resample(samples, rate, facts.rate), facts.rate
        recogniser = self._idle.pop((language, rate), None) or _Recogniser(self._models[language], rate)
        words = recogniser.hear(samples)
        if recogniser.seconds < _LISTENED_SECONDS:  # one that was interrupted does not come so far
            self._idle[language, rate] = recogniser
        return words

    def _heard_as(self, language: str) -> str:
        if not self._models:
            raise ModelMissing("no speech model is loaded in this process: ./hotline worker loads them")
        return language if language in self._models else self._languages[0]


class _Recogniser:
    """Vosk's recogniser, for one recording after the other."""

    def __init__(self, model: "Model", rate: int) -> None:
        from vosk import KaldiRecognizer

        self._vosk: KaldiRecognizer = KaldiRecognizer(model, rate)
        self._vosk.SetWords(True)
        self._rate = rate
        self.seconds = 0.0  # listened so far, by which its clock is ahead of the next recording's

    def hear(self, samples: Pcm) -> list[Word]:
        """The words of one whole recording. After an exception it is good for nothing more."""
        data, words = samples.tobytes(), []
        for end in range(2 * _CHUNK, len(data) + 2 * _CHUNK, 2 * _CHUNK):
            # Never a Result() for the last piece: after one FinalResult() is empty and lets go of nothing, so that what
            # was said last would be lost here and be heard in the next recording.
            if self._vosk.AcceptWaveform(data[end - 2 * _CHUNK : end]) and end < len(data):
                words += _words(self._vosk.Result(), self.seconds)
        words += _words(self._vosk.FinalResult(), self.seconds)
        self.seconds += len(samples) / self._rate
        return words


def _load(folder: Path, language: str) -> "Model":
    from vosk import Model, SetLogLevel

    SetLogLevel(-1)
    try:
        return Model(model_path=str(folder))
    except Exception:
        raise ModelMissing(f"the speech model {folder} is damaged: ./hotline models fetch {language}") from None


def _words(answer: str, before: float) -> list[Word]:
    """The words of one answer; `before`: seconds on the recogniser's clock when the recording began."""
    # Vosk writes nan for a confidence it cannot compute; that is not JSON, and the word was heard all the same.
    heard: list[dict[str, Any]] = json.loads(re.sub(r":\s*-?nan\b", ": 0", answer)).get("result", [])

    def moment(one: dict[str, Any], name: str) -> float:
        return max(0.0, round(float(one[name]) - before, 3))

    return [Word(one["word"], moment(one, "start"), moment(one, "end"), float(one["conf"])) for one in heard]
