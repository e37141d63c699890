"""Who may post to the voice webhooks, and what a body may be: nothing unsigned is read, nothing missing loses a tip."""

import io

import pytest
from flask import Flask
from sqlmodel import select
from twilio.request_validator import RequestValidator

from ivr.parts import Parts
from ivr.signatures import Signatures
from models.tables import Contact
from settings import Settings
from tests.ivr.kept import copies, spoken, tips
from tests.ivr.posting import TOKEN, Poster, a_call, a_recording


@pytest.mark.parametrize(
    "path", ["/voice", "/voice/told?take=1", "/voice/status", "/voice/recording", "/voice/fallback"]
)
@pytest.mark.parametrize("signature", ["(absent)", "", "bm9wZQ==", "é"])
def test_without_the_right_signature_nothing_is_read(caller: Poster, parts: Parts, path: str, signature: str) -> None:
    signature = signature.encode().decode("latin-1")
    answer = caller.post(path, signature=signature, RecordingSid=a_recording(), RecordingDuration="9", Digits="#")
    assert answer.status_code == 403 and tips(parts) == []


def test_another_address_or_a_changed_value_spoils_the_signature(caller: Poster, settings: Settings) -> None:
    right = caller._signs.compute_signature(f"{settings.public_url}/voice/main?lang=hi", caller.form(Digits="1"))
    assert caller.post("/voice/main?lang=hi", signature=right, Digits="1").status_code == 200
    assert caller.post("/voice/main?lang=en", signature=right, Digits="1").status_code == 403
    assert caller.post("/voice/main?lang=hi", signature=right, Digits="2").status_code == 403


def test_the_standard_port_may_be_signed_or_not(caller: Poster) -> None:
    signed = caller._signs.compute_signature("https://hotline.example:443/voice", caller.form())
    assert caller.post("/voice", signature=signed).status_code == 200


def test_empty_doubled_untrimmed_and_unknown_parameters_do_not_break_the_signature(app: Flask, caller: Poster) -> None:
    from urllib.parse import urlencode

    pairs = [*caller.form(Body="  x \u000c ", Fresh="नया").items(), ("Fresh", "b"), ("Fresh", "a"), ("Fresh", "a")]
    from werkzeug.datastructures import MultiDict

    signed = caller._signs.compute_signature("https://hotline.example/voice", MultiDict(pairs))
    answer = app.test_client().post(
        "/voice", data=urlencode(pairs), content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signed},
    )  # fmt: skip
    assert answer.status_code == 200


@pytest.mark.parametrize("missing", ["CallSid", "From", "CallStatus", "RecordingDuration", "RecordingUrl", "Direction"])
def test_missing_parameters_never_lose_a_recording(caller: Poster, parts: Parts, missing: str) -> None:
    form = {"RecordingSid": a_recording(), "RecordingDuration": "9", "Digits": "hangup", missing: "(absent)"}
    answer = caller.post("/voice/told?take=1&lang=xx&turn=-4&tries=many", **form)
    assert answer.status_code == 200
    (tip,) = tips(parts)
    assert tip.status == "received" and ("recording", 1) in copies(parts)


def test_the_provider_may_leave_out_any_port(app: Flask, settings: Settings) -> None:
    for base, signed in (
        ("http://127.0.0.1:18900", "http://127.0.0.1/voice"),
        ("http://127.0.0.1:18900", "http://127.0.0.1:18900/voice"),
        ("https://tips.example:8443", "https://tips.example/voice"),
        ("http://[::1]:8000", "http://[::1]/voice"),
    ):
        signatures = Signatures(settings.model_copy(update={"public_url": base}))
        right = RequestValidator(TOKEN).compute_signature(signed, {"CallSid": a_call()})
        assert signatures.valid(right, "/voice", "", [("CallSid", a_call())])
        other = RequestValidator(TOKEN).compute_signature("http://elsewhere.example/voice", {"CallSid": a_call()})
        assert not signatures.valid(other, "/voice", "", [("CallSid", a_call())])


def test_a_recording_whose_length_nobody_tells_counts_as_told(caller: Poster, parts: Parts) -> None:
    for length in ("(absent)", "", "?"):
        answer = caller.post(
            "/voice/told?take=1&turn=2", RecordingSid=a_recording(), RecordingDuration=length, Digits="#"
        )
        assert spoken(parts, "review") in answer.text and "<Record" not in answer.text
    assert ("recording", 1) in copies(parts)


@pytest.mark.parametrize(
    ("seconds", "keys", "said"), [(9, "", "not_heard"), (10, "", "not_heard"), (11, "", "review"), (9, "#", "review")]
)
def test_what_silence_ended_as_soon_as_it_could_was_not_heard_but_is_kept(
    caller: Poster, parts: Parts, seconds: int, keys: str, said: str
) -> None:
    assert spoken(parts, said) in caller.told(seconds=seconds, keys=keys).text
    assert ("recording", 1) in copies(parts) and tips(parts)[0].status == "telling"


def test_a_withheld_number_gets_a_code_and_leaves_no_contact(app: Flask, settings: Settings, parts: Parts) -> None:
    caller = Poster(app, settings, a_call(), number="+266696687")
    caller.told()
    caller.answer("follow_up", "1")
    with parts.db.reading() as session:
        assert session.exec(select(Contact)).all() == []
    # No answer can come: nobody is to be told that one is waited for.
    assert tips(parts)[0].follow_up is False and tips(parts)[0].code_hash


def test_an_unsigned_or_endless_body_is_not_read(app: Flask, caller: Poster) -> None:
    for headers in ({}, {"X-Twilio-Signature": "bm9wZQ=="}):
        body = io.BytesIO(b"x" * 5_000_000)
        answer = app.test_client().post(
            "/voice", input_stream=body, headers=headers, environ_overrides={"wsgi.input_terminated": True}
        )
        assert answer.status_code == 403
        assert body.closed or body.tell() < 200_000
