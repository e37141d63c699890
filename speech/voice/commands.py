"""`./hotline prompts ...`: make, check and show the sounds of audio_prompts/.

Never does: import anything heavy before a command runs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.channels.prompts import Prompts
    from models.catalogue import Catalogue
    from speech.voice.ears import Ear

NEEDED = "requirements-voice.txt"
SAMPLES = {  # heard back by an independent ear; figures in README.md
    "hi": ("danger", "main_menu", "review", "place", "goodbye"),
    "en": ("danger", "main_menu", "review", "place", "goodbye"),
}


@click.group()
def prompts() -> None:
    """The spoken prompts: make natural sounds for them, check them, look through them.

    Needs the packages of requirements-voice.txt, which answering calls does not.
    """


@prompts.command()
@click.argument("names", nargs=-1)
@click.option(
    "--only-changed/--all", "only_changed", default=True, help="Changed prompts (the default), or all of ours."
)
def build(names: Sequence[str], only_changed: bool) -> None:
    """Make the sounds that are missing or whose words changed. Studio recordings are never touched.

    NAMES: only these prompts.
    """
    _need("onnxruntime", "phonemizer", "pyloudnorm")
    from speech.voice.build import build as make
    from speech.voice.kokoro import VoiceFault

    written, catalogue = _prompts()
    unknown = [name for name in names if name not in written]
    if unknown:
        raise click.ClickException(f"no such prompt: {', '.join(unknown)}")
    try:
        done = make(written, catalogue, _cache(), click.echo, everything=not only_changed, only=set(names))
    except VoiceFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"{len(done.made)} made, {done.current} were current, {len(done.removed)} removed.")
    for name in done.studio:
        click.echo(f"{name} is a studio recording: left as it is.")


@prompts.command()
@click.option("--ear", type=click.Choice(["vosk", "whisper", "none"]), default="vosk", help="Who hears the words back.")
@click.option("--samples", is_flag=True, help="Only the sample prompts, with what was heard.")
@click.option("--verbose", is_flag=True, help="Show what was heard in every prompt.")
def check(ear: str, samples: bool, verbose: bool) -> None:
    """Every prompt in every language: there, format, loudness, length, and its words heard back."""
    _need("pyloudnorm", *{"vosk": ("vosk",), "whisper": ("faster_whisper",), "none": ()}[ear])
    from ivr.channels.prompts import LANGUAGES
    from speech.voice.check import Findings, listen, look

    written, _ = _prompts()
    chosen = [
        prompt for lang in LANGUAGES for prompt in written.all(lang) if not samples or prompt.name in SAMPLES[lang]
    ]
    findings = Findings(look(chosen))
    if ear != "none":
        listen(chosen, _ear(ear, written), findings)
        for heard in findings.heard:
            if verbose or samples:
                where = f"{heard.prompt.lang}/{heard.prompt.name}"
                click.echo(f"{where}: {heard.kept} of {heard.words} words. {heard.understood}")
        for lang in LANGUAGES:
            click.echo(f"{lang}: {ear} heard {findings.share(lang):.1%} of the words.")
    for fault in findings.faults:
        click.echo(fault, err=True)
    if findings.faults:
        raise click.ClickException(f"{len(findings.faults)} faults.")
    click.echo(f"{len(chosen)} prompts are as they should be.")


@prompts.command()
def page() -> None:
    """Write the translators' page: every prompt's words, with a button to hear it."""
    _need("pyloudnorm")
    from ivr.channels.prompts import LANGUAGES
    from settings import load_settings
    from speech.voice.build import work
    from speech.voice.page import write

    written, catalogue = _prompts()
    standings = {
        (item.prompt.name, lang): item.standing for lang in LANGUAGES for item in work(written, catalogue, lang)
    }
    path = load_settings().var_dir / "prompts.html"
    write(path, written, standings)
    click.echo(f"Open {path} in a browser.")


@prompts.command()
@click.argument("names", nargs=-1)
def clips(names: Sequence[str]) -> None:
    """Make the callers' speech for simulator, demo and tests again (ivr/simulator/speech)."""
    _need("onnxruntime", "phonemizer", "pyloudnorm")
    from speech.voice.clips import make
    from speech.voice.kokoro import VoiceFault

    try:
        make(_cache(), names, click.echo)
    except KeyError as fault:
        raise click.ClickException(f"no such clip: {fault}") from None
    except VoiceFault as fault:
        raise click.ClickException(str(fault)) from None


group = prompts  # the name under which ivr/cli.py looks for it


def _prompts() -> "tuple[Prompts, Catalogue]":
    from ivr.channels.prompts import Prompts, PromptsFault
    from models.catalogue import CatalogueFault, load
    from settings import ROOT

    try:
        catalogue = load()
        return Prompts.load(ROOT / "audio_prompts", catalogue), catalogue
    except (PromptsFault, CatalogueFault) as fault:
        raise click.ClickException(str(fault)) from None


def _ear(name: str, written: "Prompts") -> "Ear":
    from ivr.channels.prompts import LANGUAGES
    from settings import STARTER_MODELS
    from speech.voice.ears import Vosk, Whisper

    if name == "whisper":
        return Whisper(_cache(), click.echo)
    folders = {lang: STARTER_MODELS / lang for lang in LANGUAGES}
    return Vosk(folders, {lang: [prompt.text for prompt in written.all(lang)] for lang in LANGUAGES})


def _cache() -> Path:
    from settings import load_settings

    return load_settings().var_dir / "voice"


def _need(*modules: str) -> None:
    from importlib.util import find_spec

    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise click.ClickException(
            f"{', '.join(missing)} is not installed. Once: .venv/bin/python -m pip install -r {NEEDED}"
        )
