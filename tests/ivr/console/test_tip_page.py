"""One tip's page: who sees it, what it shows and how sure that is, and the trail that every look leaves."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from ivr import casework
from ivr.parts import Parts
from models.database import Database
from models.recording import LISTEN_FIRST
from models.tables import Officer, Recording, Tip, Trail, Transcript
from tests.ivr.console.desk import (
    ELSEWHERE,
    OFFICE,
    RANGE,
    STATION,
    Desk,
    an_officer,
    lay_tip,
    put,
    recording_of,
    status_of,
    trail_of,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}]]>"


def test_the_first_reading_by_an_acting_unit_opens_the_tip(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    page = officer.get(f"/console/tips/{tip}")
    assert page.status_code == 200
    assert status_of(parts, tip) == "opened"
    officer.get(f"/console/tips/{tip}")
    assert trail_of(parts, tip) == ["open"]  # looking on is one look


def test_reading_by_a_unit_with_a_copy_opens_nothing_but_leaves_a_trail(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", STATION: "copy"})
    page = sho.get(f"/console/tips/{tip}")
    assert status_of(parts, tip) == "routed"
    assert trail_of(parts, tip) == ["read"]
    assert "सिर्फ जानकारी के लिए मिली है" in page.text
    assert 'name="move"' not in page.text


def test_another_units_tip_is_not_there_in_any_way(sho: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to", ELSEWHERE: "copy"})
    nowhere = sho.get("/console/tips/" + "0" * 32)
    hidden = sho.get(f"/console/tips/{tip}")
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.text.count(tip) == nowhere.text.count(
        "0" * 32
    )  # the language form leads back here, as it would anywhere
    assert sho.get(f"/console/sound/{recording_of(parts, tip)}.wav").status_code == 404
    assert sho.post(f"/console/tips/{tip}/moves", move="close", seen="routed").status_code == 404
    assert status_of(parts, tip) == "routed"
    assert trail_of(parts, tip) == []


@pytest.mark.parametrize("status", ["telling", "received", "prepared", "discarded"])
def test_content_that_is_not_ready_is_not_shown_even_to_its_unit(officer: Desk, parts: Parts, status: str) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status=status)
    assert officer.get(f"/console/tips/{tip}").status_code == 404
    assert officer.get(f"/console/sound/{recording_of(parts, tip)}.wav").status_code == 404


def test_the_page_shows_words_gaps_and_how_sure_each_word_is(officer: Desk, parts: Parts) -> None:
    page = officer.get(f"/console/tips/{lay_tip(parts, {OFFICE: 'to'})}").text
    assert '<span class="word" data-start="0.1" data-end="0.5">स्कूल</span>' in page
    assert 'title="शायद (81%)">पीछे' in page
    assert 'title="अंदाज़ा (55%)">नशा' in page
    assert ">[नंबर छिपाया गया]</span>" in page
    assert "नमूने वाले मॉडल" not in page


def test_what_is_known_comes_with_who_said_so(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(
        parts, {OFFICE: "to", RANGE: "copy"}, category="police_misconduct", category_by="words", follow_up=False
    )
    page = officer.get(f"/console/tips/{tip}").text
    for words in (
        "मशीन ने बोले हुए शब्दों से समझा", "बताने वाले ने बटन दबाकर बताया", "थाना नौबस्ता, कानपुर नगर", "208021", "24 घंटे में",
        "पुलिस आयुक्त कार्यालय, कानपुर नगर", "जानकारी के लिए", "गोपनीय सूचना", "112",
    ):  # fmt: skip
        assert words in page


def test_words_of_a_starter_model_are_called_a_demonstration(officer: Desk, parts: Parts) -> None:
    page = officer.get(f"/console/tips/{lay_tip(parts, {OFFICE: 'to'}, model='starter-hi')}").text
    assert "नमूने वाले मॉडल" in page


def test_while_starter_models_are_in_use_every_page_says_so_with_the_command_that_mends_it(
    app: Flask, officer: Desk, desk: Desk, parts: Parts, tmp_path: Path
) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    command = "./hotline models fetch hi en"
    assert all(command in officer.get(path).text for path in ("/console/", f"/console/tips/{tip}"))
    assert command not in desk.get("/console/sign-in").text  # not for strangers
    own = parts.settings.model_copy(update={"model_hi": tmp_path, "model_en": tmp_path})
    app.extensions["hotline"] = replace(parts, settings=own)
    assert "./hotline models" not in officer.get("/console/").text


def test_a_take_understood_in_another_language_than_chosen_says_so(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, language="en")
    told = "बताने वाले ने हिंदी चुनी थी, मशीन को अंग्रेज़ी में ज़्यादा समझ आया।"
    assert told not in officer.get(f"/console/tips/{tip}").text
    with parts.db.session() as session:
        session.get_one(Transcript, recording_of(parts, tip)).chosen_language = "hi"
    page = officer.get(f"/console/tips/{tip}").text
    assert told in page and '<p class="words" lang="en"' in page


def test_below_the_threshold_a_person_must_listen_first(officer: Desk, parts: Parts) -> None:
    warned = [
        "पहले सुनें" in officer.get(f"/console/tips/{lay_tip(parts, {OFFICE: 'to'}, confidence=confidence)}").text
        for confidence in (LISTEN_FIRST - 0.01, LISTEN_FIRST)
    ]
    assert warned == [True, False]
    silent = officer.get(f"/console/tips/{lay_tip(parts, {OFFICE: 'to'}, words=[], confidence=0.0)}").text
    assert "आवाज़ सुनें" in silent


def test_hostile_words_are_shown_and_do_nothing(officer: Desk, parts: Parts) -> None:
    words = [{"w": HOSTILE, "start": 0.0, "end": 1.0, "conf": 0.3}, {"hidden": HOSTILE, "start": 1.0, "end": 2.0}]
    tip = lay_tip(parts, {OFFICE: "to"}, words=words)
    officer.get(f"/console/tips/{tip}")
    officer.post(f"/console/tips/{tip}/moves", move="start_work", seen="opened", note=HOSTILE)
    page = officer.get(f"/console/tips/{tip}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert "{{7*7}}" in page


def test_no_digit_of_a_reference_code_reaches_an_officer(officer: Desk, parts: Parts) -> None:
    code = parts.keys.code_for("CA" + "1" * 32)
    tip = lay_tip(parts, {OFFICE: "to"}, code_hash=parts.keys.code_hash(code), conversation_key="c" * 32)
    for path in ("/console/", f"/console/tips/{tip}"):
        page = officer.get(path).text
        for secret in (code, code[:4], code[4:], parts.keys.code_hash(code), "c" * 32):
            assert secret not in page.replace(tip, "").replace(recording_of(parts, tip), "").replace(officer.token, "")
    assert not {"code_hash", "conversation_key", "last_turn_at", "ended_at"} & {
        column.name for column in casework.SHOWN
    }


def test_the_systems_own_trail_is_not_shown_as_its_times_tell_when_the_call_was(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"})
    put(parts, Trail(tip_id=tip, what="prepare"))
    assert "prepare" not in officer.get(f"/console/tips/{tip}").text


def test_a_tip_whose_content_was_destroyed_says_so(officer: Desk, parts: Parts) -> None:
    tip = lay_tip(parts, {OFFICE: "to"}, status="closed")
    with parts.db.session() as session:
        session.delete(session.exec(select(Recording).where(Recording.tip_id == tip)).one())
    assert "मिटा दी गई हैं" in officer.get(f"/console/tips/{tip}").text


def test_casework_is_the_same_on_every_database(db: Database, parts: Parts) -> None:
    there = replace(parts, db=db)
    an_officer(there)
    with db.reading() as session:
        officer = session.exec(select(Officer)).one()
    tip = lay_tip(there, {OFFICE: "to", STATION: "copy"})
    opened = casework.open_tip(there, officer, tip)
    assert opened.tip.status == "opened"
    assert opened.takes[0].words[0]["w"] == "स्कूल"
    assert casework.move_tip(there, officer, tip, "report", "opened", "done") == "reported"
    with pytest.raises(casework.Overtaken):
        casework.move_tip(there, officer, tip, "close", "opened")
    assert casework.listen(there, officer, recording_of(there, tip))[:4] == b"RIFF"
    assert trail_of(there, tip) == ["open", "report", "listen"]
    with db.reading() as session:
        assert session.get(Tip, tip).status == "reported"  # type: ignore[union-attr]
