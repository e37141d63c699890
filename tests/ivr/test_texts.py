"""What the hotline writes: short enough, telling nobody who looks over a shoulder, in every language, and each used."""

import ast
import sys
from pathlib import Path

import pytest

import interpret
from interpret.book import words_of
from ivr.channels.prompts import LANGUAGES, PromptsFault
from ivr.channels.segments import size_of
from ivr.channels.text import Writing
from ivr.channels.texts import LONGEST, LONGEST_VARIABLE, Text, Texts, faults_of
from ivr.dialogue.typed_answering import NEW_MATTER
from ivr.dialogue.typed_steps import COMMANDS, QUESTIONS
from models.catalogue import load
from models.lifecycle import Status
from settings import ROOT

TEXTS = Texts.load(ROOT / "audio_prompts")
CATALOGUE = load()
# Everyday words that are also names of small places or signs of a kind of tip: nobody is betrayed by them.
HARMLESS = {"code", "कोड", "number"}


def every_text() -> list[Text]:
    return [text for lang in LANGUAGES for text in TEXTS.all(lang)]


@pytest.mark.parametrize("text", every_text(), ids=lambda text: f"{text.lang}-{text.name}")
def test_every_text_fits_with_its_longest_variables(text: Text) -> None:
    size = size_of(text.filled(LONGEST))
    if text.lang == "en":
        assert size.encoding == "GSM-7" and size.units <= 160
    else:
        assert size.units <= 134
    assert all(len(value) <= LONGEST_VARIABLE for value in LONGEST.values())


def phrases_that_tell() -> set[tuple[str, ...]]:
    """Every keyword of every kind of tip, and every name of a station or district, as sounds."""
    told = [phrase for one in CATALOGUE.categories.values() for phrases in one.keywords.values() for phrase in phrases]
    for station in CATALOGUE.stations.values():
        told += [station.name_hi, station.name_en, *station.aliases_hi, *station.aliases_roman]
    for district in CATALOGUE.districts.values():
        told += [district.name_hi, district.name_en, *district.aliases_hi, *district.aliases_roman]
    return {words_of(phrase).folded for phrase in told}


TELLING = phrases_that_tell()


@pytest.mark.parametrize("text", every_text(), ids=lambda text: f"{text.lang}-{text.name}")
def test_no_text_names_a_kind_of_tip_a_place_or_a_station(text: Text) -> None:
    words = words_of(text.text).folded
    said = {words[start:end] for start in range(len(words)) for end in range(start + 1, min(start + 4, len(words)) + 1)}
    assert {found for found in said & TELLING if not HARMLESS.issuperset(found)} == set()


@pytest.mark.parametrize(
    ("lang", "text", "why"),
    [
        ("hi", "क" * 135, "more than 2 SMS"),
        ("en", "a" * 161, "more than 1 SMS"),
        ("en", "It’s received.", "GSM-7"),
        ("en", "The police know.", "'police'"),
        ("hi", "पुलिस आएगी।", "'पुलिस'"),
        ("hi", "आपकी Tip मिली।", "'tip'"),
        ("en", "See https://a.example/x", "link"),
        ("en", "See bit.ly/abc", "link"),
        ("en", "Dear {name}", "{name}"),
    ],
)
def test_a_text_that_betrays_or_costs_too_much_is_refused(lang: str, text: str, why: str) -> None:
    never = frozenset({"police", "पुलिस", "tip"})
    assert any(why in fault for fault in faults_of(Text("x", lang, text, ""), never))


def test_faults_name_the_file_and_the_text(tmp_path: Path) -> None:
    for lang in LANGUAGES:
        (tmp_path / lang).mkdir()
        file = (ROOT / "audio_prompts" / lang / "texts.toml").read_text(encoding="utf-8")
        if lang == "en":
            file = file.replace("Please send your eight-digit code.", "The police want your code.")
            file = file.replace('[texts.how]\ntext = "', '[texts.hows]\nold = "')
        (tmp_path / lang / "texts.toml").write_text(file, encoding="utf-8")
    with pytest.raises(PromptsFault) as fault:
        Texts.load(tmp_path)
    told = str(fault.value)
    assert "[texts.status_code] must not say 'police'" in told and "[texts.how] is missing" in told


def can_be_written() -> set[str]:
    """Names of texts in the tables, and whatever the dialogue and the webhooks name besides."""
    names = {text for command in COMMANDS.values() for text in command.texts}
    names |= {text for question in QUESTIONS for text in question.texts}
    names |= {f"ask_{question}" for question in CATALOGUE.questions}
    names |= {f"status_{status}" for status in Status if status not in (Status.TELLING, Status.PREPARED)}
    names |= {f"{what}_{known}" for what in ("status", "attach") for known in ("unknown", "locked")}
    for file in (*(ROOT / "ivr" / "dialogue").glob("typed*.py"), ROOT / "ivr" / "messages.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


@pytest.mark.parametrize("text", [one for one in every_text() if one.name.startswith("ask_")], ids=lambda one: one.name)
def test_every_question_says_how_to_tell_of_something_else(text: Text) -> None:
    word = {"hi": "शुरू", "en": "START"}[text.lang]
    assert word in text.text and interpret.read(word, CATALOGUE).intent in NEW_MATTER


def test_every_text_can_be_written_and_every_text_that_can_be_written_is_there() -> None:
    for lang in LANGUAGES:
        names = {text.name for text in TEXTS.all(lang)}
        assert names <= can_be_written()
        for text in can_be_written() & {"language", "tell", "code", "added", "call_first", "stopped", "switched"}:
            assert text in names
        tables = {text for command in COMMANDS.values() for text in command.texts}
        assert tables | {f"status_{status}" for status in ("received", "routed", "opened", "discarded")} <= names


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_menu_has_the_number_of_every_kind_of_tip(lang: str) -> None:
    menu = " ".join(TEXTS.get(name, lang).text for name in COMMANDS["menu"].texts)
    assert [word for word in menu.replace(",", " ").split() if word.isdecimal()] == sorted(
        one.direct_code for one in CATALOGUE.categories.values()
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_has_every_helpline(lang: str) -> None:
    assert all(number in TEXTS.get("help", lang).text for number in CATALOGUE.helplines)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("hi", ("नाम नहीं चाहिए", "112", "कहाँ, कब से", "कोड", "MENU", "STOP")),
        ("en", ("No name needed", "112", "what, where, since when", "code", "MENU", "STOP")),
    ],
)
def test_how_it_works_says_what_this_is_that_no_name_is_needed_and_what_may_be_written(
    lang: str, words: tuple[str, ...]
) -> None:
    assert all(word in TEXTS.get("how", lang).text for word in words)


@pytest.mark.parametrize(("lang", "words"), [("hi", "लिखिए या बोलकर भेजिए"), ("en", "write or send a voice note")])
def test_whoever_is_asked_to_tell_reads_that_one_may_speak(lang: str, words: str) -> None:
    assert words in TEXTS.get("tell", lang).text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_with_the_code_asks_to_delete_the_messages(lang: str) -> None:
    code = TEXTS.get("code", lang).text
    assert "{code}" in code and ("मिटा" in code or "delete" in code)


def test_an_answer_that_was_written_is_not_remembered() -> None:
    writing, told = Writing("https://tips.example"), " ".join(["Code:", str(12345678)])
    held = sys.getrefcount(told)
    assert all(told in writing.speak((told,)) for _ in range(3))
    assert sys.getrefcount(told) == held
