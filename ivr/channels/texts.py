"""What the hotline writes, named and in every language, read once from audio_prompts/<lang>/texts.toml.

Each text is checked when it is read: it fits into the SMS it may cost, has no word that gives the informant away, and
only variables we know. `heard` are the phrases by which people answer or steer, for ivr.gist.
Never does: choose what is written, or send it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from ivr.channels.prompts import LANGUAGES, PromptsFault
from ivr.channels.segments import size_of
from ivr.dialogue.typed_turn import ASK

ASIDES = ("worried", "mistaken", "wait")  # what a whole message may say of itself; "_beside": words around it
_BESIDE = tuple(f"{name}_beside" for name in ASIDES)
HEARD = ("switch", "choose", "done", "yes", "no", "since", "now", "machine", *ASIDES, *_BESIDE)
MOST_SEGMENTS = {"hi": 2, "en": 1}  # what one answer may cost, and how much of a screen it may fill
LONGEST = {"code": "0000 0000", "number": "0000"}  # the longest value of each variable
LONGEST_VARIABLE = 30  # letters, a rule of the DLT register

_VARIABLE = re.compile(r"\{(\w*)\}")
_WORD = re.compile(r"[\w\u0900-\u0963\u0970-\u097f]+")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|in|org|net|ly|gl|me)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """One text. `dlt`: its id in the telephone companies' register, "" until the operator has one."""

    name: str
    lang: str
    text: str
    dlt: str

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its variables filled in; one that has no value stays empty."""
        return _VARIABLE.sub(lambda found: values.get(found.group(1), ""), self.text)


class Texts:
    """All texts of all languages, and the phrases people answer with."""

    def __init__(self, texts: dict[tuple[str, str], Text], heard: dict[tuple[str, str], tuple[str, ...]]) -> None:
        self._texts = texts
        self.heard = heard

    @classmethod
    def load(cls, folder: Path, questions: Iterable[str] = ()) -> "Texts":
        """Read every language; PromptsFault names all faults at once, also texts that one language lacks, or that the
        catalogue's `questions` need: else one that an officer asks would fail when it is to be sent."""
        faults: list[str] = []
        texts: dict[tuple[str, str], Text] = {}
        heard: dict[tuple[str, str], tuple[str, ...]] = {}
        for lang in LANGUAGES:
            path = folder / lang / "texts.toml"
            try:
                table = tomli.loads(path.read_text(encoding="utf-8"))
            except (OSError, tomli.TOMLDecodeError) as fault:
                faults.append(f"{path}: {fault}")
                continue
            for name in HEARD:
                heard[name, lang] = _phrases(table.get("heard", {}), name, f"{path}: [heard] {name}", faults)
            never = frozenset(word.lower() for word in _phrases(table, "never", f"{path}: never", faults))
            for name, entry in table.get("texts", {}).items():
                text = _text(name, lang, entry, f"{path}: [texts.{name}]", faults)
                if text is not None:
                    texts[name, lang] = text
                    faults += [f"{path}: [texts.{name}] {fault}" for fault in faults_of(text, never)]
        needed = {f"{ASK}{name}": "the catalogue has this question" for name in questions}
        needed |= {name: "another language has it" for name, _ in texts}
        for name in sorted(needed):
            faults += [
                f"{folder / lang / 'texts.toml'}: [texts.{name}] is missing, {needed[name]}"
                for lang in LANGUAGES
                if (name, lang) not in texts
            ]
        if faults:
            raise PromptsFault("The texts cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
        return cls(texts, heard)

    def get(self, name: str, lang: str) -> Text:
        """The text of that name. KeyError when nobody wrote it (a test walks every name the dialogue can write)."""
        return self._texts[name, lang]

    def all(self, lang: str) -> list[Text]:
        """Every text of a language, in the order of its file."""
        return [text for (_, of), text in self._texts.items() if of == lang]

    def unregistered(self) -> int:
        """How many texts have no id of the DLT register yet."""
        return sum(not text.dlt for text in self._texts.values())


def faults_of(text: Text, never: frozenset[str]) -> list[str]:
    """What keeps a text from being sent, in words: too long, a telling word, a link, an unknown variable."""
    faults = []
    unknown = [name for name in _VARIABLE.findall(text.text) if name not in LONGEST]
    if unknown:
        faults.append(f"has the unknown variable {{{unknown[0]}}}: {', '.join(LONGEST)} are known")
    size = size_of(text.filled(LONGEST))
    if size.segments > MOST_SEGMENTS[text.lang]:
        faults.append(f"takes {size.units} letters: more than {MOST_SEGMENTS[text.lang]} SMS")
    if text.lang == "en" and size.encoding != "GSM-7":
        faults.append("has a letter outside GSM-7, which makes it twice as dear (a curly quote, a long dash?)")
    told = sorted(never.intersection(_WORD.findall(text.text.lower())))
    if told:
        faults.append(f"must not say {told[0]!r}: somebody else may read it")
    if _LINK.search(text.text):
        faults.append("must not hold a link")
    return faults


def _text(name: str, lang: str, entry: Any, where: str, faults: list[str]) -> Text | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"].strip():
        faults.append(f"{where} text is missing")
        return None
    dlt = entry.get("dlt", "")
    if not isinstance(dlt, str) or not (dlt == "" or dlt.isdecimal()):
        faults.append(f"{where} dlt must be the digits of the register's id, or empty")
        dlt = ""
    return Text(name, lang, entry["text"].strip(), dlt)


def _phrases(table: Any, key: str, where: str, faults: list[str]) -> tuple[str, ...]:
    values = table.get(key) if isinstance(table, dict) else None
    if not isinstance(values, list) or not values or not all(isinstance(value, str) and value for value in values):
        faults.append(f"{where} must be a list of phrases")
        return ()
    return tuple(values)
