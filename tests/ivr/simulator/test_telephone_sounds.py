"""What is heard on the telephone: prompts and words by name, and sounds as Twilio fetches, keeps and refuses them."""

import pytest
from werkzeug.wrappers import Response

from ivr.simulator.fault import TwilioFault
from tests.ivr.simulator.lines import line, phone, prompt


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
