"""What a message means to the dialogue: the interpreter's reading, and the phrases by which people answer and steer.

Never does: decide what is answered (dialogue.typed does), or keep a text.
"""

import re
from collections.abc import Mapping

from interpret import Reading
from interpret.book import Book, Hits, Words, words_of
from ivr.channels.prompts import LANGUAGES
from ivr.channels.text import Incoming
from ivr.channels.texts import ASIDES
from ivr.dialogue.typed_turn import DONE, EMPTY, MACHINE, Read

# What only wants something. Longer than LONG words it may tell something besides, and is kept.
_WISHES = frozenset({"greeting", "start", "start_again", "help", "menu", "language", "stop", *ASIDES})
_ABOUT_A_CODE = {"attach": 3, "status": 8}  # words beside the code up to which nothing is told
LONG = 8
SWITCH_WORDS = 4  # words up to which a guessed wish for a language can be nothing else
ASIDE_WORDS = 10  # words up to which a message can be nothing but worried, sent by mistake, or an announcement
# A cry for help is kept from this many words on: what stands beside it may be all that is ever written.
_PLEA = (
    "help",
    "madad",
    "madat",
    "sahayata",
    "bachao",
    "bacha lo",
    "bachaiye",
    "save",
    "मदद",
    "सहायता",
    "बचाओ",
    "बचाइए",
)
PLEA_WORDS = 5
# English words that people who write no English send too.
_LOAN_WORDS = frozenset({"greeting", "start", "start_again", "help", "menu", "status", "attach", "answer", "stop"})

_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_READABLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe0f\ufeff]")
_NUMBER = re.compile(r"\W*([0-9]{1,2})\W*")
_PART = re.compile(
    r"^\s*(?:part\s*|भाग\s*)?[(\[]\s*([1-9])\s*(?:/|of)\s*([2-9])\s*[)\]]"
    r"|^\s*(?:part\s*|भाग\s*)?([1-9])/([2-9])\s*[:.)-]"
    r"|[(\[]\s*([1-9])\s*(?:/|of)\s*([2-9])\s*[)\]]\s*$",
    re.IGNORECASE,
)
_PIN = re.compile(r"\W*([1-9][0-9]{2}) ?([0-9]{3})\W*")


class Gist:
    """Reads messages for the dialogue; made once from the phrases of texts.toml."""

    def __init__(self, heard: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
        self._book = Book()
        for (name, lang), phrases in heard.items():
            self._book.add(f"{name}:{lang}" if name in ("switch", "choose") else name, phrases)
        self._book.add("plea", _PLEA)

    def of(self, incoming: Incoming, reading: Reading, *, known: str = "", same: str = "") -> Read:
        """The message as the dialogue takes it. `known`: what became of the code in it; `same`: its keyed hash."""
        words = words_of(incoming.body)
        hits = self._book.find(words)
        intent = self._intent(incoming, reading, words, hits)
        number = _NUMBER.fullmatch(incoming.body.translate(_DIGITS))
        media = bool(incoming.media) or incoming.place is not None
        # Words of a script we cannot read are words all the same.
        count = len(words.keys) or sum(any(map(str.isalpha, word)) for word in incoming.body.split())
        is_located = intent in ("tip", "answer", "unknown")
        switch = _last(hits, "switch") if intent == "language" else ""
        wants_language = bool(switch) and count <= SWITCH_WORDS
        guessed = reading.guessed and intent == reading.intent
        return Read(
            intent=intent,
            content=media
            or self._tells(incoming.body, intent, count, bool(known))
            or (intent == "help" and "plea" in hits and count >= PLEA_WORDS)
            or (guessed and not wants_language),  # nothing is lost by a guess
            guessed=guessed,
            words=count,
            media=media,
            point=incoming.place is not None,
            voice=any(media.sid and media.declared_type.lower().startswith("audio/") for media in incoming.media),
            lang=_language(reading, len(words.keys)),
            switch=switch,
            choice=_choice(hits, len(words.keys)),
            number=number.group(1) if number else "",
            category=reading.category or "",
            district=(reading.district or "") if is_located else "",
            station=(reading.station or "") if is_located else "",
            outside=reading.outside,
            since="since" in hits,
            yes=intent == "answer" and _is_all(hits, ("yes",), words),
            no=intent == "stop" and _is_all(hits, ("no",), words),
            now="now" in hits and intent in ("tip", "unknown", "answer"),
            known=known,
            part=_part(incoming.body),
            same=same,
            word=incoming.word,
        )

    def _intent(self, incoming: Incoming, reading: Reading, words: Words, hits: Hits) -> str:
        if not _READABLE.search(incoming.body):
            return EMPTY
        sent = bool(incoming.media) or incoming.place is not None
        tells = sent or any(reason.about == "category" for reason in reading.reasons)
        if MACHINE in hits and not tells and reading.intent not in ("stop", "attach", "status"):
            return MACHINE
        if len(words.keys) <= ASIDE_WORDS and not sent and reading.intent != "stop":
            for name in ASIDES:
                if name in hits and _is_all(hits, (name, f"{name}_beside"), words):
                    return name
        if reading.intent in ("answer", "greeting", "unknown", "tip") and _is_all(hits, ("done",), words):
            return DONE
        if reading.intent == "help" and "now" in hits and len(words.keys) > 2:
            return "unknown"  # "save my sister, they locked her in" is no question about how this works
        if not words.keys and reading.intent == "answer":
            return DONE  # a thumb
        if not words.keys and reading.intent == "unknown":
            return "unknown" if any(letter.isalnum() or ord(letter) > 0x2600 for letter in incoming.body) else EMPTY
        return reading.intent

    def _tells(self, body: str, intent: str, words: int, has_code: bool) -> bool:
        if intent in (EMPTY, DONE, MACHINE):
            return False
        if intent in _WISHES:
            return words > LONG
        if intent in _ABOUT_A_CODE:
            return words - (1 if has_code else 0) > _ABOUT_A_CODE[intent]
        return bool(_READABLE.search(body))


def pin_in(body: str) -> str:
    """The PIN code, if a message says nothing else; else ""."""
    found = _PIN.fullmatch(body.translate(_DIGITS))
    return "".join(found.groups()) if found else ""


def _language(reading: Reading, words: int) -> str:
    if reading.language == "en":
        return "" if words <= 2 and reading.intent in _LOAN_WORDS else "en"
    return "" if reading.language == "none" else "hi"


def _is_all(hits: Hits, names: tuple[str, ...], words: Words) -> bool:
    """Whether a message says nothing but phrases of those names."""
    said = {place for name in names for span in hits.get(name, ()) for place in range(*span)}
    return bool(said) and len(said) == len(words.keys)


def _last(hits: Hits, name: str) -> str:
    """Of the languages asked for the one named last: "Hindi nahi, English"."""
    said = {lang: max(hits[f"{name}:{lang}"])[1] for lang in LANGUAGES if f"{name}:{lang}" in hits}
    return max(said, key=lambda lang: said[lang]) if said else ""


def _choice(hits: Hits, words: int) -> str:
    return _last(hits, "choose") if words == 1 else ""


def _part(body: str) -> tuple[int, int] | None:
    found = _PART.search(body.translate(_DIGITS))
    if found is None:
        return None
    number, of = (int(digit) for digit in found.groups() if digit)
    return (number, of) if number <= of else None
