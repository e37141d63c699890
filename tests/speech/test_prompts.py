"""The sounds of audio_prompts/: every prompt has one, in the telephone's format, as long as its words, joined cleanly.

Never does: listen to the words (./hotline prompts check does, with a recogniser).
"""

import shutil
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.channels.prompts import LANGUAGES, Prompt, Prompts
from models.catalogue import Catalogue, load
from settings import ROOT, STARTER_MODELS
from speech.voice import book, sound
from speech.voice.book import Entry, Standing
from speech.voice.build import build, work
from speech.voice.check import Findings, listen, look, read
from speech.voice.ears import Vosk
from speech.voice.heard import kept
from speech.voice.speaker import finished, manners, tail

MOST_BYTES = 20_000_000


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def prompts(catalogue: Catalogue) -> Prompts:
    return Prompts.load(ROOT / "audio_prompts", catalogue)


def _spoken() -> list[str]:
    """Languages that have sounds. One that has any must have all: a call speaks with one voice."""
    return [lang for lang in LANGUAGES if any((ROOT / "audio_prompts" / lang).glob("*.wav"))]


def _all(prompts: Prompts) -> Iterator[Prompt]:
    for lang in _spoken():
        yield from prompts.all(lang)


def test_hindi_speaks_with_its_own_sounds() -> None:
    assert "hi" in _spoken()


def test_every_prompt_of_every_language_has_a_sound_that_fits_the_line_and_its_words(prompts: Prompts) -> None:
    assert look(_all(prompts), loud=False) == []


def test_all_prompts_are_about_equally_loud(prompts: Prompts) -> None:
    levels = {}
    for prompt in _all(prompts):
        assert prompt.sound is not None
        samples = read(prompt.sound)
        start, end = sound.voiced(samples, sound.LINE_RATE)
        levels[prompt.lang, prompt.name] = 10 * np.log10(np.mean(samples[start:end] ** 2))
    middle = float(np.median(list(levels.values())))
    # Power is not loudness (a word is not a sentence): this only finds what is plainly off.
    off = {name: round(float(level - middle), 1) for name, level in levels.items() if abs(level - middle) > 6}
    assert not off


def test_the_sounds_are_the_ones_made_from_todays_words(prompts: Prompts, catalogue: Catalogue) -> None:
    stale = [
        f"{lang}/{item.prompt.name}"
        for lang in _spoken()
        for item in work(prompts, catalogue, lang)
        if item.standing in (Standing.CHANGED, Standing.MISSING)
    ]
    assert not stale, "words or voice changed: ./hotline prompts build"


def test_prompts_that_are_joined_leave_no_gap_and_finished_sentences_a_breath(prompts: Prompts) -> None:
    for prompt in _all(prompts):
        assert prompt.sound is not None
        samples = read(prompt.sound)
        start, end = sound.voiced(samples, sound.LINE_RATE)
        after = (len(samples) - end) / sound.LINE_RATE
        wanted = tail(prompt.text, prompt.name.startswith("digit-"))
        assert start / sound.LINE_RATE <= 0.12, prompt.name  # a soft sound begins before it is voiced
        assert abs(after - wanted) <= 0.06, prompt.name


def test_no_file_lies_there_that_nobody_plays(prompts: Prompts) -> None:
    for lang in LANGUAGES:
        names = {prompt.name for prompt in prompts.all(lang)}
        assert {path.stem for path in (prompts.folder / lang).glob("*.wav")} <= names


def test_all_sounds_together_stay_small(prompts: Prompts) -> None:
    assert sum(path.stat().st_size for path in prompts.folder.rglob("*.wav")) < MOST_BYTES


# --- what build does with what it finds


@pytest.fixture
def small(tmp_path: Path, catalogue: Catalogue, prompts: Prompts) -> Prompts:
    """A copy of the folder without its sounds, but for the digits."""
    for lang in LANGUAGES:
        (tmp_path / lang).mkdir()
        for path in (prompts.folder / lang).glob("*.toml"):
            shutil.copy(path, tmp_path / lang)
        for path in (prompts.folder / lang).glob("digit-*.wav"):
            shutil.copy(path, tmp_path / lang)
    return Prompts.load(tmp_path, catalogue)


def _standings(prompts: Prompts, catalogue: Catalogue) -> dict[str, Standing]:
    return {item.prompt.name: item.standing for item in work(prompts, catalogue, "hi")}


def _studio_recording(path: Path) -> bytes:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x10\x20" * 4000)
    return path.read_bytes()


def test_a_changed_word_marks_its_prompt_and_no_other(small: Prompts, catalogue: Catalogue) -> None:
    script = small.folder / "hi" / "script.toml"
    script.write_text(script.read_text("utf-8").replace('text = "एक"', 'text = "इक"'), "utf-8")
    standings = _standings(Prompts.load(small.folder, catalogue), catalogue)
    assert standings["digit-1"] is Standing.CHANGED
    assert {standings[f"digit-{digit}"] for digit in "023456789"} == {Standing.CURRENT}
    assert standings["goodbye"] is Standing.MISSING


