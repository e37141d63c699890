"""What the telephone does with a line that answers badly, late or twice."""

import random
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from werkzeug.wrappers import Response

from ivr.simulator.fault import TwilioFault
from ivr.simulator.sound import tone
from ivr.simulator.store import Store
from ivr.simulator.telephone import Telephone
from tests.ivr.simulator.lines import ACCOUNT, TOKEN, XML, TipLine, phone

TELL = "<Record action='/voice/told' timeout='3' finishOnKey='#' recordingStatusCallback='/voice/recording'/>"
TYPE_TEXT = Response("Hello", content_type="text/plain")


def slow(_: object) -> tuple[int, str]:
    time.sleep(0.2)
    return 200, "<Response/>"


BAD_ANSWERS = [
    ((500, ""), 11200),
    ((403, ""), 11200),
    ((404, ""), 11200),
    ((204, ""), 11206),
    (Response("{}", content_type="application/json"), 12300),
    (Response("<Response>", content_type=XML), 12100),
    (Response("", content_type=XML), 11770),
    (slow, 11205),
    ("<Speak>x</Speak>", 12200),
    ("<Redirect>ftp://x/</Redirect>", 11100),
    ("<Redirect>/two words</Redirect>", 11100),
    ("<Redirect>/voice</Redirect>", 0),
    (Response(status=302, headers={"Location": "/elsewhere"}), 0),
    (TYPE_TEXT, 0),
    ("<Say>Hello</Say><Reject/>", 0),
]


@pytest.mark.parametrize(("answer", "number"), BAD_ANSWERS)
def test_whatever_twilio_would_complain_of_is_raised_with_its_number(answer: object, number: int) -> None:
    tips = TipLine(voice=answer, elsewhere="")  # type: ignore[arg-type]
    with pytest.raises(TwilioFault) as caught:
        phone(tips, limit=0.1).call()
    assert caught.value.number == number


@pytest.mark.parametrize("answer", [(500, ""), slow, Response("<Response>", content_type=XML)])
def test_the_fallback_is_asked_with_the_error_and_its_address(answer: object) -> None:
    tips = TipLine(voice=answer, voice__fallback="<Say>Sorry</Say>")  # type: ignore[arg-type]
    call = phone(tips, strict=False, limit=0.1).call()
    form = tips.last("/voice/fallback").form
    assert form["ErrorUrl"] == "https://tips.example/voice"
    assert form["ErrorCode"] == str(call.faults[0].number)
    assert form["CallSid"] == call.sid
    assert call.names() == ['"Sorry"'] and len(call.faults) == 1


def test_a_fallback_that_fails_too_ends_the_call_with_an_application_error() -> None:
    tips = TipLine(voice=(500, ""), voice__fallback=(500, ""))
    call = phone(tips, strict=False).call()
    assert [one.kind for one in call.heard] == ["trouble"] and call.ended
    assert tips.paths() == ["/voice", "/voice/fallback", "/voice/status"]


def test_a_redirect_loses_the_digits() -> None:
    tips = TipLine(
        voice="<Gather numDigits='1' action='/voice/menu'/>",
        voice__menu=Response(status=308, headers={"Location": "/voice/menu/"}),
        voice__menu__="<Hangup/>",
    )
    call = phone(tips, strict=False).call()
    call.press("1")
    assert "Digits" not in tips.last("/voice/menu/").form
    assert "Digits" in call.faults[0].message


def test_more_than_ten_redirects_are_given_up() -> None:
    tips = TipLine(voice=Response(status=307, headers={"Location": "/voice"}), voice__fallback="<Say>Sorry</Say>")
    call = phone(tips, strict=False).call()
    assert 11215 in [fault.number for fault in call.faults]


@pytest.mark.parametrize("answer", [(200, ""), (200, "OK"), Response("ok", content_type="text/plain")])
def test_a_status_callback_wants_204_or_an_empty_response(answer: object) -> None:
    tips = TipLine(voice="<Hangup/>")
    tips.answers["/voice/status"] = answer  # type: ignore[assignment]
    with pytest.raises(TwilioFault) as caught:
        phone(tips).call()
    assert caught.value.number == 15003
    tips.answers["/voice/status"] = ""
    phone(tips).call()


