"""Every word of the pages, in both languages, and none outside words.toml."""

import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest

from interpret.script import LANGUAGES
from interpret.why import INTENT_NAMES
from ivr import corrections, questions
from ivr.console import words as module
from ivr.console.access import NO_BUTTONS
from ivr.console.coarse import PARTS
from ivr.console.counting import LATER, STEPS
from ivr.console.page import STATIC
from ivr.console.periods import SPANS
from ivr.console.transcript import HIDDEN_KINDS
from ivr.console.words import FILE, WordsFault, load_words
from ivr.console.worklist import GROUPS
from models.catalogue import load as load_catalogue
from models.lifecycle import MOVES, READABLE, Who
from models.question import ANSWERED, ASKED, HEARD, WITHDRAWN
from workers.media.faults import REASONS, SHORTENED, UNHEARD
from workers.problems import PROBLEMS
from workers.schedule import ENTRIES

TEMPLATES = sorted(FILE.parent.glob("templates/**/*.html"))
SOURCES = [*TEMPLATES, *(path for path in FILE.parent.glob("*.py"))]
LETTERS = re.compile(r"[A-Za-z\u0900-\u097f]")
DEVANAGARI = re.compile(r"[\u0900-\u097f]")
# Keys made of a fixed beginning and a code: every code that can come.
FAMILIES = {
    "group": GROUPS, "no_tips": GROUPS, "hidden": (*HIDDEN_KINDS, "other"), "problem": PROBLEMS,
    "status": (*READABLE, "received", "prepared"), "part": [part for _, part in PARTS],
    "move": [move.name for move in MOVES.values() if move.who is Who.OFFICER and move.name not in NO_BUTTONS],
    "now": [move.target for move in MOVES.values() if move.who is Who.OFFICER and move.name not in NO_BUTTONS],
    "trail": [*(move.name for move in MOVES.values() if move.who is Who.OFFICER), "read", "listen", "see", "try_again",
              "ask_for_file", questions.ASK, questions.WITHDRAW, *corrections.MADE],
    "asked_state": (ASKED, HEARD, ANSWERED, WITHDRAWN),
    "role": ("to", "assigned", "copy"), "urgency": ("U1", "U2", "U3", "U4"), "urgency_more": ("U1", "U2", "U3", "U4"),
    "category_by": ("caller", "words", "officer"), "place_by": ("caller", "words", "officer"),
    "category_by_caller": ("written",), "category_by_words": ("written",), "category_by_officer": ("written",),
    "place_by_caller": ("written",), "place_by_words": ("written",), "place_by_officer": ("written",),
    "channel": ("voice", "sms", "whatsapp"), "file_reason": (*REASONS, SHORTENED, UNHEARD),
    "file_kind": ("photo", "video", "voice", "document", "location", "contact", "file"),
    "sensitivity": ("S2", "S3"), "language": ("hi", "en"),
    "copy": ("recording", "call", "message", "media", "reply", "answer"),
    "age": ("today", "yesterday", "days", "weeks", "months"), "month": range(1, 13),
    "sureness": ("sure", "doubtful", "guess"), "part_of": ("schedule", "worker", *(entry.what for entry in ENTRIES)),
    "by": SPANS, "span": SPANS, "within": (*(step for step, _ in STEPS), LATER), "others": ("station", "kind"),
    "figure": ("came", "opened", "reported", "closed", "waiting"),
    "error": ("form", "404", "500", "503", "other"), "intent": INTENT_NAMES, "written": LANGUAGES,
}  # fmt: skip


def places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("key", load_words().words)
def test_a_key_says_the_same_in_hindi_and_english(key: str) -> None:
    hindi, english = load_words().say(key, "hi"), load_words().say(key, "en")
    assert places(hindi) == places(english)
    if key != "other_language":  # it names the other language in that language
        letters = re.sub(r"\{\w+\}", "", hindi)
        assert DEVANAGARI.search(letters) or not re.search(r"[A-Za-z]", letters)
        assert not DEVANAGARI.search(english)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_a_page_can_meet_has_words(family: str) -> None:
    missing = [code for code in FAMILIES[family] if not load_words().has(f"{family}_{code}")]
    assert not missing


def test_every_category_of_the_catalogue_has_a_sensitivity_the_page_knows() -> None:
    assert {category.sensitivity for category in load_catalogue().categories.values()} <= {"S1", "S2", "S3"}


def test_every_key_is_used_and_every_key_used_is_there() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    literal = set(re.findall(r"""["']([a-z][a-zA-Z0-9_]*)["']""", text))
    families = {f"{family}_{code}" for family, codes in FAMILIES.items() for code in codes}
    families |= {f"{family}_{code}_more" for family in ("error", "sensitivity") for code in FAMILIES[family]}
    unused = set(load_words().words) - literal - families
    assert not unused
    said = set(re.findall(r"""\bsay\(["']([a-zA-Z0-9_]+)["'](?! ~)""", text))
    assert said - set(load_words().words) == set()


class BareText(HTMLParser):
    """Collects what a reader would read that does not come from the words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        if LETTERS.search(data):
            self.found.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs
            if value and name in ("title", "alt", "placeholder", "aria-label") and LETTERS.search(value)
        ]  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_bare_text_or_trusts_any(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    reader = BareText()
    reader.feed(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.S))
    assert reader.found == []
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape" not in text
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", text)


def test_the_script_and_the_style_sheet_say_nothing_and_fetch_nothing() -> None:
    script, style = (STATIC / "console.js").read_text(), (STATIC / "console.css").read_text()
    for text in (script, style):
        assert "http" not in text
        assert not DEVANAGARI.search(text)
    assert "innerHTML" not in script
    assert "url(" not in style
    assert "@font-face" not in style


def test_a_key_without_a_language_is_refused_by_name(tmp_path: Path) -> None:
    faulty = tmp_path / "words.toml"
    faulty.write_text('hello = {hi = "नमस्ते"}\nbye = {hi = "", en = "Bye"}\n', encoding="utf-8")
    with pytest.raises(WordsFault, match=r"(?s)hello.*bye"):
        module.load_words(faulty)
