"""Reads an answer to a webhook as Twilio does, and finds everything Twilio would warn of or fail on. PURE.

Never does: carry a document out (the telephone does), or repair one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from ivr.simulator.fault import NotSimulated, TwilioFault
from ivr.simulator.voices import check_say

TWIML_TYPES = ("text/xml", "application/xml", "text/html")
LARGEST_DOCUMENT = 64 * 1024
KEYS = "0123456789*#"
MOST_SECONDS = 14_400

# Verbs Twilio has and this telephone has not: using one is not an error of TwiML.
OTHER_VERBS = ("Connect", "Dial", "Enqueue", "Leave", "Pay", "Prompt", "Queue", "Refer", "Sms", "Start", "Stop", "Echo")
SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")


@dataclass
class Verb:
    """One element of a document: its attributes as written, its text without surrounding space, what it nests."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    nested: "list[Verb]" = field(default_factory=list)


Check = Callable[[str], bool]


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _whole(least: int, most: int | None = None) -> Check:
    def check(value: str) -> bool:
        return value.isascii() and value.isdigit() and least <= int(value) and (most is None or int(value) <= most)

    return check


def _anything(value: str) -> bool:
    return True


def _events(value: str) -> bool:
    return bool(value.split()) and set(value.split()) <= {"in-progress", "completed", "absent"}


_TRUTH = _one_of("true", "false")
METHOD = _one_of("GET", "POST")

# verb -> attribute -> (what may stand there, the number of the warning or error otherwise)
ATTRIBUTES: dict[str, dict[str, tuple[Check, int]]] = {
    "Say": {"voice": (_anything, 13511), "language": (_anything, 13512), "loop": (_whole(0), 13510)},
    "Play": {"loop": (_whole(0), 13410), "digits": (lambda value: bool(re.fullmatch(r"[0-9*#w]+", value)), 13430)},
    "Pause": {"length": (_whole(1), 13910)},
    "Gather": {
        "input": (_one_of("dtmf", "speech", "dtmf speech", "speech dtmf"), 13326),
        "action": (_anything, 11100),
        "method": (METHOD, 13312),
        "timeout": (_whole(1), 13313),
        "finishOnKey": (lambda value: value == "" or (len(value) == 1 and value in KEYS), 13310),
        "numDigits": (_whole(1), 13314),
        "actionOnEmptyResult": (_TRUTH, 13338),
        "bargeIn": (_TRUTH, 13332),
        "language": (_anything, 13331),
        "hints": (_anything, 13330),
        "profanityFilter": (_TRUTH, 13333),
        "speechTimeout": (lambda value: value == "auto" or _whole(1)(value), 13327),
        "maxSpeechTime": (_whole(1), 13328),
        "speechModel": (_anything, 13334),
        "enhanced": (_TRUTH, 13339),
        "debug": (_TRUTH, 13336),
        "partialResultCallback": (_anything, 11100),
        "partialResultCallbackMethod": (METHOD, 13329),
    },
    "Record": {
        "action": (_anything, 11100),
        "method": (METHOD, 13610),
        "timeout": (_whole(0), 13611),
        "finishOnKey": (lambda value: all(key in KEYS for key in value), 13613),
        "maxLength": (_whole(1, MOST_SECONDS), 13612),
        "playBeep": (_TRUTH, 13616),
        "trim": (_one_of("trim-silence", "do-not-trim"), 13699),
        "recordingStatusCallback": (_anything, 11100),
        "recordingStatusCallbackMethod": (METHOD, 13610),
        "recordingStatusCallbackEvent": (_events, 13621),
        "recordingTrack": (_one_of("inbound", "outbound", "both"), 13622),
        "transcribe": (_TRUTH, 13614),
        "transcribeCallback": (_anything, 11100),
    },
    "Redirect": {"method": (METHOD, 13710)},
    "Hangup": {},
    "Reject": {"reason": (_one_of("rejected", "busy"), 13810)},
}
NESTED_IN_GATHER = ("Say", "Play", "Pause")
_MAY_HAVE_TEXT = ("Say", "Play", "Redirect")


