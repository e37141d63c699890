"""What must be nowhere, in every form it could have been written down, and the search through every byte that is left.

Never does: look into what is sealed; that is what sealing is for.
"""

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, quote_plus

from ahocorasick_rs import BytesAhoCorasick

from tests.journeys.installation import Installation
from workers import embedded
from workers.queues import connect

MUST_REACH = frozenset({"hotline.db", "media", "queue", "work.log", "schedule.log"})


def every_form(number: str) -> set[bytes]:
    """How a number could have been written down somewhere."""
    digits = re.sub(r"\D", "", number)[-10:]
    spaced = f"{digits[:5]} {digits[5:]}"
    pairs = " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    devanagari = digits.translate({ord(str(n)): chr(0x966 + n) for n in range(10)})
    forms = {
        digits, f"+91{digits}", f"91{digits}", quote(f"+91{digits}"), spaced, quote(spaced), spaced.replace(" ", "+"),
        spaced.replace(" ", "-"), pairs, devanagari, digits[::-1],
    }  # fmt: skip
    return {form.encode() for form in forms} | {form.encode("utf-16-le") for form in forms}


def spoken_forms(digits: str) -> set[bytes]:
    """The same number in words, as a transcript would hold it (plain, and as JSON escapes it)."""
    hindi = dict(zip("0123456789", "शून्य एक दो तीन चार पाँच छह सात आठ नौ".split(), strict=True))
    english = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))
    found = set()
    for words in (hindi, english):
        for at in range(len(digits) - 3):
            run = " ".join(words[digit] for digit in digits[at : at + 4])
            found |= {run.encode(), json.dumps(run).strip('"').encode()}
    return found


def word_forms(word: str) -> set[bytes]:
    """A name or another mark: plain, in an address, in JSON, in UTF-16, and in base64 at each of its offsets."""
    plain = word.encode()
    coded = {base64.b64encode(b"\0" * at + plain)[4 if at else 0 : -4] for at in range(3)}
    written = {word, word.upper(), word.lower(), quote(word), quote_plus(word), json.dumps(word).strip('"')}
    return {one.encode() for one in written} | {word.encode("utf-16-le")} | {one for one in coded if len(one) >= 8}


def everything_left(hotline: Installation, folder: Path) -> dict[str, bytes]:
    """Every byte of an installation: the queue server's memory, then, all processes stopped, every file."""
    with connect(embedded.url(hotline.settings)) as client:
        live = b"\n".join(repr(client.dump(key)).encode() + key for key in client.keys("*"))
    for process in list(hotline.processes):
        hotline.stop(process)
    hotline.parts.db.dispose()
    left = {"redis, live": live}
    left |= {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    kinds = {Path(name).parts[1] if "/" in name else name for name in left}
    assert kinds >= MUST_REACH, "the search must reach all of them"
    return left


def hits(left: dict[str, bytes], canaries: dict[bytes, str]) -> set[tuple[str, str]]:
    """Which canary was found where."""
    forms = list(canaries)
    search = BytesAhoCorasick(forms)
    return {
        (name, canaries[forms[which]])
        for name, data in left.items()
        for which, _, _ in search.find_matches_as_indexes(data, overlapping=True)
    }


def all_forms(numbers: Iterable[str] = (), words: Iterable[str] = ()) -> dict[bytes, str]:
    """Every form of these, and what each is a form of."""
    found = {form: number for number in numbers for form in every_form(number)}
    return found | {form: word for word in words for form in word_forms(word)}
