"""The telephone's judgement of documents: everything Twilio would warn of or fail on, by its number."""

import pytest

from ivr.simulator.fault import NotSimulated, TwilioFault
from ivr.simulator.twiml import read_document
from ivr.simulator.voices import VOICES

XML = "text/xml; charset=utf-8"
HINDI = "नशा " * 160  # 639 letters; URL-encoded more than 4500

BAD_BODIES = [
    (b"", XML, 11770),
    (b"<Response/>", "application/json", 12300),
    (b"<Response/>", "", 12300),
    (b"<Response>" + b" " * 65536 + b"</Response>", XML, 11750),
    (b"\n<?xml version='1.0'?><Response/>", XML, 12100),
    (b" <Response/>", XML, 12100),
    (b"\xef\xbb\xbf<Response/>", XML, 12100),
    (b"<Response>", XML, 12100),
    (b"<Response><Say>\x0c</Say></Response>", XML, 12100),
    (b"<Response><Say>a & b</Say></Response>", XML, 12100),
    (b"<Response><Say>\xff</Say></Response>", XML, 12100),
    (b"<!DOCTYPE Response><Response/>", XML, 12100),
    (b"<response/>", XML, 12102),
    (b"<html/>", XML, 12102),
]

BAD_VERBS = [
    ("<say voice='Polly.Aditi' language='hi-IN'>x</say>", 12200),
    ("<Speak/>", 12200),
    ("hello", 12200),
    ("<Hangup>now</Hangup>", 12200),
    ("<Hangup reason='x'/>", 12200),
    ("<Pause Length='2'/>", 12200),
    ("<Say voice='Polly.Aditi' language='hi-IN'>x<b/></Say>", 12200),
    ("<Record><Say>x</Say></Record>", 12200),
    ("<Gather><Record/></Gather>", 13320),
    ("<Gather><Gather/></Gather>", 13320),
    ("<Gather><Redirect>/x</Redirect></Gather>", 13320),
    ("<Gather>words</Gather>", 12200),
    ("<Gather finishOnKey='##'/>", 13310),
    ("<Gather finishOnKey='A'/>", 13310),
    ("<Gather method='post'/>", 13312),
    ("<Gather timeout='0'/>", 13313),
    ("<Gather timeout='soon'/>", 13313),
    ("<Gather timeout='2.5'/>", 13313),
    ("<Gather numDigits='0'/>", 13314),
    ("<Gather numDigits='-1'/>", 13314),
    ("<Gather input='keys'/>", 13326),
    ("<Gather bargeIn='yes'/>", 13332),
    ("<Gather actionOnEmptyResult='True'/>", 13338),
    ("<Gather><Say voice='Nobody' language='hi-IN'>x</Say></Gather>", 13321),
    ("<Gather><Say voice='Polly.Aditi' language='hi-IN' loop='x'>x</Say></Gather>", 13322),
    ("<Play loop='-1'>/a.wav</Play>", 13410),
    ("<Play digits='1a'/>", 13430),
    ("<Play/>", 11100),
    ("<Say voice='Polly.Aditi' language='hi-IN' loop='two'>x</Say>", 13510),
    ("<Say voice='Polly.Nobody' language='hi-IN'>x</Say>", 13511),
    ("<Say language='hi-IN'>x</Say>", 13511),
    ("<Say voice='woman' language='hi-IN'>x</Say>", 13511),
    ("<Say voice='Polly.Raveena' language='hi-IN'>x</Say>", 13511),
    ("<Say voice='Google.en-IN-Wavenet-A' language='hi-IN'>x</Say>", 13511),
    ("<Say voice='Polly.Aditi' language='hi'>x</Say>", 13512),
    ("<Say voice='Polly.Aditi' language='hi_IN'>x</Say>", 13512),
    ("<Say voice='Polly.Aditi' language='hi-IN'> </Say>", 13520),
    (f"<Say voice='Polly.Aditi' language='hi-IN'>{HINDI}</Say>", 13521),
    ("<Say voice='Polly.Aditi' language='en-IN'>" + "a" * 3001 + "</Say>", 13521),
    ("<Say>" + "a" * 4097 + "</Say>", 13521),
    ("<Record method='PUT'/>", 13610),
    ("<Record timeout='-1'/>", 13611),
    ("<Record maxLength='0'/>", 13612),
    ("<Record maxLength='99999'/>", 13612),
    ("<Record finishOnKey='#x'/>", 13613),
    ("<Record transcribe='yes'/>", 13614),
    ("<Record playBeep='1'/>", 13616),
    ("<Record recordingStatusCallbackEvent='done'/>", 13621),
    ("<Record recordingStatusCallbackEvent='completed,absent'/>", 13621),
    ("<Record trim='no'/>", 13699),
    ("<Redirect method='DELETE'>/x</Redirect>", 13710),
    ("<Redirect/>", 11100),
    ("<Reject reason='tired'/>", 13810),
    ("<Pause length='0'/>", 13910),
]

