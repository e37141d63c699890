"""The telephone sends what Twilio sends, from ringing to the last key; tested against lines that answer by a table."""

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Response

from ivr.simulator.telephone import WITHHELD
from tests.ivr.simulator.lines import ASK, BASE, HANGUP, TOKEN, line, phone


def test_every_webhook_is_signed_over_all_parameters_empty_ones_included() -> None:
    tips = line()
    call = phone(tips).call()
    call.press("1")
    posts = [request for request in tips.asked if request.method == "POST"]
    assert [request.path for request in posts] == ["/voice", "/voice/menu", "/voice/status"]
    for request in posts:
        signed = BASE + request.full_path.rstrip("?")
        assert RequestValidator(TOKEN).validate(signed, request.form, request.headers["X-Twilio-Signature"])
        assert request.form["FromCity"] == ""
        assert request.form["CallSid"] == call.sid
        assert request.headers["User-Agent"] == "TwilioProxy/1.1"
        assert len(request.headers["I-Twilio-Idempotency-Token"]) == 32


def test_the_call_rings_is_in_progress_and_is_completed() -> None:
    tips = line()
    phone(tips).call().press("1")
    statuses = [request.form["CallStatus"] for request in tips.asked if request.method == "POST"]
    assert statuses == ["ringing", "in-progress", "completed"]


def test_a_pause_or_a_redirect_does_not_answer_the_call_yet() -> None:
    tips = line(voice="<Pause/><Redirect>/voice/menu</Redirect>")
    phone(tips).call()
    assert tips.last("/voice/menu").form["CallStatus"] == "ringing"


def test_digits_come_without_the_finish_key() -> None:
    tips = line(voice="<Gather action='/voice/menu'/>")
    phone(tips).call().press("208021#")
    form = tips.last("/voice/menu").form
    assert (form["Digits"], form["FinishedOnKey"], form["msg"]) == ("208021", "#", "Gather End")


def test_enough_digits_finish_and_the_query_of_the_action_is_kept() -> None:
    tips = line()
    call = phone(tips).call()
    call.press("17")
    request = tips.last("/voice/menu")
    assert request.form["Digits"] == "1"
    assert request.query_string == b"lang=hi&try=1"
    assert call.lost_keys == "7"


def test_keys_that_come_too_quickly_are_lost_between_two_questions() -> None:
    tips = line(voice__menu="<Gather numDigits='1' action='/voice/second'/>")
    call = phone(tips).call()
    call.press("12")
    assert tips.paths() == ["/voice", "/voice/menu"]
    assert (call.lost_keys, call.digits) == ("2", "")


def test_silence_after_some_digits_sends_them() -> None:
    tips = line(voice="<Gather timeout='9' action='/voice/menu'/>")
    call = phone(tips).call()
    call.press("48")
    assert tips.last("/voice/menu").form["Digits"] == "48"
    assert call.seconds >= 9


def test_keys_pressed_one_by_one_wait_for_the_next() -> None:
    tips = line(voice="<Gather action='/voice/menu' numDigits='2'/>")
    call = phone(tips).call()
    call.key("4")
    assert not call.ended and call.digits == "4"
    call.key("2")
    assert tips.last("/voice/menu").form["Digits"] == "42"


@pytest.mark.parametrize("keys", ["", "#"])
def test_no_digits_ask_nothing_and_the_next_verb_follows(keys: str) -> None:
    tips = line(voice="<Gather action='/voice/menu'/><Redirect>/voice/silence</Redirect>", voice__silence=HANGUP)
    call = phone(tips).call()
    call.press(keys) if keys else call.wait()
    assert tips.paths() == ["/voice", "/voice/silence", "/voice/status"]


def test_action_on_empty_result_asks_with_empty_or_absent_digits() -> None:
    tips = line(voice="<Gather action='/voice/menu' actionOnEmptyResult='true'/>")
    phone(tips).call().wait()
    assert tips.last("/voice/menu").form["Digits"] == ""
    phone(tips, empty_digits="absent").call().press("#")
    assert "Digits" not in tips.last("/voice/menu").form


def test_an_empty_finish_key_takes_all_keys() -> None:
    tips = line(voice="<Gather finishOnKey='' numDigits='3' action='/voice/menu'/>")
    phone(tips).call().press("#*1")
    assert tips.last("/voice/menu").form["Digits"] == "#*1"


def test_star_is_a_digit() -> None:
    tips = line()
    phone(tips).call().press("*")
    assert tips.last("/voice/menu").form["Digits"] == "*"


def test_a_gather_without_action_asks_the_same_address_again() -> None:
    tips = line(voice="<Gather numDigits='1'/>")
    call = phone(tips).call()
    call.press("5")
    assert tips.paths() == ["/voice", "/voice"]
    assert not call.ended


def test_a_withheld_number_is_the_word_anonymous_on_a_keypad() -> None:
    tips = line()
    phone(tips).call(withheld=True)
    assert tips.asked[0].form["From"] == WITHHELD
    assert tips.asked[0].form["FromCountry"] == "LS"


def test_get_actions_carry_the_parameters_in_a_signed_query() -> None:
    tips = line(voice="<Gather numDigits='1' method='GET' action='/voice/menu?a=1'/>")
    phone(tips).call().press("3")
    request = tips.last("/voice/menu")
    assert request.method == "GET" and request.args["Digits"] == "3" and request.args["a"] == "1"
    assert RequestValidator(TOKEN).validate(BASE + request.full_path, {}, request.headers["X-Twilio-Signature"])


def test_cookies_live_as_long_as_the_call() -> None:
    answer = Response(f"<Response>{ASK}</Response>", content_type="text/xml")
    answer.set_cookie("turn", "1")
    tips = line(voice=answer)
    telephone = phone(tips)
    telephone.call().press("1")
    assert tips.last("/voice/menu").cookies["turn"] == "1"
    telephone.call()
    assert "turn" not in tips.last("/voice").cookies
