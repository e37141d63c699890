"""Callers who press the wrong key, or mix: the better understood language is kept, and the doubt costs little."""

import tomllib
from typing import Any

import numpy as np
import pytest

from models.recording import LISTEN_FIRST
from tests.workers.telling import SPEECH, Teller, clip, clips
from workers import pipeline, sound
from workers.outside.speech import Ears
from workers.parts import Parts
from workers.redact.words import Word
from workers.understanding import DOUBT, confidence, surely_understood, understand

TOLD = {
    name: told["language"]
    for name, told in tomllib.loads((SPEECH / "texts.toml").read_text(encoding="utf-8")).items()
    if len(" ".join(told["said"]).split()) > 1  # one word alone tells no language
}
OTHER = {"hi": "en", "en": "hi"}


@pytest.fixture
def hearings(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The languages in which something was transcribed, in order."""
    languages: list[str] = []
    transcribe = ears.transcribe

    def noted(samples: sound.Pcm, rate: int, language: str) -> list[Word]:
        languages.append(language)
        return transcribe(samples, rate, language)

    monkeypatch.setattr(ears, "transcribe", noted)
    return languages


@pytest.mark.parametrize("name", TOLD)
def test_the_language_spoken_is_found_whichever_was_chosen(ears: Ears, hearings: list[str], name: str) -> None:
    samples, rate = sound.decode(clip(name))
    right = understand(ears, samples, rate, TOLD[name])
    wrong = understand(ears, samples, rate, OTHER[TOLD[name]])
    assert right.language == wrong.language == TOLD[name]
    assert [word.w for word in right.words] == [word.w for word in wrong.words]
    for first, again in zip(
        right.words, wrong.words, strict=True
    ):  # alike but for the last digit of a recogniser's clock
        assert (first.start, first.end, first.conf) == pytest.approx((again.start, again.end, again.conf), abs=0.001)
    assert right.confidence > LISTEN_FIRST
    assert right.model == wrong.model == f"starter-{TOLD[name]}"


def test_the_second_hearing_is_rare_where_the_choice_was_right(ears: Ears, hearings: list[str]) -> None:
    for name, language in TOLD.items():
        understand(ears, *sound.decode(clip(name)), language)
    assert len(hearings) <= 1.15 * len(TOLD)


def test_with_no_doubt_allowed_each_is_heard_once_in_the_language_chosen(ears: Ears, hearings: list[str]) -> None:
    for name, language in TOLD.items():
        assert understand(ears, *sound.decode(clip(name)), OTHER[language], doubt=0).language == OTHER[language]
    assert len(hearings) == len(TOLD)


def test_who_mixes_both_is_kept_in_the_language_of_the_larger_part(ears: Ears) -> None:
    mostly_hindi = sound.decode(clips("demo_hi", "drugs_en"))
    assert understand(ears, *mostly_hindi, "hi").language == understand(ears, *mostly_hindi, "en").language == "hi"


def test_noise_alone_keeps_the_choice_and_is_not_understood(ears: Ears) -> None:
    noise = np.random.default_rng(1).normal(0, 300, 16_000).astype(np.int16)
    for language in ("hi", "en"):
        heard = understand(ears, noise, 8000, language)
        assert heard.language == language and heard.confidence < LISTEN_FIRST < DOUBT


def test_an_unknown_word_is_not_understood_however_sure_the_model_is() -> None:
    words = [Word("नशा", 0.0, 1.0, 1.0), Word("[unk]", 1.0, 4.0, 0.99)]
    assert confidence(words) == 0.5 and surely_understood(words) == 1.0
    assert confidence([]) == surely_understood([]) == 0.0


@pytest.mark.parametrize(("name", "chosen"), [("gambling_en", "hi"), ("gambling_hi", "en"), ("drugs_hi", "hi")])
def test_the_choice_and_the_language_kept_are_both_written_down(
    parts: Parts, teller: Teller, name: str, chosen: str
) -> None:
    told = teller.tell(clip(name), language=chosen)
    pipeline.prepare(parts, told.tip_id)
    (transcript,) = teller.transcripts()
    assert (transcript.chosen_language, transcript.language) == (chosen, TOLD[name])
    assert transcript.model == f"starter-{TOLD[name]}" and transcript.confidence > LISTEN_FIRST
    assert teller.tip(told).language == chosen


def test_a_number_told_in_the_other_language_is_hidden_all_the_same(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_en"), language="hi")
    pipeline.prepare(parts, told.tip_id)
    (transcript,) = teller.transcripts()
    everything: list[dict[str, Any]] = transcript.words
    assert transcript.language == "en" and "[phone]" in transcript.text
    assert not {"anil", "singh", "nine", "eight"} & {word.get("w") for word in everything}
