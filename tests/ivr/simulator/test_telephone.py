"""The telephone obeys TwiML and sends what Twilio sends; tested against small lines that answer by a table."""

import numpy as np
import pytest
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Response

from ivr.simulator.fault import TwilioFault, WrongMoment
from ivr.simulator.sound import silence, tone
from ivr.simulator.store import Store
from ivr.simulator.telephone import WITHHELD
from tests.ivr.simulator.lines import BASE, TOKEN, TipLine, phone, prompt

HANGUP = "<Hangup/>"
ASK = "<Gather numDigits='1' action='/voice/menu?lang=hi&amp;try=1'><Play>/prompts/hi/menu.wav</Play></Gather>"
TELL = (
    "<Record action='voice/told?take=1' maxLength='20' timeout='3' finishOnKey='#' trim='do-not-trim' "
    "recordingStatusCallback='/voice/recording?take=1'/>"
)


def line(**answers: object) -> TipLine:
    made = TipLine(**({"voice": ASK, "voice__menu": HANGUP, "voice__told": HANGUP} | answers))  # type: ignore[arg-type]
    made.answers["/prompts/hi/menu.wav"] = prompt()
    return made


# --- what is sent


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


# --- what is heard


def test_prompts_are_heard_by_name_language_and_length() -> None:
    call = phone(line()).call()
    assert call.names() == ["menu"]
    assert (call.heard[0].kind, call.heard[0].lang, call.heard[0].seconds) == ("play", "hi", 1.0)


def test_words_are_named_by_who_knows_them() -> None:
    class Known:
        def name_of(self, text: str, lang: str) -> str | None:
            return {("नमस्ते जी", "hi"): "greeting"}.get((text, lang))

    tips = line(voice="<Say voice='Polly.Aditi' language='hi-IN'>नमस्ते\n  जी</Say><Say>Hello</Say>")
    assert phone(tips, prompts=Known()).call().names() == ["greeting", '"Hello"']


def test_all_sounds_of_a_question_are_fetched_before_the_first_is_heard() -> None:
    tips = line(voice="<Gather><Play>/prompts/hi/menu.wav</Play><Play>/prompts/hi/gone.wav</Play></Gather>")
    call = phone(tips, strict=False).call()
    assert call.heard == [] and call.ended
    assert [fault.number for fault in call.faults] == [11200]


def test_a_sound_is_fetched_without_anything_of_twilios() -> None:
    tips = line()
    phone(tips).call()
    request = tips.last("/prompts/hi/menu.wav")
    assert request.method == "GET" and not request.args and "X-Twilio-Signature" not in request.headers


def test_a_sound_is_kept_only_when_its_headers_allow_it() -> None:
    tips = line()
    telephone = phone(tips)
    [telephone.call() for _ in range(2)]
    assert len([request for request in tips.asked if request.path.endswith(".wav")]) == 2
    tips.answers["/prompts/hi/menu.wav"] = kept = prompt()
    kept.headers["Cache-Control"] = "public, max-age=3600"
    [telephone.call() for _ in range(2)]
    assert len([request for request in tips.asked if request.path.endswith(".wav")]) == 3


BAD_SOUNDS = [
    (prompt(content_type="application/octet-stream"), 13325),
    (Response(b"RIFF not sound", content_type="audio/wav"), 13420),
    (prompt(seconds=0), 13420),
    (Response("<html>", content_type="text/html"), 13325),
    (Response("", status=404), 11200),
]


@pytest.mark.parametrize(("sound", "number"), BAD_SOUNDS)
def test_a_sound_that_cannot_be_played_ends_the_call(sound: Response, number: int) -> None:
    tips = line()
    tips.answers["/prompts/hi/menu.wav"] = sound
    with pytest.raises(TwilioFault) as caught:
        phone(tips).call()
    assert caught.value.number == number
    call = phone(tips, strict=False).call()
    assert call.ended and tips.paths()[-1] == "/voice/status"


# --- recording


def tell(**more: object) -> TipLine:
    return line(**({"voice": TELL} | more))


