"""Webhooks have a short lane through Flask: nobody is let in by it whom Flask would keep out, nothing else changes."""

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from ivr.app import DOORS
from ivr.guards import MAX_FORM_BYTES, signed_by_twilio
from ivr.lane import Hotline, Knock, Nothing, Twiml
from ivr.parts import Parts
from ivr.signatures import parse_form
from tests.ivr.posting import TOKEN, Poster


def webhooks(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint.startswith(("calls.", "messages.")):
            yield rule.rule.replace("<step>", "main")


def test_every_webhook_takes_the_lane_and_meets_its_guard_there(app: Flask) -> None:
    assert isinstance(app, Hotline) and [guard for _, guard in DOORS[:2]] == [signed_by_twilio] * 2
    for path in webhooks(app):
        knock = app.request_context({"REQUEST_METHOD": "POST", "PATH_INFO": path}).request
        assert isinstance(knock, Knock) and signed_by_twilio in knock.hooks, path
        assert app.test_client().post(path).status_code == 403


@pytest.mark.parametrize("method, path", [
    ("GET", "/voice"), ("POST", "/healthz"), ("POST", "/console/sign-in"), ("POST", "/voice//main"),
    ("POST", "/voice/a/b"), ("POST", "/nowhere"), ("POST", ""), ("POST", "/voice/\xe0\xa4\xa8"),
])  # fmt: skip
def test_nothing_else_does(app: Flask, method: str, path: str) -> None:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "hotline.example", "wsgi.url_scheme": "https"}
    assert not isinstance(app.request_context(environ).request, Knock)


def test_a_slash_at_the_end_costs_no_redirect(caller: Poster) -> None:
    assert caller.post("/voice/").status_code == 200


def test_a_failing_view_is_answered_as_everywhere(app: Flask, caller: Poster, parts: Parts) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("out of order")

    parts.intake.take_turn = fail  # type: ignore[method-assign, assignment]
    answer = caller.post("/voice/main", Digits="1")
    assert answer.status_code == 500 and answer.mimetype == "text/plain"


# --- the body of a form


def knock(app: Flask, body: bytes, announced: str | None, stream: Any = None) -> int:
    path = "/voice/main?lang=en"
    form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    signed = RequestValidator(TOKEN).compute_signature(f"https://hotline.example{path}", form)
    environ = {
        "CONTENT_LENGTH": announced, "wsgi.input": stream or io.BytesIO(body), "wsgi.input_terminated": True,
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_X_TWILIO_SIGNATURE": signed,
    }  # fmt: skip
    if announced is None:
        del environ["CONTENT_LENGTH"]
    return app.test_client().post(path, environ_overrides=environ).status_code


BODY = urlencode({"CallSid": "CA" + "0" * 32, "Digits": "1"}).encode()


def test_a_form_may_come_whole_or_in_chunks(app: Flask) -> None:
    assert knock(app, BODY, str(len(BODY))) == 200
    assert knock(app, BODY, None) == 200


@pytest.mark.parametrize("announced", [str(len(BODY) + 1), str(len(BODY) - 1), "-1", "many", "", "9" * 5000])
def test_a_form_that_is_not_as_long_as_it_says_is_refused(app: Flask, announced: str) -> None:
    if announced == "":  # as if nothing were said: it is all there
        assert knock(app, BODY, announced) == 200
    else:
        assert knock(app, BODY, announced) == 403


def test_a_form_that_is_too_long_is_not_read(app: Flask) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.taken += len(buffer)
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    for announced in (str(10**9), None):
        stream = Endless()
        assert knock(app, BODY, announced, stream) == 403
        assert stream.taken <= 2 * MAX_FORM_BYTES


@pytest.mark.parametrize("text", [
    "", "&&", "a", "a=", "=b", "a=b=c", "a=1&a=2&b", "From=%2B9198&Body=%E0%A4%A8+%3D+x%26y", "a%3Db=c", "a%3db=c",
    "a=100%25&b=%zz&c=%", "a+b=c+d", "a=%2526&b=%253D", "Url=https%3A%2F%2Fapi.example%2Fx%3Fa%3D1",
])  # fmt: skip
def test_a_form_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert parse_form(text) == parse_qsl(text, keep_blank_values=True)


def test_a_form_that_is_no_text_is_refused() -> None:
    for text in ("a=%ff", "a=%ff&b=%26", "a=%E0&b=%A4%A8"):
        with pytest.raises(ValueError):
            parse_form(text)


# --- the answer


def test_an_answer_is_sent_as_a_response_would_be(app: Flask) -> None:
    with app.test_request_context():
        quick, slow = Twiml("<Response>नमस्ते</Response>"), Response("<Response>नमस्ते</Response>", mimetype="text/xml")
        assert sent(quick) == sent(slow)
        assert quick.get_data() == slow.get_data() and quick.mimetype == "text/xml" and quick.status_code == 200


def test_where_there_is_nothing_to_say_nothing_is_sent(app: Flask) -> None:
    with app.test_request_context():
        quick, slow = Nothing(), Response(status=204)
        assert sent(quick) == ("204 NO CONTENT", [], b"")
        quick.headers["X-Mark"] = slow.headers["X-Mark"] = "1"
        assert sent(quick)[0] == sent(slow)[0] and ("X-Mark", "1") in sent(quick)[1]
        assert quick.status_code == 204 and quick.get_data() == b""


def test_an_answer_that_somebody_changes_is_sent_changed(app: Flask) -> None:
    with app.test_request_context():
        marked, other = Twiml("<Response/>"), Twiml("<Response/>")
        marked.headers["X-Mark"] = "1"
        other.set_data("<Response></Response>")
        assert ("X-Mark", "1") in sent(marked)[1] and sent(other)[2] == b"<Response></Response>"
        assert "X-Mark" not in dict(sent(Twiml("<Response/>"))[1])


def sent(response: Response) -> tuple[str, list[tuple[str, str]], bytes]:
    heads: list[Any] = []
    body = b"".join(response(request.environ, lambda *head: heads.append(head)))  # type: ignore[arg-type, return-value]
    return heads[0][0], sorted(heads[0][1]), body
