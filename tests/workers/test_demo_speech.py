"""The speech of simulator and demo is heard as its table of contents promises, by the real recogniser.

Never does: measure how well callers are understood; these are the voices of a synthesiser.
"""

import atexit
import json
import tomllib
from functools import cache
from pathlib import Path

import pytest
import soundfile
import vosk

from settings import ROOT, STARTER_MODELS

FOLDER = ROOT / "ivr" / "simulator" / "speech"
CLIPS = tomllib.loads((FOLDER / "texts.toml").read_text(encoding="utf-8"))
MOST_BYTES = 4_000_000
DIGITS = {
    "hi": dict(zip("शून्य एक दो तीन चार पाँच छह सात आठ नौ".split(), "0123456789", strict=True)),
    "en": dict(zip("zero one two three four five six seven eight nine".split(), "0123456789", strict=True)),
}


@cache
def _model(language: str) -> vosk.Model:
    vosk.SetLogLevel(-1)
    atexit.register(_model.cache_clear)  # Vosk's own clean-up fails, and says so, at the interpreter's very end
    return vosk.Model(str(STARTER_MODELS / language))


@cache
def heard(name: str) -> list[str]:
    pcm, rate = soundfile.read(FOLDER / f"{name}.wav", dtype="int16")
    recogniser = vosk.KaldiRecognizer(_model(CLIPS[name]["language"]), rate)
    words = []
    sound = pcm.tobytes()
    for start in range(0, len(sound), 8000):
        if recogniser.AcceptWaveform(sound[start : start + 8000]):
            words += json.loads(recogniser.Result())["text"].split()
    return words + json.loads(recogniser.FinalResult())["text"].split()


@pytest.mark.parametrize("name", CLIPS)
def test_the_words_that_matter_are_heard(name: str) -> None:
    missed = [word for word in CLIPS[name]["heard"] if word not in heard(name)]
    assert not missed, f"{name}: {' '.join(heard(name))}"
    if not CLIPS[name]["said"]:
        assert heard(name) == []


@pytest.mark.parametrize("name", [name for name, clip in CLIPS.items() if "numbers" in clip or "names" in clip])
def test_numbers_and_names_are_heard_so_that_the_anonymiser_has_something_to_hide(name: str) -> None:
    digits = "".join(DIGITS[CLIPS[name]["language"]].get(word, " ") for word in heard(name))
    assert all(number in digits for number in CLIPS[name].get("numbers", ())), digits
    assert set(CLIPS[name].get("names", ())) <= set(heard(name))


@pytest.mark.parametrize("name", CLIPS)
def test_each_clip_is_telephone_sound(name: str) -> None:
    sound = soundfile.info(FOLDER / f"{name}.wav")
    assert (sound.samplerate, sound.channels, sound.subtype) == (8000, 1, "PCM_16")
    assert 1 <= sound.duration <= 21


def test_the_demo_tells_a_whole_tip_in_each_language() -> None:
    for name in ("demo_hi", "demo_en"):
        assert 12 <= soundfile.info(FOLDER / f"{name}.wav").duration <= 20
        assert CLIPS[name]["numbers"] and CLIPS[name]["names"]


def test_every_sound_is_listed_and_the_folder_stays_small() -> None:
    sounds = list(Path(FOLDER).glob("*.wav"))
    assert {sound.stem for sound in sounds} == set(CLIPS)
    assert sum(sound.stat().st_size for sound in sounds) < MOST_BYTES
