"""Named words and their sounds, in every language, read once from audio_prompts/ and the catalogue.

`audio_prompts/<lang>/script.toml` holds each prompt's words and its kind; names of stations, districts and kinds of
tips come from the catalogue, so that every word is written in one place. A sound file `<name>.wav` beside the
script is played; a prompt without one is spoken by the provider's voice.
Never does: choose what is said, or make sounds (speech/voice does).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import tomli

from models.catalogue import Catalogue

LANGUAGES = ("hi", "en")
KINDS = ("question", "menu", "submenu", "statement", "piece")
FRAMES = ("station_frame", "district_frame")


class PromptsFault(Exception):
    """A prompt is missing or wrong; the message names file and key."""


@dataclass(frozen=True)
class Prompt:
    """Words with a name. `sound` is the file beside the script, `version` changes whenever its bytes do."""

    name: str
    lang: str
    text: str
    kind: str
    sound: Path | None = None
    version: str = ""


class Prompts:
    """All prompts of all languages. `get` is the only way to a prompt."""

    def __init__(self, prompts: dict[tuple[str, str], Prompt], folder: Path) -> None:
        self.folder = folder
        self._prompts = prompts
        self._names = {(prompt.lang, prompt.text): prompt.name for prompt in prompts.values()}

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue) -> "Prompts":
        """Read every script; PromptsFault names all faults at once, also prompts that one language lacks, or that the
        catalogue's menus and categories need: else a new category would fail in the middle of a call."""
        faults: list[str] = []
        found: dict[tuple[str, str], Prompt] = {}
        for lang in LANGUAGES:
            for prompt in _read(folder / lang, lang, catalogue, faults):
                found[prompt.name, lang] = prompt
        needed = {name: "another language has it" for name, _ in found} | _needed(catalogue)
        for lang in LANGUAGES:
            for name in sorted(name for name in needed if (name, lang) not in found):
                faults.append(f"{folder / lang / 'script.toml'}: [{name}] is missing, {needed[name]}")
        if faults:
            raise PromptsFault("The prompts cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
        return cls(found, folder)

    def get(self, name: str, lang: str) -> Prompt:
        """The prompt of that name. KeyError when nobody wrote it (a test walks every name the dialogue can say)."""
        return self._prompts[name, lang]

    def __contains__(self, name: str) -> bool:
        return (name, LANGUAGES[0]) in self._prompts

    def all(self, lang: str) -> list[Prompt]:
        """Every prompt of a language, in the order of its script."""
        return [prompt for (_, of), prompt in self._prompts.items() if of == lang]

    def name_of(self, text: str, lang: str) -> str | None:
        """The name of the prompt with exactly these words: how a telephone that heard words tells what was said."""
        return self._names.get((lang, text))


def _needed(catalogue: Catalogue) -> dict[str, str]:
    """The prompts that menus and categories are spoken with, and what of the catalogue needs each."""
    needed = {f"about-{code}": f"the catalogue has the category {code}" for code in catalogue.categories}
    needed |= {f"question-{name}": f"the catalogue has the question {name}" for name in catalogue.questions}
    for menu in catalogue.menu:
        needed[f"kinds-{menu.digit}"] = f"the catalogue's menu has the key {menu.digit}"
        if len(menu.items) > 1:  # a menu of one leads straight to its category and is never read out
            needed |= {f"kind-{code}": f"the catalogue's menu {menu.digit} has it" for code in menu.items}
    return needed


def _read(folder: Path, lang: str, catalogue: Catalogue, faults: list[str]) -> list[Prompt]:
    path = folder / "script.toml"
    try:
        script = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomli.TOMLDecodeError) as fault:
        faults.append(f"{path}: {fault}")
        return []
    prompts = []
    for name, entry in script.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"].strip():
            faults.append(f"{path}: [{name}] text is missing")
        elif entry.get("kind") not in KINDS:
            faults.append(f"{path}: [{name}] kind must be one of {', '.join(KINDS)}")
        elif name not in FRAMES:
            prompts.append(_with_sound(folder, name, lang, entry["text"].strip(), entry["kind"]))
    for frame in FRAMES:
        if "{name}" not in script.get(frame, {}).get("text", ""):
            faults.append(f"{path}: [{frame}] text must contain {{name}}")
            return prompts
    station_frame, district_frame = (script[frame]["text"] for frame in FRAMES)
    for station in catalogue.stations.values():
        name = _name(station, lang)
        # "कोतवाली कानपुर" and "महिला थाना" say themselves that they are police stations.
        plain = any(word in name.lower() for word in ("थाना", "कोतवाली", "thana", "kotwali"))
        text = name if plain else station_frame.format(name=name)
        prompts.append(_with_sound(folder, f"station-{station.code}", lang, text, "piece"))
    for district in catalogue.districts.values():
        text = district_frame.format(name=_name(district, lang))
        prompts.append(_with_sound(folder, f"district-{district.code}", lang, text, "piece"))
    return prompts


def _name(place: object, lang: str) -> str:
    return str(getattr(place, f"name_{lang}"))


def _with_sound(folder: Path, name: str, lang: str, text: str, kind: str) -> Prompt:
    sound = folder / f"{name}.wav"
    if not sound.is_file():
        return Prompt(name, lang, text, kind)
    return Prompt(name, lang, text, kind, sound, hashlib.sha256(sound.read_bytes()).hexdigest()[:12])
