"""What stands in a story when somebody writes: `(texts) words`, `(whatsapp photo street.jpg) words`, ...

Never does: know stories' other lines, or wait for anything.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ivr.simulator.chat import Enclosure, Pin
from ivr.simulator.handset import Channel, Handset

_WRITES = re.compile(
    r"\((?P<channel>texts|whatsapp)"
    r"(?: (?P<kind>photo|voice|contact|file) (?P<name>[\w.-]+)| location (?P<lat>[\d.]+),(?P<lon>[\d.]+))?\)"
    r"(?: (?P<words>.+))?"
)
_CODE = re.compile(r"(?<!\d)(\d{4}) ?(\d{4})(?!\d)")


@dataclass(frozen=True)
class Written:
    """One message of a story. `words` may hold {code} and {wrong code}."""

    channel: Channel
    words: str = ""
    kind: str = ""
    name: str = ""
    pin: Pin | None = None


def read_written(action: str) -> Written | None:
    """The message that a line describes, if it describes one."""
    found = _WRITES.fullmatch(action)
    if found is None:
        return None
    pin = Pin(float(found["lat"]), float(found["lon"])) if found["lat"] else None
    if not (found["words"] or found["kind"] or pin):
        return None
    channel: Channel = "sms" if found["channel"] == "texts" else "whatsapp"
    return Written(channel, found["words"] or "", found["kind"] or "", found["name"] or "", pin)


def write(handset: Handset, written: Written, code: str, enclosure: Callable[[str, str], Enclosure]) -> None:
    """Send it; what comes back is in the handset."""
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10) if code else ""
    words = written.words.replace("{code}", code).replace("{wrong code}", wrong)
    files = [enclosure(written.kind, written.name)] if written.kind else []
    handset.send(words, *files, pin=written.pin)


def code_read(handset: Handset) -> str:
    """The reference code as the informant could have noted it: the last eight digits received."""
    for bubble in reversed(handset.thread):
        if found := _CODE.search(bubble.text):
            return found[1] + found[2]
    return ""
