"""Who wants no more answers, machines, floods and senders without a number: not answered, and nothing told is lost."""

from typing import Any

import pytest
from flask import Flask

from ivr.parts import Parts
from models.tables import Attempt, Conversation, Message, Tip
from settings import Settings
from tests.ivr.kept import ONE_SHOT, code_in, kept, only, rows, words
from tests.ivr.posting import CALLER
from tests.ivr.writing import HOTLINE, Writer


@pytest.mark.parametrize("word", ["STOP", "stopall", "Unsubscribe", " CANCEL ", "End", "QUIT", "optout", "REVOKE"])
def test_the_providers_stop_words_are_not_answered_and_what_was_told_is_sent(
    writer: Writer, parts: Parts, word: str
) -> None:
    writer.write("JUA")
    assert writer.write(word) == []
    assert only(parts, Tip).status == "received" and rows(parts, Conversation) == []


@pytest.mark.parametrize("word", ["बंद", "band karo", "mat bhejo", "no more messages"])
def test_stop_in_other_words_is_confirmed_once_and_then_nothing_is_answered(
    writer: Writer, parts: Parts, word: str
) -> None:
    writer.write("JUA")
    assert writer.write(word) in ([words(parts, "stopped")], [words(parts, "stopped", "en")])
    assert [writer.write(one) for one in ("hi", "naubasta me jua", "HELP", word)] == [[], [], [], []]
    assert len(rows(parts, Message)) == 2  # but kept
    assert writer.write("शुरू") == [words(parts, "tell")]
    assert writer.write("HELP") != []


def test_start_over_sms_ends_the_silence_and_the_provider_says_so(writer: Writer, parts: Parts) -> None:
    writer.write("STOP")
    assert writer.write("नमस्ते") == [] and writer.write("START") == []
    assert writer.write("नमस्ते") == [words(parts, "tell")]


@pytest.mark.parametrize("word", ["YES", "yes ", "UNSTOP"])
def test_yes_ends_the_silence_over_sms_like_start_and_is_kept_by_nobody(
    writer: Writer, parts: Parts, word: str
) -> None:
    writer.write("STOP")
    assert writer.write(word) == [] and rows(parts, Tip) == []
    assert writer.write("नमस्ते") == [words(parts, "tell")]


def test_yes_is_an_answer_like_any_other_to_whoever_has_not_stopped(writer: Writer, parts: Parts) -> None:
    writer.write("naubasta me jua ho raha hai")
    assert code_in(writer.write("YES")) and len(rows(parts, Message)) == 2


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize(("told", "open_"), [("naubasta me jua hota hai", "when"), (ONE_SHOT, "code")])
def test_after_start_the_line_goes_on_with_what_was_told_in_silence(
    app: Flask, settings: Settings, parts: Parts, channel: str, told: str, open_: str
) -> None:
    writer = Writer(app, settings, channel=channel)
    writer.write("STOP")
    assert writer.write(told) == []
    answers = [writer.write("START"), writer.write("नमस्ते")]
    answer = answers[channel == "sms"]  # over SMS the provider itself answers START
    code = code_in(answer) if open_ == "code" else ""
    assert answer == [words(parts, open_, code=f"{code[:4]} {code[4:]}")]
    assert bool(only(parts, Tip).code_hash) == (open_ == "code")


def test_over_whatsapp_we_confirm_stop_ourselves(app: Flask, settings: Settings, parts: Parts) -> None:
    writer = Writer(app, settings, channel="whatsapp")
    writer.write("नमस्ते")
    assert writer.write("STOP") == [words(parts, "stopped")]


@pytest.mark.parametrize("no", ["nahi chahiye", "नहीं चाहिए", "no thanks", "nahi"])
def test_no_to_a_question_is_an_answer_and_without_a_question_it_stops(
    app: Flask, settings: Settings, parts: Parts, no: str
) -> None:
    writer = Writer(app, settings)
    writer.write("naubasta me jua ho raha hai")
    assert writer.write(no)[0] not in (words(parts, "stopped"), words(parts, "stopped", "en"))
    assert only(parts, Tip).code_hash and len(rows(parts, Message)) == 2
    if no != "nahi":
        assert writer.write(no)[0] in (words(parts, "stopped"), words(parts, "stopped", "en"))


@pytest.mark.parametrize("often", ["har mahine", "हर हफ्ते", "har saal", "हर महीने", "every week", "every month"])
def test_how_often_it_happens_is_since_when(writer: Writer, parts: Parts, often: str) -> None:
    writer.write(f"naubasta kanpur me {often} jua hota hai")
    assert only(parts, Tip).code_hash


