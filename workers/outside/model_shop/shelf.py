"""Models on this machine: those that came with the hotline, those fetched, those in Vosk's usual folders; and which of
them is in use.

Never does: load a model, or change anything of a folder that is not ours.
"""

import os
import re
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from settings import MODELS_IN_USE, STARTER_MODELS, Settings, is_starter
from workers.outside.model_shop.faults import ShopFault
from workers.outside.model_shop.official import facts
from workers.outside.speech import LANGUAGES, ModelMissing, check, model_name

STARTER = "starter"
_LANGUAGE = re.compile(r"vosk-model-(?:small-)?(hi|en)\b")
_HEAD = """\
# Written by `./hotline models use`: the model of each language, a folder beside this file or a whole path.
# HOTLINE_MODEL_HI and HOTLINE_MODEL_EN win over it; a language that is not here has its starter model.
"""


@dataclass(frozen=True)
class OnShelf:
    """A model on this machine. `where`: "starter", "fetched", "found" (in one of Vosk's folders) or "set" (by hand)."""

    name: str
    language: str
    folder: Path
    where: str
    in_use: bool


def usual_folders() -> Iterator[Path]:
    """Where Vosk itself looks for models, in its order: VOSK_MODEL_PATH (Vosk's own variable), then its two others."""
    if own := os.environ.get("VOSK_MODEL_PATH"):
        yield Path(own).expanduser()
    yield Path("/usr/share/vosk")
    yield Path.home() / ".cache" / "vosk"


def installed(settings: Settings) -> list[OnShelf]:
    """Every whole model on this machine, each folder once, by language."""
    found: dict[Path, OnShelf] = {}

    def put(language: str | None, folder: Path, where: str) -> None:
        key = folder.resolve()
        if language is None or key in found or not _is_whole(folder, language):
            return
        used = settings.model_folder(language).resolve() == key
        found[key] = OnShelf(model_name(folder), language, key, where, used)

    for language in LANGUAGES:
        put(language, STARTER_MODELS / language, STARTER)
    for folder in _folders_in(settings.models_dir):
        put(language_of(folder.name), folder, "fetched")
    for usual in usual_folders():
        for folder in (usual, *_folders_in(usual)):
            put(language_of(folder.resolve().name), folder, "found")
    for language in LANGUAGES:
        put(language, settings.model_folder(language), "set")
    return sorted(found.values(), key=lambda one: (LANGUAGES.index(one.language), one.where != STARTER, one.name))


def language_of(name: str) -> str | None:
    """Ours of a model's name: "hi", "en" (of any country), or None for another language's."""
    known = facts().named(name)
    match = _LANGUAGE.match(name)
    return known.language if known else match[1] if match else None


def find(settings: Settings, language: str, name: str) -> Path:
    """The folder of a model on this machine: "starter", a name, or a path. ShopFault when it is not there."""
    if name == STARTER:
        return STARTER_MODELS / language
    for one in installed(settings):
        if one.name == name and one.language == language:
            return one.folder
    as_path = Path(name).expanduser()
    if "/" in name and as_path.is_dir():
        try:
            check(as_path, language)
        except ModelMissing as fault:
            raise ShopFault(str(fault)) from None
        return as_path.resolve()
    here = ", ".join(one.name for one in installed(settings) if one.language == language)
    raise ShopFault(
        f"No {language} model {name} lies on this machine (there: {here}).\n"
        f"./hotline models fetch {name} fetches an official one; a model elsewhere is named by its path."
    )


def may_choose(settings: Settings, language: str) -> None:
    """ShopFault when HOTLINE_MODEL_<LANGUAGE> decides which model is in use: it would win over any choice here."""
    if {"hi": settings.model_hi, "en": settings.model_en}[language] is not None:
        variable = f"HOTLINE_MODEL_{language.upper()}"
        raise ShopFault(f"{variable} is set and decides which {language} model is used: take it away, or set it anew.")


def use(settings: Settings, language: str, folder: Path) -> None:
    """Make a model the one in use. ShopFault when a setting decides (may_choose), or the file cannot be written."""
    may_choose(settings, language)
    shelf = settings.models_dir
    chosen = _chosen(shelf)
    if is_starter(folder):
        chosen.pop(language, None)
    else:
        chosen[language] = folder.name if folder.resolve().parent == shelf.resolve() else str(folder.resolve())
    lines = [f'{name} = "{_escaped(value)}"\n' for name, value in sorted(chosen.items())]
    try:
        shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(dir=shelf, prefix=".in-use-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(_HEAD + "".join(lines))
        Path(new).replace(shelf / MODELS_IN_USE)
    except OSError as fault:
        raise ShopFault(f"{shelf} cannot be written: {fault.strerror}. See HOTLINE_VAR_DIR.") from None


def _chosen(shelf: Path) -> dict[str, str]:
    try:
        told = tomllib.loads((shelf / MODELS_IN_USE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # none yet, or damaged: it is written anew
    return {language: str(told[language]) for language in LANGUAGES if told.get(language)}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
    except OSError:
        return []


def _is_whole(folder: Path, language: str) -> bool:
    try:
        check(folder, language)
    except ModelMissing:
        return False
    return True