def test_a_rejected_call_is_not_answered() -> None:
    tips = TipLine(voice="<Reject reason='busy'/>")
    phone(tips).call()
    assert tips.last("/voice/status").form["CallStatus"] == "busy"


def test_a_sound_as_answer_is_played_and_the_call_is_over() -> None:
    from ivr.simulator.sound import wav_bytes

    call = phone(TipLine(voice=Response(wav_bytes(tone(2.0)), content_type="audio/wav"))).call()
    assert call.ended and call.heard[0].seconds == 2.0


# --- disorder


def _told_twice(**terms: object) -> tuple[TipLine, Telephone]:
    tips = TipLine(voice=TELL, voice__told="<Say>Thank you</Say>")
    telephone = phone(tips, duplicates=True, **terms)
    telephone.call().speak(tone(1.0))
    return tips, telephone


def test_every_webhook_is_sent_twice_with_the_same_token_signature_and_body() -> None:
    tips, _ = _told_twice()
    assert Counter(tips.paths()) == {"/voice": 2, "/voice/told": 2, "/voice/recording": 2, "/voice/status": 2}
    first, second = (request for request in tips.asked if request.path == "/voice/told")
    for header in ("X-Twilio-Signature", "I-Twilio-Idempotency-Token"):
        assert first.headers[header] == second.headers[header]
    assert first.form == second.form


def test_a_repetition_that_is_answered_badly_is_a_fault() -> None:
    answers = iter([(200, "<Response/>"), (500, "")])
    tips = TipLine(voice=lambda _: next(answers))
    with pytest.raises(TwilioFault):
        phone(tips, duplicates=True).call()


def test_a_shuffle_brings_callbacks_before_the_action_and_long_after() -> None:
    orders = set()
    for seed in range(30):
        tips, _ = _told_twice(shuffle=random.Random(seed))
        paths = tips.paths()
        assert Counter(paths) == {"/voice": 2, "/voice/told": 2, "/voice/recording": 2, "/voice/status": 2}
        orders.add(tuple(paths))
    assert len(orders) > 10
    assert any(order.index("/voice/recording") < order.index("/voice/told") for order in orders)
    assert any(order[-1] == "/voice/told" for order in orders)


def test_held_letters_arrive_when_told_to() -> None:
    tips, telephone = _told_twice(hold=True)
    assert tips.paths() == ["/voice", "/voice/told"]
    telephone.deliver()
    assert len(tips.paths()) == 8


def test_what_is_never_delivered_never_arrives() -> None:
    tips = TipLine(voice=TELL, voice__told="")
    phone(tips, never=("recording", "status")).call().speak(tone(1.0))
    assert tips.paths() == ["/voice", "/voice/told"]


def test_letters_in_threads_arrive_and_their_faults_are_not_lost() -> None:
    tips, _ = _told_twice(threads=True, shuffle=random.Random(1))
    assert len(tips.paths()) == 8
    tips.answers["/voice/status"] = (500, "")
    with pytest.raises(TwilioFault):
        phone(tips, threads=True).call().speak(tone(1.0))


# --- over real HTTP


class _Slow(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/voice":
            time.sleep(0.4)
            return  # the caller is long gone
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(b"<Response><Hangup/></Response>" if "fallback" in self.path else b"<Response/>")

    def log_message(self, format: str, *args: object) -> None:
        return


def test_a_live_line_that_is_slow_or_not_there_is_told_by_number() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    telephone = Telephone("https://tips.example", TOKEN, ACCOUNT, Store(), connect_to=url, strict=False, limit=0.2)
    call = telephone.call()
    assert [fault.number for fault in call.faults] == [11205] and call.ended
    assert ("POST", "https://tips.example/voice/fallback", 200) in call.messenger.seen
    server.shutdown()
    server.server_close()
    call = telephone.call()
    assert call.faults[0].number == 11202
