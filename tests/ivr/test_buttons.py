"""Quick replies and entries of lists on WhatsApp: what stands behind them counts as if it were typed."""

from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from ivr.channels.text import hear
from ivr.parts import Parts
from models.tables import Message, Tip
from settings import Settings
from tests.ivr.posting import ACCOUNT
from tests.ivr.writing import Writer


def body(**form: str) -> str:
    return hear({"From": "whatsapp:+919876543210", **form}, ACCOUNT, "https://api.twilio.com").body


@pytest.mark.parametrize(
    ("form", "meant"),
    [
        ({"Body": "हाँ, भेजें", "ButtonText": "हाँ, भेजें", "ButtonPayload": "DONE"}, "DONE"),
        ({"Body": "", "ButtonText": "English", "ButtonPayload": "2"}, "2"),
        ({"Body": "जुआ, सट्टा", "ListTitle": "जुआ, सट्टा", "ListId": "34"}, "34"),
        ({"Body": "", "ListTitle": "जुआ", "ListId": "item:{7}"}, "जुआ"),  # no word that anybody types
        ({"Body": "", "ButtonText": "Yes", "ButtonPayload": "{}"}, "Yes"),
        ({"Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "'; DROP TABLE tip;--"}, "Yes"),
        ({"Body": "naubasta me jua", "ButtonText": "Yes", "ButtonPayload": "1"}, "naubasta me jua"),
        ({"Body": "naubasta me jua", "ButtonPayload": "STOP"}, "naubasta me jua"),
        ({"Body": "", "ButtonPayload": "1"}, "1"),
    ],
)
def test_what_a_button_means_is_what_stands_behind_it_unless_something_was_written(
    form: dict[str, str], meant: str
) -> None:
    assert body(**form) == meant


def test_a_dialogue_answered_by_buttons_alone_is_a_tip(app: Flask, settings: Settings, parts: Parts) -> None:
    writes = Writer(app, settings, channel="whatsapp")

    def answer(text: str, payload: str, **more: Any) -> list[str]:
        return writes.write(text, MessageType="button", ButtonText=text, ButtonPayload=payload, **more)

    writes.write("Hi")
    assert answer("English please", "2") == [parts.texts.get("tell", "en").text]
    writes.write("Men gamble behind the closed shop at Naubasta")
    assert any("code" in one.lower() or any(map(str.isdigit, one)) for one in answer("That is all", "DONE"))
    with parts.db.reading() as session:
        tip = session.exec(select(Tip)).one()
        assert tip.status == "received" and tip.language == "en" and tip.category == "gambling"
        assert len(session.exec(select(Message)).all()) == 1
