"""The labelled messages of the project: what share is understood, in every language."""

import pytest

from interpret import Reading, read
from models.catalogue import load
from tests.interpret.scoring import FIELDS, Row, Share, load_messages, share

FACTS = load()
MESSAGES = load_messages()
LANGUAGES = ("hi", "en", "hi-Latn", "mixed")


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Row, Reading]]:
    return [(row, read(row["text"], FACTS)) for row in MESSAGES]


def assert_at_least(percent: float, found: Share) -> None:
    assert found.of > 0
    assert found.percent >= percent, "\n".join(found.wrong)


def test_there_are_three_hundred_messages_of_every_kind_with_labels_of_the_catalogue() -> None:
    assert len(MESSAGES) >= 300
    assert len({row["id"] for row in MESSAGES}) == len(MESSAGES)
    assert {row["category"] for row in MESSAGES if row["category"]} == set(FACTS.categories)
    assert all(row["station"] in FACTS.stations for row in MESSAGES if row["station"])
    assert set(LANGUAGES) <= {row["lang"] for row in MESSAGES}


def test_the_intent_is_understood(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(95, share(pairs, "intent"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", FIELDS)
def test_every_language_is_understood(pairs: list[tuple[Row, Reading]], field: str, language: str) -> None:
    assert_at_least(92, share(pairs, field, lambda row: row["lang"] == language))


def test_the_category_of_a_tip_is_understood(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(92, share(pairs, "category", lambda row: row["intent"] == "tip"))


def test_the_station_is_found_where_one_is_named(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(92, share(pairs, "station", lambda row: row["station"] is not None))


def test_no_station_is_invented(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(100, share(pairs, "station", lambda row: row["station"] is None))


def test_complaints_about_police_are_recognised(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(98, share(pairs, "category", lambda row: row["category"] == "police_misconduct"))


def test_every_stop_is_obeyed_and_nothing_else_is_a_stop(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(100, share(pairs, "intent", lambda row: row["intent"] == "stop"))
    assert [row["text"] for row, reading in pairs if reading.intent == "stop" and row["intent"] != "stop"] == []


def test_every_reference_code_is_read(pairs: list[tuple[Row, Reading]]) -> None:
    assert_at_least(100, share(pairs, "ref", lambda row: row["intent"] == "status"))


def test_the_language_is_told(pairs: list[tuple[Row, Reading]]) -> None:
    wrong = [
        row["text"] for row, reading in pairs if row["lang"] in ("hi", "mixed") and reading.language != row["lang"]
    ]
    assert wrong == []
    latin = [(row, reading) for row, reading in pairs if row["lang"] in ("en", "hi-Latn")]
    assert sum(row["lang"] == reading.language for row, reading in latin) >= 0.9 * len(latin)


def test_the_examples_of_the_catalogue_are_understood() -> None:
    found = [
        (code, example.text, read(example.text, FACTS))
        for code, category in FACTS.categories.items()
        for example in category.examples
    ]
    wrong = [(code, text, reading.category) for code, text, reading in found if reading.category != code]
    assert len(wrong) <= 0.08 * len(found), wrong
    assert all(reading.intent == "tip" for _, _, reading in found)
    kept = [reading.category for code, _, reading in found if code == "police_misconduct"]
    assert kept == ["police_misconduct"] * len(kept)