GOOD_VERBS = [
    "",
    "<Say voice='Polly.Aditi' language='hi-IN'>नमस्ते, हिंदी के लिए एक दबाइए।</Say>",
    "<Say voice='Polly.Kajal-Neural' language='en-IN'>For English, <break time='1s'/> press two.</Say>",
    "<Say voice='Google.hi-IN-Wavenet-A' language='hi-IN'>नमस्ते</Say>",
    "<Gather finishOnKey='' numDigits='6' timeout='8' actionOnEmptyResult='true' action='/x?a=1&amp;b=2'>"
    "<Play loop='0'>/a.wav</Play><Pause length='1'/><Say>hello</Say></Gather>",
    "<Record timeout='0' maxLength='180' finishOnKey='#' trim='do-not-trim' playBeep='true' action='/x' "
    "recordingStatusCallback='/y' recordingStatusCallbackEvent='completed absent'/>",
    "<!-- a comment --><Pause/><Hangup/>",
    "<Redirect method='GET'>/next</Redirect>",
    "<Reject reason='busy'/>",
    "<Play digits='ww1'/>",
]


@pytest.mark.parametrize(("body", "content_type", "number"), BAD_BODIES)
def test_a_body_that_twilio_cannot_use_is_refused_by_number(body: bytes, content_type: str, number: int) -> None:
    with pytest.raises(TwilioFault) as caught:
        read_document(body, content_type)
    assert caught.value.number == number


@pytest.mark.parametrize(("verbs", "number"), BAD_VERBS)
def test_each_bad_verb_is_told_once_by_number(verbs: str, number: int) -> None:
    try:
        _, warnings = read_document(f"<Response>{verbs}</Response>".encode(), XML)
    except TwilioFault as fault:
        warnings = [fault]
    assert [warning.number for warning in warnings] == [number]


@pytest.mark.parametrize("verbs", GOOD_VERBS)
def test_good_documents_are_accepted_without_a_warning(verbs: str) -> None:
    for content_type in ("text/xml", "application/xml; charset=UTF-8", "text/html"):
        _, warnings = read_document(f"<Response>{verbs}</Response>".encode(), content_type)
        assert warnings == []


def test_a_response_with_an_attribute_is_warned_of() -> None:
    _, warnings = read_document(b"<Response version='2'/>", XML)
    assert [warning.number for warning in warnings] == [12200]


def test_values_that_are_warned_of_are_not_used() -> None:
    verbs, _ = read_document(b"<Response><Gather timeout='0' numDigits='2'/></Response>", XML)
    assert verbs[0].attributes == {"numDigits": "2"}


def test_verbs_beyond_this_telephone_are_not_called_wrong() -> None:
    for verbs in ("<Dial>+911</Dial>", "<Gather input='speech'/>"):
        with pytest.raises(NotSimulated):
            read_document(f"<Response>{verbs}</Response>".encode(), XML)


def test_every_voice_speaks_at_least_one_language() -> None:
    assert all(VOICES.values())
    assert "hi-IN" in VOICES["Polly.Aditi"]