def read_document(body: bytes, content_type: str) -> tuple[list[Verb], list[TwilioFault]]:
    """The verbs of a document and what Twilio would warn of, in order. Raises TwilioFault where Twilio fails."""
    root = root_of(body, content_type)
    warnings: list[TwilioFault] = []
    if root.attrib:
        warnings.append(TwilioFault(12200, f"Response has no attribute {next(iter(root.attrib))!r}"))
    loose_text(root, warnings)
    verbs = []
    for element in root:
        verb = _verb(element, "Response", warnings)
        if verb:
            verbs.append(verb)
    return verbs, warnings


def root_of(body: bytes, content_type: str) -> ElementTree.Element:
    """The `<Response>` of a document. Raises TwilioFault where Twilio fails."""
    kind, _, rest = content_type.partition(";")
    if kind.strip().lower() not in TWIML_TYPES:
        raise TwilioFault(12300, f"Content-Type {content_type!r} is not TwiML")
    if not body:
        raise TwilioFault(11770, "the answer is empty")
    if len(body) > LARGEST_DOCUMENT:
        raise TwilioFault(11750, f"{len(body)} bytes are more than 64 kB")
    if body[:1] in b" \t\r\n" or body.startswith(b"\xef\xbb\xbf"):
        raise TwilioFault(12100, "something stands before <?xml")
    charset = re.search(r"charset=\"?([\w-]+)", rest, re.IGNORECASE)
    try:
        text = body.decode(charset[1] if charset else "utf-8")
        if "<!DOCTYPE" in text:
            raise TwilioFault(12100, "a document type is declared")
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, LookupError, UnicodeDecodeError) as fault:
        raise TwilioFault(12100, f"not XML: {fault}") from None
    if root.tag != "Response":
        raise TwilioFault(12102, f"the root element is {root.tag}, not Response")
    return root


def _verb(element: ElementTree.Element, parent: str, warnings: list[TwilioFault]) -> Verb | None:
    name = element.tag
    if name not in ATTRIBUTES:
        if name in OTHER_VERBS:
            raise NotSimulated(f"<{name}> is TwiML, but this telephone cannot do it")
        number = 13320 if parent == "Gather" else 12200
        warnings.append(TwilioFault(number, f"{name!r} is no verb in {parent}"))
        return None
    if parent == "Gather" and name not in NESTED_IN_GATHER:
        warnings.append(TwilioFault(13320, f"Gather: {name} may not be nested"))
        return None
    verb = Verb(name, text="".join(element.itertext()).strip())
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES[name]:
            warnings.append(TwilioFault(12200, f"{name} has no attribute {attribute!r}"))
            continue
        allowed, number = ATTRIBUTES[name][attribute]
        if allowed(value):
            verb.attributes[attribute] = value
            continue
        number = 13322 if (parent, name, attribute) == ("Gather", "Say", "loop") else number
        fault = TwilioFault(number, f"{name}: {attribute}={value!r} is not allowed")
        if number in (13338, 13621):  # errors in Twilio's dictionary, not warnings
            raise fault
        warnings.append(fault)
    _content(element, verb, parent, warnings)
    return verb


def _content(element: ElementTree.Element, verb: Verb, parent: str, warnings: list[TwilioFault]) -> None:
    if verb.name not in _MAY_HAVE_TEXT:
        loose_text(element, warnings)
    if verb.name == "Gather":
        verb.nested = [nested for child in element if (nested := _verb(child, "Gather", warnings))]
        if "speech" in verb.attributes.get("input", "dtmf"):
            raise NotSimulated("Gather: this telephone cannot recognise speech")
        return
    for child in element:
        if verb.name != "Say" or child.tag not in SSML:
            warnings.append(TwilioFault(12200, f"{verb.name} may not contain {child.tag!r}"))
    if verb.name == "Say":
        voice, language = verb.attributes.get("voice", "man"), verb.attributes.get("language")
        try:
            check_say(verb.text, voice, language, voice_fault=13321 if parent == "Gather" else 13511)
        except TwilioFault as fault:
            warnings.append(fault)
    elif verb.name == "Redirect" and not verb.text:
        raise TwilioFault(11100, "Redirect: no URL")
    elif verb.name == "Play" and not verb.text and "digits" not in element.attrib:
        raise TwilioFault(11100, "Play: no URL")


def loose_text(element: ElementTree.Element, warnings: list[TwilioFault]) -> None:
    """Warn of text where none may stand."""
    texts = [element.text or "", *(child.tail or "" for child in element)]
    if any(text.strip() for text in texts):
        warnings.append(TwilioFault(12200, f"{element.tag} may not contain text"))
