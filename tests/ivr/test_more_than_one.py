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
        ("help me my husband is beating me now", None),
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
