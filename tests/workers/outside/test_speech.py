"""Speech models: refused with the command that fetches them, asked for nothing but what lies in their folder."""

import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from settings import ROOT, STARTER_MODELS, Settings
from tests.workers.telling import clip
from workers import sound
from workers.outside import speech
from workers.outside.speech import Ears, ModelMissing
from workers.redact.words import Word


def test_words_come_with_times_and_confidences_in_spoken_order(ears: Ears) -> None:
    samples, rate = sound.decode(clip("gambling_hi"))
    words = ears.transcribe(samples, rate, "hi")
    assert {"पनकी", "गोदाम", "जुआ"} <= {word.w for word in words}
    assert all(0 <= word.start < word.end <= len(samples) / rate + 0.1 and 0 <= word.conf <= 1 for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)


def test_nothing_is_heard_in_nothing(ears: Ears) -> None:
    assert ears.transcribe(np.zeros(0, np.int16), 8000, "hi") == []
    assert ears.transcribe(np.zeros(8000, np.int16), 8000, "en") == []


def test_a_recogniser_hears_the_next_recording_as_a_new_one_would(ears: Ears) -> None:
    recordings = [sound.decode(clip(name)) for name in ("gambling_hi", "drugs_hi", "gambling_hi", "police_hi")]
    anew = []
    for samples, rate in recordings:
        ears.rest()
        anew.append(ears.transcribe(samples, rate, "hi"))
    ears.rest()
    again = [ears.transcribe(samples, rate, "hi") for samples, rate in recordings]
    assert all(len(words) > 5 for words in anew)
    assert [[word.w for word in words] for words in again] == [[word.w for word in words] for words in anew]
    for before, after in zip(chain(*anew), chain(*again), strict=True):
        assert (after.start, after.end, after.conf) == pytest.approx((before.start, before.end, before.conf), abs=0.001)


def test_nothing_of_a_recording_is_lost_or_heard_in_the_next_one_wherever_it_ends(ears: Ears) -> None:
    whole = np.concatenate([sound.decode(clip(name))[0] for name in ("drugs_hi", "demo_hi", "weapons_hi")])
    for seconds in (20, 21, 22, 23, 24):  # after twenty seconds Vosk ends a sentence at the next chance
        ears.rest()
        words = ears.transcribe(whole[: seconds * 8000], 8000, "hi")
        assert words[-1].end > seconds - 2.5, seconds
        assert ears.transcribe(np.zeros(5 * 8000, np.int16), 8000, "hi") == [], seconds


def test_a_recogniser_that_has_listened_for_ten_minutes_is_replaced(
    ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    new = speech._Recogniser
    monkeypatch.setattr(speech, "_Recogniser", lambda model, rate: made.append(rate) or new(model, rate))
    monkeypatch.setattr(speech, "_LISTENED_SECONDS", 2)
    samples, rate = np.zeros(8000, np.int16), 8000
    ears.rest()
    for _ in range(5):
        ears.transcribe(samples, rate, "en")
    assert len(made) == 3  # for seconds 1 and 2, 3 and 4, and 5


def test_a_recogniser_that_was_interrupted_is_not_used_again(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, rate = sound.decode(clip("hello_en"))
    ears.rest()
    read = speech._words

    def stop(answer: str, before: float) -> list[Word]:
        raise TimeoutError

    with monkeypatch.context() as now, pytest.raises(TimeoutError):
        now.setattr(speech, "_words", stop)
        ears.transcribe(samples, rate, "en")
    assert speech._words is read
    words = ears.transcribe(samples, rate, "en")
    assert [(word.w, word.start < len(samples) / rate) for word in words] == [("hello", True)]


def test_a_missing_model_names_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"\./hotline models fetch hi"):
        speech.check(tmp_path / "none", "hi")
    ears = Ears(Settings(model_hi=tmp_path / "a", model_en=tmp_path / "b"))
    with pytest.raises(ModelMissing, match=r"(?s)fetch hi.*fetch en"):
        ears.load()
    with pytest.raises(ModelMissing):
        ears.transcribe(np.zeros(8000, np.int16), 8000, "hi")


def test_a_damaged_model_is_refused_not_crashed_on(tmp_path: Path) -> None:
    shutil.copytree(STARTER_MODELS / "hi", tmp_path / "hi")
    (tmp_path / "hi" / "am" / "final.mdl").write_bytes(b"not a model")
    script = (
        "from pathlib import Path\nfrom settings import Settings\nfrom workers.outside.speech import *\n"
        f"try: Ears(Settings(model_hi=Path({str(tmp_path / 'hi')!r}))).load()\n"
        "except ModelMissing as fault: print(fault)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "./hotline models fetch hi" in done.stdout, done.stderr


def test_a_model_of_a_higher_rate_gets_resampled_sound(tmp_path: Path) -> None:
    shutil.copytree(STARTER_MODELS / "en", tmp_path / "en")
    options = tmp_path / "en" / "conf" / "mfcc.conf"
    options.write_text(options.read_text().replace("--allow-upsample=true", "--allow-upsample=false"))
    assert not speech.check(tmp_path / "en", "en").takes_lower_rate
    ears = Ears(Settings(model_en=tmp_path / "en"))
    ears.load()
    samples, _ = sound.decode(clip("hello_en"))
    low = sound.resample(samples, 8000, 4000)
    assert ears.transcribe(low, 4000, "en") is not None
    assert {word.w for word in ears.transcribe(samples, 8000, "en")} == {"hello"}


def test_importing_the_worker_modules_loads_no_vosk() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, workers.pipeline, workers.sweep; print('vosk' in sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_a_confidence_that_is_no_number_does_not_lose_the_words() -> None:
    answer = '{"result": [{"conf": -nan, "end": 1.0, "start": 0.5, "word": "nan"}], "text": "nan"}'
    assert [(word.w, word.conf) for word in speech._words(answer, before=0.0)] == [("nan", 0.0)]
