"""Reads an answer to a message's webhook as Twilio does: `<Message>`, `<Redirect>`, and what it would warn of. PURE.

Never does: send anything (the handset's company does), or repair a document.
"""

from collections.abc import Callable
from xml.etree import ElementTree

from ivr.simulator.fault import TwilioFault
from ivr.simulator.twiml import METHOD, Verb, loose_text, root_of

LONGEST_TEXT = 1600
MOST_MEDIA = 10
MOST_MESSAGES = 10  # replies to one message


def _anything(value: str) -> bool:
    return True


ATTRIBUTES: dict[str, dict[str, tuple[Callable[[str], bool], int]]] = {
    "Message": {
        "to": (bool, 14101),
        "from": (bool, 14102),
        "action": (_anything, 11100),
        "statusCallback": (_anything, 14105),
        "method": (METHOD, 14104),
    },
    "Redirect": {"method": (METHOD, 14104)},
}


def read_messages(body: bytes, content_type: str) -> tuple[list[Verb], list[TwilioFault]]:
    """The verbs of a document, and what Twilio would warn of. Raises TwilioFault where Twilio fails.

    A Message's `text` is what is sent, its `nested` verbs are its media. What cannot be sent is not among the verbs.
    """
    root = root_of(body, content_type)
    warnings: list[TwilioFault] = []
    if root.attrib:
        warnings.append(TwilioFault(12200, f"Response has no attribute {next(iter(root.attrib))!r}"))
    loose_text(root, warnings)
    verbs = [verb for element in root if (verb := _verb(element, warnings))]
    messages = [verb for verb in verbs if verb.name == "Message"]
    if len(messages) > MOST_MESSAGES:
        warnings.append(TwilioFault(14109, f"{len(messages)} replies to one message; {MOST_MESSAGES} are sent"))
        verbs = [verb for verb in verbs if verb not in messages[MOST_MESSAGES:]]
    return verbs, warnings


def sendable(verb: Verb) -> TwilioFault | None:
    """Why a message cannot be sent, if so."""
    if not verb.text and not verb.nested:
        return TwilioFault(14103, "Message: neither text nor media")
    if len(verb.text) > LONGEST_TEXT:
        return TwilioFault(21617, f"Message: {len(verb.text)} letters are more than {LONGEST_TEXT}")
    if len(verb.nested) > MOST_MEDIA:
        return TwilioFault(21623, f"Message: {len(verb.nested)} media are more than {MOST_MEDIA}")
    return None


def _verb(element: ElementTree.Element, warnings: list[TwilioFault]) -> Verb | None:
    name = element.tag
    if name not in ATTRIBUTES:
        warnings.append(TwilioFault(14110 if name in ("Say", "Play", "Gather", "Record") else 12200,
                                    f"{name!r} is no verb for messages"))  # fmt: skip
        return None
    verb = Verb(name, text="".join(element.itertext()).strip())
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES[name]:
            warnings.append(TwilioFault(12200, f"{name} has no attribute {attribute!r}"))
        elif ATTRIBUTES[name][attribute][0](value):
            verb.attributes[attribute] = value
        else:
            number = ATTRIBUTES[name][attribute][1]
            warnings.append(TwilioFault(number, f"{name}: {attribute}={value!r} is not allowed"))
    if name == "Redirect":
        if not verb.text:
            raise TwilioFault(11100, "Redirect: no URL")
        return verb
    return _message(element, verb, warnings)


def _message(element: ElementTree.Element, verb: Verb, warnings: list[TwilioFault]) -> Verb | None:
    bodies = []
    for child in element:
        text = "".join(child.itertext()).strip()
        if child.tag == "Body":
            bodies.append(text)
        elif child.tag == "Media" and text:
            verb.nested.append(Verb("Media", text=text))
        else:
            warnings.append(TwilioFault(12200, f"Message may not contain {child.tag!r}"))
        if child.attrib:
            warnings.append(TwilioFault(12200, f"{child.tag} has no attribute {next(iter(child.attrib))!r}"))
    if len(element):
        loose_text(element, warnings)
        verb.text = " ".join(bodies)
        if len(bodies) > 1:
            warnings.append(TwilioFault(12200, "Message may contain one Body"))
    fault = sendable(verb)
    if fault:
        warnings.append(fault)
        return None
    return verb
