"""Anonymises what was written: the rules for speech, and those that only writing needs. PURE.

A message is cut into words, redact()'s rules say which are hidden, and the rest is put together as it was written, with
its punctuation and its lines. Only writing has numbers glued to words, addresses with blanks in them, a label before a
name and a name below a greeting. Unsure is hidden.
Never does: keep what it hid, or let a control character through (some change what a screen shows).
"""

import re
from collections.abc import Iterator, Sequence

from interpret.spelling import bare, trimmed
from workers.redact import redact
from workers.redact.handles import BANKS, MAIL
from workers.redact.names import find_names, is_no_name
from workers.redact.numbers import ALWAYS
from workers.redact.numerals import digits_of
from workers.redact.words import Hidden, Word

Span = tuple[int, int, str]  # from and to in the text, and the kind

_LETTER = r"\w\u0900-\u0963\u0966-\u097f"
_TOKEN = re.compile(r"(?:₹|\brs\.?)[ ]?\d\S*|\S+", re.IGNORECASE)  # an amount is one word, with its sign
# Digits between which nothing but signs and blanks stand, three at most: "98765/43210", "(98) 765-43 210".
_NUMBER = re.compile(rf"\+?\d(?:[^{_LETTER}]{{0,3}}\d){{{ALWAYS - 1},}}[\ufe0f\u20e3]*")
_HARMLESS = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)?\d\d)(?!\d)"  # a date
    r"|(?:₹|rs\.?)\s*\d[\d,]{0,11}(?:\.\d\d?)?(?!\d)",  # an amount
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s*(?:@|\(at\)|\[at\])\s*([^\W\d_][\w-]*)(\s*(?:\.|\(dot\)|\[dot\])\s*[^\W\d_]+)*", re.I
)
# Up to three words of a name. The blanks between them must be there: were they left to choice, the letters of one long
# word could be shared out among three in every way there is, which takes minutes.
_NAME_WORD = r"[^\W\d_][\u0900-\u0963\w.]*"
_ON_A_LINE, _ON_LINES = rf"((?:{_NAME_WORD}[ \t]+){{0,2}}{_NAME_WORD})", rf"((?:{_NAME_WORD}\s+){{0,2}}{_NAME_WORD})"
_LABEL = re.compile(rf"(?:^|[\n.,;।|])[ \t]*(?:name|naam|nam|नाम)[ \t]*[:=\-–—][ \t]*{_ON_A_LINE}", re.I)
_FAREWELL = re.compile(
    r"(?:^|[\s.,;।!])(?:regards|thanks|thank you|thanking you|yours (?:truly|sincerely|faithfully)|dhanya[vw]aa?d"
    r"|shukriya|prarthi|nivedak|bhavdiya|धन्यवाद|शुक्रिया|आपका|भवदीय|प्रार्थी|निवेदक)[\s,.:;!।\-–—]*"
    rf"{_ON_LINES}[.।]?\s*$",
    re.I,
)  # fmt: skip
_SIGNATURE = re.compile(rf"\n[ \t]*[-–—~][ \t]*{_ON_A_LINE}[.।]?\s*$")
_AT_THE_END = 300  # letters at the end of a message among which a farewell or a signature is looked for
# Control characters, and those that turn the direction of writing: C0 (but for line feed and tab), C1, bidi, BOM.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def redact_written(text: str, language: str) -> str:
    """The text with hidden stretches as [phone], [name], [email], [account] or [plate]. `language`: as of redact()."""
    text = plain(text)
    if not text:
        return ""
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(text)]
    spans = list(_by_words(text, tokens, language))
    spans += [(found.start(), found.end(), "phone") for found in _NUMBER.finditer(text) if _is_number(text, found)]
    spans += _addresses(text)
    spans += _labelled_names(text)
    return _without(text, spans)


def plain(text: str) -> str:
    """The text without characters that cannot be seen, its lines ended by line feeds."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _UNSEEN.sub("", text)).strip()


def _by_words(text: str, tokens: Sequence[tuple[int, int]], language: str) -> Iterator[Span]:
    """What the rules for speech hide, in the whole text and in each line by itself (where a line begins, so may a
    name)."""
    # The end of a line ends a clause, as a comma does.
    ends = [
        text[end : after[0]].count("\n") > 0
        for (_, end), after in zip(tokens, [*tokens[1:], (len(text), 0)], strict=True)
    ]
    words = [
        Word(text[start:end] + ("," if is_last else ""), 0.0, 0.0, 1.0)
        for (start, end), is_last in zip(tokens, ends, strict=True)
    ]
    yield from _spans(text, tokens, redact(words, language).hidden)
    line: list[int] = []
    for place, ends_line in enumerate(ends):
        line.append(place)
        if ends_line or place + 1 == len(tokens):
            of_line = [words[number] for number in line]
            names = list(find_names(of_line, [bare(word.w) for word in of_line]))
            yield from _spans(text, [tokens[number] for number in line], names)
            line = []


def _spans(text: str, tokens: Sequence[tuple[int, int]], hidden: Sequence[Hidden]) -> Iterator[Span]:
    for gap in hidden:
        start, end = tokens[gap.first][0], tokens[min(gap.last, len(tokens) - 1)][1]
        inside = trimmed(text[start:end])
        at = text.find(inside, start, end) if inside else start
        yield (at, at + len(inside), gap.kind) if inside else (start, end, gap.kind)


def _is_number(text: str, found: re.Match[str]) -> bool:
    """Whether so many digits are one number, and not dates and amounts beside each other."""
    before = max(0, found.start() - 4)
    rest = _HARMLESS.sub(" ", text[before : found.end()])
    return len(digits_of(rest)) >= ALWAYS and not _HARMLESS.fullmatch(text[before : found.end()].strip())


def _addresses(text: str) -> Iterator[Span]:
    """E-mail and UPI addresses, with blanks in them or without; not "@name", and not "at 5 o'clock"."""
    for found in _ADDRESS.finditer(text):
        domain, has_end = found[1].lower(), found[2] is not None
        is_mail = has_end or bare(domain) in MAIL
        if is_mail or bare(domain) in BANKS:
            yield found.start(), found.end(), "email" if is_mail else "account"


def _labelled_names(text: str) -> Iterator[Span]:
    end_begins = max(0, len(text) - _AT_THE_END)
    for pattern, begin in ((_LABEL, 0), (_FAREWELL, end_begins), (_SIGNATURE, end_begins)):
        for found in pattern.finditer(text, begin):
            start = end = found.start(1)
            for word in re.finditer(r"\S+", found[1]):
                if is_no_name(bare(word[0])):
                    break
                end = start + word.end()
            if end > start:
                yield start, start + len(text[start:end].rstrip(" \t.।")), "name"


def _without(text: str, spans: list[Span]) -> str:
    """The text with each span replaced; spans that overlap become one, of the first one's kind."""
    parts: list[str] = []
    done = 0
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= done:
            parts += [text[done:start], f"[{kind}]"]
        done = max(done, end)
    return "".join(parts) + text[done:]