# --- loops and floods
def test_a_machine_we_do_not_know_is_soon_left_alone_and_everything_is_kept(writer: Writer, parts: Parts) -> None:
    answers = [writer.write("Beep, the owner of this line went fishing.") for _ in range(30)]
    assert sum(bool(one) for one in answers) == 2 and answers[-10:] == [[]] * 10
    assert len(rows(parts, Message)) == 30 and len(rows(parts, Tip)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "I am driving, I will answer later.", "I'm driving right now. I'll get back to you later.",
        "This is an automated reply. We will get back to you soon.", "Can't talk now. Call you later?",
        "Thank you for contacting Gupta Sweets! Please let us know how we can help you.",
        "Sorry, I'm busy. Call you later.", "Auto reply: I am out of office till Monday",
        "गुप्ता स्वीट्स से संपर्क करने के लिए धन्यवाद! हम जल्द ही आपसे संपर्क करेंगे।", "मैं अभी व्यस्त हूं, बाद में बात करूंगा",
        "main abhi gaadi chala raha hu, baad me call karta hu", "अभी हम उपलब्ध नहीं हैं, जल्द जवाब देंगे",
    ],
)  # fmt: skip
def test_what_telephones_and_shops_write_by_themselves_is_neither_answered_nor_kept(
    writer: Writer, parts: Parts, text: str
) -> None:
    assert [writer.write(text) for _ in range(3)] == [[], [], []]
    assert rows(parts, Message) == [] and rows(parts, Tip) == []


def test_words_of_a_machine_inside_a_tip_lose_nothing(writer: Writer, parts: Parts) -> None:
    assert writer.write("sir naubasta kanpur me roz jua hota hai, main busy hu baad me call karta hu")
    assert only(parts, Tip).category == "gambling"


def test_a_code_among_the_words_of_a_tip_is_not_kept_with_them(
    writer: Writer, app: Flask, settings: Settings, parts: Parts, keys: Any
) -> None:
    code = code_in(writer.write(ONE_SHOT))
    friend = Writer(app, settings, "+919800000001")
    friend.write(f"{code} is my code and the gambling in naubasta is still going on")
    friend.write("gadi number 11112222 thi, usme sharab aati hai")
    told = kept(parts, keys)
    assert code not in "".join(told) and "still going on" in told[1]
    # Not looked up: that eight digits are nobody's code would be an answer, too.
    assert "11112222" not in told[2] and "gadi number [phone] thi" in told[2]


def test_what_is_said_beside_attach_and_the_code_is_added(
    writer: Writer, app: Flask, settings: Settings, parts: Parts, keys: Any
) -> None:
    code = code_in(writer.write(ONE_SHOT))
    friend = Writer(app, settings, "+919800000001")
    assert friend.write(f"attach {code} yeh video hai") == [words(parts, "added")]
    assert len(rows(parts, Tip)) == 1 and len(rows(parts, Message)) == 2
    assert "yeh video hai" in kept(parts, keys)[1] and code not in kept(parts, keys)[1]


@pytest.mark.parametrize("sender", ["AX-OFFERS", "57575", "", "+266696687", "+1", "whatsapp:", HOTLINE])
def test_who_cannot_be_answered_is_not_but_a_tip_is_kept(
    app: Flask, settings: Settings, parts: Parts, sender: str
) -> None:
    writer = Writer(app, settings)
    for body in ("hi", "HELP", "STOP", "बस", "", "menu", "status", "I am driving, I will answer later."):
        assert writer.write(body, From=sender) == []
    assert rows(parts, Tip) == [] and rows(parts, Conversation) == []
    assert writer.write(ONE_SHOT, From=sender) == []
    tip = only(parts, Tip)
    assert (tip.status, tip.category, tip.code_hash) == ("received", "gambling", None)
    assert rows(parts, Conversation) == []


@pytest.mark.parametrize(
    "body", ["they sell the powder behind the shop at night", "उस दुकान के पीछे रात को पुड़िया मिलती है"]
)
def test_what_is_not_understood_is_kept_of_those_too_who_cannot_be_asked(
    app: Flask, settings: Settings, parts: Parts, keys: Any, body: str
) -> None:
    assert Writer(app, settings).write(body, From="57575") == []
    assert only(parts, Tip).status == "received" and kept(parts, keys) == [body]


def test_a_flood_is_kept_and_not_answered_and_nobody_is_named(
    app: Flask, settings: Settings, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts.correspondence, "_an_hour", 3)
    writer = Writer(app, settings)
    answers = [bool(writer.write(f"baat {n} hai yahan")) for n in range(6)]
    assert answers[3:] == [False] * 3 and any(answers[:3]) and len(rows(parts, Message)) == 6
    assert Writer(app, settings, "+919800000009").write("नमस्ते") == [words(parts, "tell")]
    assert not any(CALLER[3:] in one.who for one in rows(parts, Attempt))
