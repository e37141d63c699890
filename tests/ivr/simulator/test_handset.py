"""The handset writes and reads as a telephone on Twilio's network does, and finds what Twilio would complain of."""

import random
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from ivr.simulator.chat import Enclosure, Pin
from ivr.simulator.fault import TwilioFault
from ivr.simulator.handset import Handset
from ivr.simulator.store import Store
from tests.ivr.simulator.lines import ACCOUNT, BASE, TOKEN, TipLine

PHOTO = Enclosure(b"\xff\xd8 not really", "image/jpeg")
THANKS = "<Message statusCallback='/messages/status?c=1' action='/messages/status?c=1'>Thanks.</Message>"


def a_line(answer: object = THANKS, **more: object) -> TipLine:
    return TipLine(messages=answer, messages__status=(204, ""), **more)  # type: ignore[arg-type]


def handset(line: TipLine, store: Store | None = None, **terms: object) -> Handset:
    return Handset(BASE, TOKEN, ACCOUNT, store or Store(), app=line, **terms)  # type: ignore[arg-type]


def form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.get_data().decode(), keep_blank_values=True))


def test_an_sms_has_twilios_parameters_the_empty_ones_too_and_a_signature_over_all() -> None:
    line = a_line()
    handset(line).send("नमस्ते")
    request = line.last("/messages")
    got = form(request)
    assert set(got) == {
        "ToCountry", "ToState", "SmsMessageSid", "NumMedia", "ToCity", "FromZip", "SmsSid", "FromState", "SmsStatus",
        "FromCity", "Body", "FromCountry", "To", "ToZip", "NumSegments", "MessageSid", "AccountSid", "From",
        "ApiVersion",
    }  # fmt: skip
    assert got["MessageSid"] == got["SmsSid"] == got["SmsMessageSid"] and got["MessageSid"].startswith("SM")
    assert (got["FromCity"], got["NumMedia"], got["SmsStatus"]) == ("", "0", "received")
    signature = request.headers["X-Twilio-Signature"]
    assert RequestValidator(TOKEN).validate(BASE + "/messages", got, signature)


def test_whatsapp_has_its_own_parameters_and_no_geography() -> None:
    line = a_line()
    writes = handset(line, channel="whatsapp", profile="Ravi K")
    writes.send("see", PHOTO)
    got = form(line.last("/messages"))
    assert (got["From"], got["WaId"], got["ProfileName"]) == ("whatsapp:+919876543210", "919876543210", "Ravi K")
    assert (got["MessageType"], got["NumMedia"], got["MediaContentType0"]) == ("image", "1", "image/jpeg")
    assert got["MessageSid"].startswith("MM") and f"/Messages/{got['MessageSid']}/Media/ME" in got["MediaUrl0"]
    assert "FromCity" not in got and "Ravi K" in got["ChannelMetadata"]
    writes.send(pin=Pin(26.4499, 80.3319, label="Shop"))
    got = form(line.last("/messages"))
    assert (got["MessageType"], got["Latitude"], got["Longitude"], got["Label"]) == (
        "location", "26.4499", "80.3319", "Shop",
    )  # fmt: skip
    writes.send("Yes", button=("Yes", "yes"))
    got = form(line.last("/messages"))
    assert (got["MessageType"], got["ButtonText"], got["ButtonPayload"]) == ("button", "Yes", "yes")


def test_the_answer_arrives_is_kept_and_reported_as_sent_and_delivered() -> None:
    line, store = a_line(), Store()
    bubbles = handset(line, store).send("Hi")
    assert [bubble.text for bubble in bubbles] == ["Thanks."]
    reported = [form(one) for one in line.asked if one.path == "/messages/status"]
    assert [one["MessageStatus"] for one in reported] == ["sent", "delivered"]
    assert set(reported[0]) == {
        "MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "To", "From", "AccountSid", "ApiVersion",
    }  # fmt: skip
    assert reported[0]["To"] == "+919876543210", "our own messages name the informant as the receiver"
    kept = store.messages[reported[0]["MessageSid"]]
    assert (kept.direction, kept.receiver, kept.status) == ("outbound-reply", "+919876543210", "delivered")
    assert [kind for kind, _ in store.objects()] == ["message", "message"]


def test_two_callbacks_addresses_that_are_the_same_are_asked_once() -> None:
    line = a_line("<Message statusCallback='/messages/status'>a</Message>")
    handset(line).send("x")
    assert line.paths().count("/messages/status") == 2
    line = a_line("<Message>nobody asks</Message>")
    store = Store()
    handset(line, store).send("x")
    assert line.paths() == ["/messages"]
    assert {message.status for message in store.messages.values()} == {"received", "delivered"}


def test_a_body_media_and_a_redirect_are_understood() -> None:
    line = a_line(
        "<Message><Body>one</Body><Media>https://x.example/a.jpg</Media></Message><Redirect>/messages/more</Redirect>",
        messages__more="<Message>two</Message>",
    )
    bubbles = handset(line).send("x")
    assert [(bubble.text, bubble.media) for bubble in bubbles] == [("one", ("https://x.example/a.jpg",)), ("two", ())]


