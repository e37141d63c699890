"""Officers try a sentence: they see what is understood and why, and nothing of it is kept."""

from flask import Flask

from ivr.parts import Parts
from tests.ivr.console.desk import Desk


def test_an_officer_sees_what_a_sentence_means_and_why(officer: Desk) -> None:
    page = officer.post("/console/interpret", text="naubasta me sipahi jua khilwata hai").text
    assert "police" not in page.split("<textarea")[0]
    assert "नौबस्ता" in page
    assert "किसी पुलिस वाले की शिकायत" in page
    assert "“naubasta”" in page


def test_the_page_speaks_english_too(officer: Desk) -> None:
    officer.post("/console/language", language="en")
    page = officer.post("/console/interpret", text="4821-7306 kya hua").text
    assert "Ask what became of a tip" in page
    assert "4821 7306" in page


def test_what_is_typed_is_shown_as_text_and_never_as_html(officer: Desk) -> None:
    page = officer.post("/console/interpret", text="<script>alert(1)</script> jua naubasta me").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_sentence_is_asked_for_again(officer: Desk) -> None:
    page = officer.post("/console/interpret", text="   ")
    assert page.status_code == 200
    assert "ऐसा क्यों समझा गया" not in page.text


def test_a_form_without_its_token_is_refused(officer: Desk, app: Flask) -> None:
    assert app.test_client().post("/console/interpret", data={"text": "jua"}).status_code in (302, 303, 400)


def test_nobody_who_is_not_signed_in_gets_the_page(desk: Desk) -> None:
    assert desk.get("/console/interpret").status_code in (302, 303)


def test_a_sentence_leaves_no_trace(officer: Desk, parts: Parts) -> None:
    officer.post("/console/interpret", text="kumbhkarananaam me jua")
    files = [file for file in parts.settings.var_dir.rglob("*") if file.is_file()]
    assert files
    assert all(b"kumbhkarananaam" not in file.read_bytes() for file in files)
