"""`./hotline models`: what an operator sees, and what is in use afterwards."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import commands
from settings import MODELS_IN_USE, STARTER_MODELS, Settings
from tests.speech.site import SMALL_HI, Site, a_model, tree, zipped
from workers.outside.model_shop.official import facts
from workers.outside.model_shop.trial import distance, spoken_words
from workers.outside.speech import ModelMissing, check


def run(*words: str) -> Result:
    return CliRunner().invoke(commands, ["models", *words])


def test_the_list_names_what_is_in_use_and_what_can_be_fetched_with_its_facts(here: Settings) -> None:
    listed = run("list").output
    assert "* hi  starter-hi" in listed and "* en  starter-en" in listed and "not for work" in listed
    for one in facts().models:
        assert one.name in listed and one.errors in listed and one.licence in listed and one.size in listed
    assert "./hotline models fetch en --large" in listed and "read on 2026-11-21" in listed


def test_a_fetched_model_is_tried_and_put_to_use_and_starters_are_no_longer_warned_of(
    here: Settings, site: Site
) -> None:
    site.offer(zipped(a_model()))
    fetched = run("fetch", "hi")
    assert fetched.exit_code == 0, fetched.output
    assert "times real time" in fetched.output and f"{SMALL_HI} is in use for hi" in fetched.output
    assert here.model_folder("hi") == here.models_dir / SMALL_HI
    assert here.starters() == ("en",)
    assert f"* hi  {SMALL_HI}" in run("list").output
    assert (here.models_dir / MODELS_IN_USE).read_text().endswith(f'hi = "{SMALL_HI}"\n')
    assert not [file for file in (here.var_dir, *here.var_dir.rglob("*")) if file.stat().st_mode & 0o077]


def test_a_model_that_is_there_is_not_fetched_again(here: Settings, site: Site) -> None:
    site.offer(zipped(a_model()))
    run("fetch", "hi")
    run("use", "hi", "starter")
    assert here.starters() == ("hi", "en")
    site.requests.clear()
    again = run("fetch", "hi")
    assert "lies on this machine already" in again.output and site.requests == []
    assert here.model_folder("hi").name == SMALL_HI


def test_a_model_that_cannot_be_loaded_is_taken_away_and_the_old_one_stays(here: Settings, site: Site) -> None:
    site.offer(zipped({**a_model(), f"{SMALL_HI}/am/final.mdl": b"not a model"}))
    refused = run("fetch", "hi")
    assert refused.exit_code == 2 and "cannot be used" in refused.output
    assert tree(here.models_dir) == set()
    assert here.model_folder("hi") == STARTER_MODELS / "hi"


def test_offline_the_exit_status_is_2_and_there_is_no_traceback(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_MODELS_URL", "http://127.0.0.1:9")
    refused = run("fetch", "hi", "en")
    assert refused.exit_code == 2 and "cannot be reached" in refused.output and "Traceback" not in refused.output


@pytest.mark.parametrize("where", ["VOSK_MODEL_PATH", "cache"])
def test_models_in_vosks_own_folders_are_found_and_used_without_fetching(
    here: Settings, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    folder = tmp_path / ("elsewhere" if where == "VOSK_MODEL_PATH" else "home/.cache/vosk")
    shutil.copytree(STARTER_MODELS / "en", folder / "vosk-model-small-en-us-0.15")
    (folder / "vosk-model-small-ru-0.22").mkdir()
    if where == "VOSK_MODEL_PATH":
        monkeypatch.setenv(where, str(folder))
    assert "vosk-model-small-en-us-0.15  found" in run("list").output
    used = run("use", "en", "vosk-model-small-en-us-0.15")
    assert used.exit_code == 0, used.output
    assert here.model_folder("en") == folder / "vosk-model-small-en-us-0.15"
    assert site.requests == []


def test_a_folder_is_used_by_its_path_and_refused_when_it_is_no_model(here: Settings, tmp_path: Path) -> None:
    shutil.copytree(STARTER_MODELS / "hi", tmp_path / 'my "own" model')
    assert run("use", "hi", str(tmp_path / 'my "own" model')).exit_code == 0
    assert check(here.model_folder("hi"), "hi").name == 'my "own" model'
    (tmp_path / "empty").mkdir()
    assert run("use", "hi", str(tmp_path / "empty")).exit_code == 2
    refused = run("use", "hi", "vosk-model-hi-0.22")
    assert refused.exit_code == 2 and "./hotline models fetch vosk-model-hi-0.22" in refused.output


def test_a_model_set_by_hand_wins_and_no_choice_is_made_that_would_not_count(
    here: Settings, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_MODEL_HI", str(STARTER_MODELS / "hi"))
    for words in (("fetch", "hi"), ("use", "hi", "starter")):
        refused = run(*words)
        assert refused.exit_code == 2 and "HOTLINE_MODEL_HI is set" in refused.output
    assert site.requests == []


def test_a_chosen_model_that_is_gone_is_missing_and_never_quietly_the_starter(here: Settings, site: Site) -> None:
    site.offer(zipped(a_model()))
    run("fetch", "hi")
    shutil.rmtree(here.models_dir / SMALL_HI)
    with pytest.raises(ModelMissing, match=r"\./hotline models fetch hi"):
        check(here.model_folder("hi"), "hi")
    assert "! hi  the one to be used is missing" in run("list").output
    (here.models_dir / MODELS_IN_USE).write_text("hi = [")
    with pytest.raises(ModelMissing, match=MODELS_IN_USE):
        check(here.model_folder("hi"), "hi")
    assert run("fetch", "hi").exit_code == 0 and here.model_folder("hi").name == SMALL_HI  # mended by the one command


def test_check_tells_speed_memory_and_errors_of_both_languages(here: Settings) -> None:
    hindi, english = run("check").output.splitlines()
    assert "starter-hi" in hindi and "starter-en" in english
    for line in (hindi, english):
        speed, memory, errors = (
            float(line.partition(until)[0].split()[-1]) for until in (" times", " MB of memory", "% word errors")
        )
        assert speed > 5 and 1 < memory < 100 and errors < 15


def test_a_missing_model_fails_the_check_with_the_command_that_mends_it(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_MODEL_EN", "/nowhere")
    failed = run("check", "en")
    assert failed.exit_code == 2 and "./hotline models fetch en" in failed.output


def test_word_errors_are_insertions_deletions_and_substitutions() -> None:
    said = spoken_words("चाँद निकला, रात को।")
    assert said == ["चांद", "निकला", "रात", "को"]
    assert distance(said, said) == 0
    assert distance(said, ["चांद", "रात", "को"]) == 1
    assert distance(said, ["चांद", "निकली", "रात", "को", "है"]) == 2
    assert distance([], ["a"]) == 1 and distance(["a", "b"], []) == 2