def test_a_studio_recording_wins_and_is_never_overwritten_even_when_all_is_made_again(
    small: Prompts, catalogue: Catalogue, tmp_path: Path
) -> None:
    recorded = small.folder / "hi" / "goodbye.wav"
    bytes_before = _studio_recording(recorded)
    over_ours = small.folder / "hi" / "digit-4.wav"
    ours_replaced = _studio_recording(over_ours)
    standings = _standings(small, catalogue)
    assert standings["goodbye"] is standings["digit-4"] is Standing.STUDIO
    # Only these two are asked for: nothing is to be made, so no voice is fetched either.
    english = small.folder / "en"
    for name in ("goodbye", "digit-4"):
        _studio_recording(english / f"{name}.wav")
    done = build(small, catalogue, tmp_path / "no-voice-here", print, everything=True, only=("goodbye", "digit-4"))
    assert done.made == []
    assert {"hi/goodbye", "hi/digit-4", "en/goodbye", "en/digit-4"} <= set(done.studio)
    assert recorded.read_bytes() == bytes_before and over_ours.read_bytes() == ours_replaced
    assert not (tmp_path / "no-voice-here").exists()


def test_a_sound_of_ours_goes_when_its_prompt_is_gone_but_a_studio_recording_stays(
    small: Prompts, catalogue: Catalogue, tmp_path: Path
) -> None:
    for lang in _spoken():
        folder = small.folder / lang
        entries = book.read(folder)
        shutil.copy(folder / "digit-1.wav", folder / "old.wav")
        entries["old"] = Entry("x", book.sound_digest(folder / "old.wav"))
        _studio_recording(folder / "older.wav")
        entries["older"] = Entry("x", "y")
        book.write(folder, entries)
    for lang in set(LANGUAGES) - set(_spoken()):
        _studio_recording(small.folder / lang / "digit-1.wav")  # so that nothing has to be made
    done = build(small, catalogue, tmp_path / "no-voice-here", print, only=("digit-1",))
    assert done.removed == [f"{lang}/old" for lang in _spoken()] and done.made == []
    assert (small.folder / "hi" / "older.wav").is_file() and not (small.folder / "hi" / "old.wav").exists()
    assert "old" not in book.read(small.folder / "hi")


def test_check_names_each_kind_of_fault(small: Prompts, catalogue: Catalogue) -> None:
    folder = small.folder / "hi"
    speech = read(folder / "digit-5.wav")
    soundfile.write(folder / "digit-1.wav", speech, 16000)
    soundfile.write(folder / "digit-2.wav", np.zeros(4000), 8000)
    soundfile.write(folder / "digit-3.wav", np.sign(speech) * (abs(speech) > 0.01), 8000, subtype="PCM_16")
    soundfile.write(folder / "digit-4.wav", np.concatenate([np.zeros(8000), speech, np.zeros(8000)]), 8000)
    (folder / "digit-6.wav").write_bytes(b"RIFF")
    soundfile.write(folder / "status.wav", np.tile(speech, 20), 8000, subtype="ULAW")
    small = Prompts.load(small.folder, catalogue)
    names = ("digit-0", "digit-1", "digit-2", "digit-3", "digit-4", "digit-6", "status", "goodbye")
    faults = "\n".join(look([small.get(name, "hi") for name in names], loud=False))
    for fault in (
        "hi/digit-1: is 16000 Hz", "hi/digit-2: is silent", "hi/digit-3: is clipped", "hi/digit-4: 1",
        "hi/digit-6: cannot be read", "hi/goodbye: no sound", "a question lasts 6 s at most",
    ):  # fmt: skip
        assert fault in faults
    assert "digit-0" not in faults


# --- speaking and hearing


def test_names_of_places_are_read_from_their_hindi_writing_in_english_too() -> None:
    manner = manners({"Naubasta": "नौबस्ता"})
    assert manner["en"].read_as["Naubasta"] == "hi:नौबस्ता"
    assert "Naubasta" not in manner["hi"].read_as


def test_only_whole_sentences_end_with_a_breath() -> None:
    assert finished("एक दबाइए।") and finished("Which one is near?")
    assert not finished("आपने बताया,") and not finished("नौबस्ता थाना")
    assert tail("Press one.", False) > tail("zero", True) > tail("Naubasta police station", False)


def test_hindi_written_as_urdu_counts_as_heard_and_a_wrong_word_does_not() -> None:
    written = "अभी किसी की जान को खतरा है, तो फोन काटकर एक सौ बारह मिलाइए।"
    assert kept(written, "ابھی کسی کی جان کو خطرہ ہے تو پھون کاٹ کر 112 ملائے", "hi")[2] == []
    found, words, missed = kept(written, "ابھی کسی کی جان کو خطرہ ہے تو گھر جائیے", "hi")
    assert found < words and "मिलाइए" in missed and "बारह" in missed


def test_numbers_count_as_heard_however_they_are_written() -> None:
    assert kept("press one. dial one one two", "Press 1. Dial 112.", "en") == (6, 6, [])
    assert kept("press two", "press nine", "en")[2] == ["two"]


def test_a_prompt_that_says_something_else_is_found_by_ear(prompts: Prompts) -> None:
    ear = Vosk(
        {lang: STARTER_MODELS / lang for lang in LANGUAGES},
        {lang: [prompt.text for prompt in prompts.all(lang)] for lang in LANGUAGES},
    )
    for lang in _spoken():
        right, other = prompts.get("goodbye", lang), prompts.get("helplines", lang)
        findings = Findings()
        listen([right, replace(right, sound=other.sound)], ear, findings)
        assert len(findings.faults) == 1 and f"{lang}/goodbye" in findings.faults[0]
        assert findings.heard[0].kept >= 0.75 * findings.heard[0].words