def test_a_recording_is_announced_to_the_action_and_then_to_the_callback() -> None:
    store, tips = Store(), tell()
    call = phone(tips, store).call()
    call.speak(tone(4.0))
    assert tips.paths() == ["/voice", "/voice/told", "/voice/recording", "/voice/status"]
    told, ready = tips.last("/voice/told").form, tips.last("/voice/recording").form
    assert (told["Digits"], told["RecordingDuration"], told["RecordingSid"]) == ("#", "4", call.recordings[0])
    assert "From" not in ready and "To" not in ready
    assert (ready["RecordingStatus"], ready["RecordingSource"], ready["ErrorCode"]) == ("completed", "RecordVerb", "0")
    assert store.recordings[call.recordings[0]].wav[:4] == b"RIFF"


def test_hanging_up_while_recording_still_asks_the_action_and_ignores_its_answer() -> None:
    tips = tell(voice__told="<Redirect>/voice/never</Redirect>")
    call = phone(tips).call()
    call.speak(tone(3.0), finish="hangup")
    form = tips.last("/voice/told").form
    assert (form["Digits"], form["CallStatus"]) == ("hangup", "completed")
    assert "/voice/never" not in tips.paths() and call.ended


def test_hanging_up_while_being_asked_sends_only_the_status() -> None:
    tips = line()
    call = phone(tips).call()
    call.hang_up()
    assert tips.paths() == ["/voice", "/voice/status"]


def test_silence_ends_a_recording_and_no_key_is_told() -> None:
    tips = tell()
    phone(tips).call().speak(tone(2.0), finish="silence")
    form = tips.last("/voice/told").form
    assert (form["Digits"], form["RecordingDuration"]) == ("", "5")


def test_a_thinking_pause_longer_than_the_timeout_ends_the_recording_too() -> None:
    store, tips = Store(), tell()
    call = phone(tips, store).call()
    call.speak(np.concatenate([tone(2.0), silence(3.5), tone(6.0)]))
    assert tips.last("/voice/told").form["RecordingDuration"] == "5"
    assert tips.last("/voice/told").form["Digits"] == ""


def test_a_recording_is_cut_at_its_longest() -> None:
    tips = tell()
    phone(tips).call().speak(tone(30.0))
    assert tips.last("/voice/told").form["RecordingDuration"] == "20"


def test_the_end_of_a_recording_may_be_lost_and_silence_may_be_trimmed() -> None:
    store, tips = Store(), tell(voice=TELL.replace("do-not-trim", "trim-silence"))
    call = phone(tips, store, lost_tail=1.0).call()
    call.speak(np.concatenate([silence(2.0), tone(4.0)]))
    assert tips.last("/voice/told").form["RecordingDuration"] == "5"
    assert tips.last("/voice/recording").form["RecordingDuration"] == "3"


def test_a_key_that_does_not_finish_a_recording_changes_nothing() -> None:
    tips = tell()
    call = phone(tips).call()
    call.press("5")
    assert call.recording and call.lost_keys == "5"
    call.press("#")
    form = tips.last("/voice/told").form
    assert (form["Digits"], form["RecordingDuration"]) == ("#", "0")


def test_a_silent_recording_is_kept_or_skipped_or_absent() -> None:
    fall = TELL + "<Redirect>/voice/silence</Redirect>"
    kept = tell()
    phone(kept).call().wait()
    assert kept.last("/voice/told").form["RecordingDuration"] == "3"
    skipped = tell(voice=fall, voice__silence=HANGUP)
    phone(skipped, silent="next verb").call().wait()
    assert skipped.paths() == ["/voice", "/voice/silence", "/voice/status"]
    absent = tell(voice=TELL.replace("/>", " recordingStatusCallbackEvent='completed absent'/>"))
    phone(absent, silent="absent").call().wait()
    assert absent.last("/voice/recording").form["RecordingStatus"] == "absent"
    assert absent.last("/voice/recording").form["ErrorCode"] != "0"


def test_an_absent_recording_is_not_announced_to_who_did_not_subscribe() -> None:
    tips = tell()
    phone(tips, silent="absent").call().wait()
    assert "/voice/recording" not in tips.paths()


def test_speaking_when_nobody_records_is_an_error_of_the_test() -> None:
    call = phone(line()).call()
    with pytest.raises(WrongMoment):
        call.speak(tone(1.0))
    call.hang_up()
    for act in (call.wait, call.hang_up, lambda: call.press("1")):
        with pytest.raises(WrongMoment):
            act()
