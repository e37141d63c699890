"""Prompts that the catalogue needs: one that nobody wrote is refused at start, not missed in the middle of a call."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.channels.prompts import LANGUAGES, Prompts, PromptsFault
from models.catalogue import load
from settings import ROOT

CATALOGUE = load()
FOLDER = ROOT / "audio_prompts"


def fault_of(folder: Path, **changed: object) -> str:
    with pytest.raises(PromptsFault) as fault:
        Prompts.load(folder, replace(CATALOGUE, **changed))  # type: ignore[arg-type]
    return str(fault.value)


def test_a_category_that_nobody_wrote_words_for_is_refused_with_file_and_key() -> None:
    new = replace(CATALOGUE.categories["gambling"], code="poaching", menu_path=("1", "4"), direct_code="15")
    first, *others = CATALOGUE.menu
    fault = fault_of(
        FOLDER,
        categories=CATALOGUE.categories | {"poaching": new},
        menu=(replace(first, items=(*first.items, "poaching")), *others),
    )

    for lang in LANGUAGES:
        script = FOLDER / lang / "script.toml"
        assert f"{script}: [about-poaching] is missing, the catalogue has the category poaching" in fault
        assert f"{script}: [kind-poaching] is missing, the catalogue's menu 1 has it" in fault
    assert fault.count("is missing") == 2 * len(LANGUAGES)


def test_a_menu_that_nobody_wrote_words_for_is_refused_and_one_of_one_needs_no_kind() -> None:
    alone = replace(CATALOGUE.menu[-1], digit="7", items=("other",))
    fault = fault_of(FOLDER, menu=(*CATALOGUE.menu, alone))

    assert fault.count("[kinds-7] is missing, the catalogue's menu has the key 7") == len(LANGUAGES)
    assert "[kind-other]" not in fault


def test_what_the_dialogue_needs_of_one_language_only_is_named_for_that_language(tmp_path: Path) -> None:
    for lang in LANGUAGES:
        (tmp_path / lang).mkdir()
        shutil.copy(FOLDER / lang / "script.toml", tmp_path / lang)
    script = tmp_path / "en" / "script.toml"
    script.write_text(script.read_text("utf-8").replace("[about-gambling]", "[about-games]"), "utf-8")
    fault = fault_of(tmp_path)

    assert f"{script}: [about-gambling] is missing, the catalogue has the category gambling" in fault
    assert "[about-games] is missing, another language has it" in fault
    assert fault.count("is missing") == 2