def test_an_empty_response_and_plain_text_are_answers() -> None:
    assert handset(a_line("")).send("x") == []
    plain = a_line(Response("<b>as it is</b>", content_type="text/plain"))
    assert [bubble.text for bubble in handset(plain).send("x")] == ["<b>as it is</b>"]


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (f"<Message>{'x' * 1601}</Message>", 21617),
        ("<Message>" + "<Media>https://x.example/a</Media>" * 11 + "</Message>", 21623),
        ("<Message/>", 14103),
        ("<Message>a</Message>" * 11, 14109),
        ("<Say>a</Say>", 14110),
        ("<message>a</message>", 12200),
        ("<Message callback='/x'>a</Message>", 12200),
        ("<Message method='PUT'>a</Message>", 14104),
        ("<Message>a<Body>b</Body></Message>", 12200),
        ("<Message><Text>b</Text></Message>", 12200),
        ("loose", 12200),
        ("<Redirect/>", 11100),
        ("<Redirect>/messages</Redirect>", 14106),
        (Response("<Response/>", content_type="application/json"), 12300),
        (Response(b"\n<?xml version='1.0'?><Response/>", content_type="text/xml"), 12100),
        (Response(b"<Response><Message>\x0c</Message></Response>", content_type="text/xml"), 12100),
        (Response(b"", content_type="text/xml"), 11770),
        (Response(b"RIFF", content_type="audio/wav"), 12300),
        ((500, ""), 11200),
    ],
)  # fmt: skip
def test_what_twilio_would_complain_of_is_a_fault(answer: object, number: int) -> None:
    with pytest.raises(TwilioFault) as fault:
        handset(a_line(answer)).send("x")
    assert fault.value.number == number


def test_the_fallback_is_asked_when_the_webhook_fails() -> None:
    line = a_line((500, ""), messages__fallback="<Message>Later, please.</Message>")
    writes = handset(line, strict=False)
    assert [bubble.text for bubble in writes.send("x")] == ["Later, please."]
    got = form(line.last("/messages/fallback"))
    assert (got["ErrorCode"], got["ErrorUrl"], got["Body"]) == ("11200", BASE + "/messages", "x")


def test_after_stop_the_company_answers_and_nothing_is_carried_until_start() -> None:
    line, store = a_line(), Store()
    writes = handset(line, store)
    assert [bubble.by for bubble in writes.send(" stop ")] == ["company"]
    assert line.paths() == ["/messages"], "the text is passed on all the same"
    assert writes.refused == ["Thanks."] and writes.send("Hello?") == []
    assert store.is_stopped("+915122304050", "+919876543210")
    assert [bubble.by for bubble in writes.send("START")] == ["company", "hotline"]
    assert len(writes.send("yes")) == 1, "who is not blocked is not answered by the company"
    assert [bubble.text for bubble in handset(line, channel="whatsapp").send("STOP")] == ["Thanks."]


def test_callbacks_come_twice_and_in_any_order_and_what_is_delivered_stays_delivered() -> None:
    line, store = a_line(), Store()
    writes = handset(line, store, duplicates=True, shuffle=random.Random(4))
    for _ in range(5):
        writes.send("x")
    writes.deliver()
    assert line.paths().count("/messages") == 10 and line.paths().count("/messages/status") == 20
    sids = [form(one)["MessageSid"] for one in line.asked if one.path == "/messages"]
    assert sorted(sids) == sorted(writes.sids * 2)
    assert {message.status for message in store.messages.values()} == {"received", "delivered"}


def test_a_burst_arrives_in_another_order_than_it_was_written() -> None:
    line = a_line("")
    handset(line).burst(["one", "two", "three"], order=[2, 0, 1])
    assert [form(one)["Body"] for one in line.asked] == ["three", "one", "two"]


def test_a_message_moves_until_its_webhook_is_over() -> None:
    store = Store()
    finals: list[bool] = []

    def look(_: Request) -> str:
        finals.extend(store.is_final(message) for message in store.messages.values())
        return ""

    handset(a_line(look), store).send("x")
    assert finals == [False]
    assert [store.is_final(message) for message in store.messages.values()] == [True]


def test_parameters_can_be_spoilt() -> None:
    line = a_line("")
    handset(line).send("x", fields={"NumMedia": "ten", "Body": None, "Unheard": "of"})
    got = form(line.last("/messages"))
    assert (got["NumMedia"], got["Unheard"], "Body" in got) == ("ten", "of", False)


def test_whatsapp_takes_one_file_a_message_and_sms_no_place() -> None:
    with pytest.raises(ValueError, match="at most 1"):
        handset(a_line(), channel="whatsapp").send("", PHOTO, PHOTO)
    with pytest.raises(ValueError, match="location"):
        handset(a_line()).send(pin=Pin(1, 2))
