"""The house keeps its order: imports go only downstairs, every outer world has one door, every door one guard,
every prompt exists in every language. Plain `ast`, nothing is run but create_app."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.channels.prompts import LANGUAGES, Prompts
from ivr.dialogue.steps import STEPS
from models.catalogue import load
from settings import ROOT

PACKAGES = ("settings.py", "wsgi.py", "ivr", "workers", "interpret", "models")

# room -> what it may import of ours. The longest matching room counts.
MAY_IMPORT = {
    "settings": (),
    "models.lifecycle": (),
    "models.calendar": (),
    "models.secrecy": (),
    "models.discreet": (),
    "models.database": ("models.hot",),
    "models.hot": ("models.turns",),
    "models.turns": (),
    "models.catalogue": ("models.catalogue",),
    "models": ("models", "settings"),
    "interpret": ("interpret", "models.catalogue"),
    "workers.queues": (),
    "workers.redact": ("workers.redact", "interpret.spelling"),
    "workers.classify": ("interpret", "models.catalogue"),
    "workers.route": ("models.catalogue",),
    "workers.outside": ("models.secrecy", "models.catalogue", "settings", "workers.outside", "workers.redact.words",
                        "workers.sound", "workers.problems"),
    "workers.outside.vault": ("models.secrecy", "models.database"),  # of it the hour alone
    "workers": ("workers", "interpret", "models", "settings"),
    "ivr.dialogue": ("ivr.dialogue", "models.catalogue"),
    "ivr.channels": ("ivr.channels", "ivr.dialogue", "models.catalogue"),
    "ivr.console.access": ("models.lifecycle", "models.catalogue"),
    "ivr": ("ivr", "interpret", "models", "settings", "workers.queues", "workers.outside", "workers.embedded"),
    "wsgi": ("ivr.app", "interpret", "models.discreet", "models.installation", "models.secrecy",
             "settings"),
}  # fmt: skip

# Libraries with one owner: the room(s) that may import them.
OWNERS = {
    "flask": ("ivr",),
    "twilio.twiml": ("ivr.channels", "ivr.simulator"),
    "twilio.rest": ("workers.outside.telephony",),
    "twilio.request_validator": ("ivr.simulator",),
    "vosk": ("workers.outside.speech",),
    "nacl": ("models.secrecy",),
    "rapidfuzz": ("interpret",),
    "alembic": ("models.migrate", "models.migrations"),
}

PURE = (
    "models.calendar",
    "models.lifecycle",
    "interpret",
    "workers.redact",
    "workers.classify",
    "workers.route",
    "ivr.dialogue",
    "ivr.corrected",
    "ivr.console.access",
    "ivr.console.district_map",
    "ivr.console.periods",
    "ivr.console.rounding",
    "ivr.console.tables",
)
IMPURE_LIBRARIES = {
    "flask", "sqlmodel", "sqlalchemy", "rq", "redis", "requests", "twilio", "time", "random", "secrets", "os",
    "subprocess", "socket", "logging",
}  # fmt: skip


def modules() -> Iterator[tuple[str, Path]]:
    for top in PACKAGES:
        path = ROOT / top
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), file


MODULES = dict(modules())


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where a thing comes from"
            # `from models import secrecy` imports models.secrecy.
            found |= {
                full if (full := f"{node.module}.{alias.name}") in MODULES else str(node.module) for alias in node.names
            }
    return found


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_only_downstairs(name: str) -> None:
    room = max((room for room in MAY_IMPORT if within(name, room)), key=len)
    ours = {
        found
        for found in imports(MODULES[name])
        if found.split(".")[0] in {"ivr", "workers", "interpret", "models", "settings", "wsgi"}
    }
    wrong = {found for found in ours if not any(within(found, allowed) for allowed in (*MAY_IMPORT[room], name))}
    assert not wrong, f"{name} may not import {sorted(wrong)}"


@pytest.mark.parametrize("library", OWNERS)
def test_every_outer_world_has_one_owner(library: str) -> None:
    users = {name for name, file in MODULES.items() if any(within(found, library) for found in imports(file))}
    assert users, f"nobody uses {library}: take it out of the list"
    strangers = {name for name in users if not any(within(name, owner) for owner in OWNERS[library])}
    assert not strangers


@pytest.mark.parametrize("name", [name for name in MODULES if any(within(name, room) for room in PURE)])
def test_pure_rooms_know_no_clock_no_chance_no_network(name: str) -> None:
    assert not {found.split(".")[0] for found in imports(MODULES[name])} & IMPURE_LIBRARIES


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for_and_what_it_never_does(name: str) -> None:
    file = MODULES[name]
    if "versions" in file.parts:
        return
    words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    assert re.search(r"\bNever does: \w", words), f"{name} does not say what it never does"


def test_the_web_process_never_loads_the_recogniser() -> None:
    import subprocess
    import sys

    code = "import sys, ivr.app; print(sorted({'vosk', 'twilio.rest'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def said_by_the_dialogue() -> set[str]:
    names = {name for step in STEPS.values() for name in (*step.says, step.parting) if not name.startswith("(")}
    for file in (
        ROOT / "ivr" / "dialogue" / "engine.py",
        ROOT / "ivr" / "dialogue" / "pieces.py",
        ROOT / "ivr" / "dialogue" / "asking.py",
        ROOT / "ivr" / "channels" / "voice.py",
        ROOT / "ivr" / "playback.py",
    ):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


def test_every_prompt_that_can_be_said_exists_and_every_prompt_can_be_said() -> None:
    catalogue = load()
    prompts = Prompts.load(ROOT / "audio_prompts", catalogue)
    families = {
        "kinds": [entry.digit for entry in catalogue.menu],
        # A menu of one leads straight to its category and is never read out.
        "kind": [code for entry in catalogue.menu if len(entry.items) > 1 for code in entry.items],
        "about": list(catalogue.categories),
        "station": list(catalogue.stations),
        "district": list(catalogue.districts),
        "digit": [str(digit) for digit in range(10)],
        "press": ["1", "2", "3", "4"],
        "question": list(catalogue.questions),
        "status": ["received", "routed", "opened", "working", "reported", "closed", "discarded"],
    }
    can_be_said = {f"{family}-{member}" for family, members in families.items() for member in members}
    for lang in LANGUAGES:
        names = {prompt.name for prompt in prompts.all(lang)}
        assert can_be_said <= names
        assert names - can_be_said <= said_by_the_dialogue()


def test_no_two_prompts_have_the_same_words() -> None:
    prompts = Prompts.load(ROOT / "audio_prompts", load())
    for lang in LANGUAGES:
        own = [p for p in prompts.all(lang) if not p.name.startswith(("station-", "district-"))]
        assert len({prompt.text for prompt in own}) == len(own)


KEY_WORDS = {
    "hi": {"1": "एक", "2": "दो", "3": "तीन", "4": "चार", "5": "पाँच", "9": "नौ"},
    "en": {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "9": "nine"},
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_menu_says_the_key_that_the_catalogue_means(lang: str) -> None:
    catalogue = load()
    prompts = Prompts.load(ROOT / "audio_prompts", catalogue)

    def last_words(name: str) -> set[str]:
        return set(re.findall(r"[^\s,.।]+", prompts.get(name, lang).text)[-2:])

    for entry in catalogue.menu:
        assert KEY_WORDS[lang][entry.digit] in last_words(f"kinds-{entry.digit}")
        for code in entry.items if len(entry.items) > 1 else ():
            assert KEY_WORDS[lang][catalogue.categories[code].menu_path[1]] in last_words(f"kind-{code}")
