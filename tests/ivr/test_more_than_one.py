"""What a sender writes besides one tip: another matter after it, and cries for help that read like questions."""

import pytest
from flask import Flask
from sqlmodel import select

from ivr.parts import Parts
from models.tables import Attachment, Conversation, Message, Tip
from settings import Settings
from tests.ivr.writing import Writer


def tips(parts: Parts) -> list[Tip]:
    with parts.db.reading() as session:
        return list(session.exec(select(Tip)))


def count(parts: Parts, table: type[Message] | type[Attachment] | type[Conversation]) -> int:
    with parts.db.reading() as session:
        return len(session.exec(select(table)).all())


def test_another_matter_after_the_code_is_another_tip_and_moves_the_first_nowhere(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    writer = Writer(app, settings)
    writer.write("barra 2 park me roz raat ko smack bikta hai")
    assert writer.write("dusri baat batani hai") == [parts.texts.get("tell", "hi").text]
    writer.write("armapur me roz raat ko juaa hota hai")
    assert sorted((tip.station, tip.category) for tip in tips(parts)) == [
        ("KNP-ARM", "gambling"), ("KNP-BRR", "drugs_liquor"),
    ]  # fmt: skip
    first, second = tips(parts)
    assert first.conversation_key != second.conversation_key and first.code_hash != second.code_hash
    assert count(parts, Conversation) == 1


def test_what_is_added_after_the_code_stays_with_its_tip(app: Flask, settings: Settings, parts: Parts) -> None:
    writer = Writer(app, settings)
    writer.write("barra 2 park me roz raat ko smack bikta hai")
    assert writer.write("hello") and writer.write("ladke ka rang gora hai, lal gaadi se aata hai")
    assert len(tips(parts)) == 1 and count(parts, Message) == 2


def test_a_place_in_what_is_added_after_the_code_moves_the_tip_nowhere(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    writer = Writer(app, settings)
    writer.write("barra 2 park me roz raat ko smack bikta hai")
    writer.write("nayi baat: kalyanpur me sharab bikti hai roz")
    (tip,) = tips(parts)
    assert tip.station == "KNP-BRR" and count(parts, Message) == 2


@pytest.mark.parametrize(
    ("cry", "urgency"),
    [
        ("ladki ko bachao rawatpur me hai", "U1"),
        ("meri behen ko kamre me band kar rakha hai bachao", "U1"),
        ("help me my husband is beating me now", "U1"),
        ("ghar me pati maar raha hai abhi bachao", "U1"),
        ("padosi jaan se maarne ki dhamki de raha hai", "U1"),
        ("मेरा पति मुझे पीट रहा है", "U1"),
        ("madad chahiye ghar me band kiya hai mujhe", None),
    ],
)
def test_a_cry_for_help_is_kept_and_hears_of_112(
    cry: str, urgency: str | None, app: Flask, settings: Settings, parts: Parts
) -> None:
    answer = Writer(app, settings).write(cry)
    (tip,) = tips(parts)
    assert count(parts, Message) == 1 and tip.urgency == urgency and "112" in answer[0]
    assert tip.status == ("received" if urgency else "telling")


@pytest.mark.parametrize(
    "question", ["help", "madad karo", "mujhe bachao", "kya ye police ko pata chalega", "is this safe"]
)
def test_a_question_about_the_line_makes_no_tip(question: str, app: Flask, settings: Settings, parts: Parts) -> None:
    assert Writer(app, settings).write(question) and tips(parts) == []


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("kya mera naam gupt rahega", "hi"),
        ("mera naam gupt rakhna please", "hi"),
        ("kaun hai aap", "hi"),
        ("kya police ko pata chalega", "hi"),
        ("मेरा नंबर दिखेगा क्या", "hi"),
        ("kiya aap police ho?", "hi"),
        ("kya SP sahab ko pata chalega mera number", "hi"),
        ("will police know my number", "en"),
        ("is this safe", "en"),
        ("who are you", "en"),
    ],
)
def test_who_worries_hears_that_no_number_is_shown_and_makes_no_tip(
    question: str, lang: str, app: Flask, settings: Settings, parts: Parts
) -> None:
    assert Writer(app, settings).write(question) == [parts.texts.get("worried", lang).text] and tips(parts) == []


@pytest.mark.parametrize(
    "told",
    [
        "barra me jua ho raha hai mera naam gupt rahega na",
        "daroga paise leta hai unko pata chalega",
        "mera bhai safe nahi hai",
        "kya mere bhai ka pata chalega",
        "police ki galti se ek aadmi mar gaya",
        "mere sab photo delete karo",
        "galti se chori ho gayi",
    ],
)
def test_what_only_contains_a_worry_or_a_mistake_is_kept_as_told(
    told: str, app: Flask, settings: Settings, parts: Parts
) -> None:
    Writer(app, settings).write(told)
    assert len(tips(parts)) == 1 and count(parts, Message) == 1


@pytest.mark.parametrize("body", ["ruko main photo bhejta hu", "main abhi video bhej rahi hu", "ruko ek minute"])
def test_who_announces_something_is_neither_a_tip_nor_left_alone(
    body: str, app: Flask, settings: Settings, parts: Parts
) -> None:
    writer = Writer(app, settings)
    assert writer.write(body) == [parts.texts.get("waiting", "hi").text] and tips(parts) == []
    assert writer.write("barra 2 park me roz raat ko smack bikta hai") and len(tips(parts)) == 1


@pytest.mark.parametrize("body", ["ek aur baat", "dusri baat", "nayi baat", "एक और बात"])
def test_announcing_another_matter_after_the_code_begins_another_tip(
    body: str, app: Flask, settings: Settings, parts: Parts
) -> None:
    writer = Writer(app, settings)
    writer.write("barra 2 park me roz raat ko smack bikta hai")
    assert writer.write(body) == [parts.texts.get("tell", "hi").text]
    writer.write("armapur me roz raat ko juaa hota hai")
    assert sorted(tip.category or "" for tip in tips(parts)) == ["drugs_liquor", "gambling"]
    assert count(parts, Message) == 2


@pytest.mark.parametrize("body", ["galti se bhej diya, delete kar do", "wrong number", "mistake"])
def test_a_mistake_is_asked_nothing_and_what_was_told_before_stays(
    body: str, app: Flask, settings: Settings, parts: Parts
) -> None:
    assert Writer(app, settings).write(body)[0] in {
        parts.texts.get("mistaken", lang).text for lang in ("hi", "en")
    } and tips(parts) == []  # fmt: skip
    writer = Writer(app, settings, number="+919000000077")
    writer.write("smack bikta hai")
    assert writer.write(body) == [parts.texts.get("mistaken", "hi").text]
    assert len(tips(parts)) == 1 and count(parts, Message) == 2


@pytest.mark.parametrize("body", ["ruko", "number delete kar do mera"])
def test_a_wish_to_be_left_alone_is_no_announcement_and_no_mistake(
    body: str, app: Flask, settings: Settings, parts: Parts
) -> None:
    assert Writer(app, settings).write(body) == [parts.texts.get("stopped", "hi").text] and tips(parts) == []


def test_a_wrong_code_without_anything_else_does_not_say_that_something_is_kept(
    app: Flask, settings: Settings, parts: Parts
) -> None:
    writer = Writer(app, settings)
    assert writer.write("jodo 12345678") == [parts.texts.get("status_unknown", "hi").text]
    assert tips(parts) == []
