"""`./hotline models`: which speech models are there and in use, and better ones.

Never does: fetch anything without being asked, or put a model to use that was not loaded before.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import click

from ivr.commands.refusal import REFUSED, Refusal
from settings import ROOT, Settings, load_settings

LANGUAGE = click.Choice(["hi", "en"])
SAMPLES = ROOT / "ivr" / "simulator" / "speech"


@click.group(help="The speech models: which are there and in use, and better ones.")
def group() -> None:
    """The commands below."""
    os.umask(0o077)  # what is made lies in the var folder, which is private


@group.command(name="list")
def list_them() -> None:
    """List the models on this machine (* in use) and the official ones that can be fetched."""
    from workers.outside.model_shop.official import facts
    from workers.outside.model_shop.shelf import STARTER, installed

    settings, told = load_settings(), facts()
    there = installed(settings)
    click.echo("On this machine:")
    for one in there:
        about = "for showing and tests only, not for work" if one.where == STARTER else one.where
        click.echo(f"{'*' if one.in_use else ' '} {one.language}  {one.name:<28} {about:<42} {one.folder}")
    missing = [
        language for language in ("hi", "en") if not any(one.in_use for one in there if one.language == language)
    ]
    for language in missing:
        folder = settings.model_folder(language)
        click.echo(f"! {language}  the one to be used is missing or incomplete: {folder}")
    click.echo(f"\nOfficial models (as published at {told.source}, read on {told.read_on}):")
    for model in told.models:
        size = "large" if model.large else "small"
        click.echo(f"  {model.language}  {model.name:<28} {size}, {model.size}, {model.licence}: {model.about}")
        click.echo(f"{'':6}word errors {model.errors}")
        if not any(one.name == model.name for one in there):
            click.echo(f"{'':6}./hotline models fetch {model.language}{' --large' if model.large else ''}")
    click.echo(f"\nIn memory a small one takes {told.memory_small}, a large one {told.memory_large}, says its maker.")


@group.command()
@click.argument("models", metavar="hi|en|NAME", nargs=-1, required=True)
@click.option("--large", is_flag=True, help="With hi or en: the large model, better, and much slower and hungrier.")
def fetch(models: tuple[str, ...], large: bool) -> None:
    """Fetch official models, try them and put them to use. A download that was cut off is continued.

    The file's checksum must be the one of the makers' own list. Nothing that is damaged or unexpected is unpacked.
    Several may be named: ./hotline models fetch hi en
    """
    from workers.outside.model_shop import official, shelf

    settings = load_settings()
    names = []
    for model in models:
        if large and model not in ("hi", "en"):
            raise Refusal("--large goes with hi or en; a NAME says it already.")
        name = official.facts().the(model, large=large).name if model in ("hi", "en") else model
        language = shelf.language_of(name)
        if language is None:
            raise Refusal(f"{name} is not a Hindi or English model. ./hotline models list shows those.")
        shelf.may_choose(settings, language)
        names.append((name, language))
    for name, language in names:
        _fetch(settings, name, language)


@group.command()
@click.argument("language", type=LANGUAGE)
@click.argument("model")
def use(language: str, model: str) -> None:
    """Put a MODEL on this machine to use: its name, the path of its folder, or "starter"."""
    from workers.outside.model_shop import shelf

    settings = load_settings()
    shelf.may_choose(settings, language)
    folder = shelf.find(settings, language, model)
    click.echo(_apart(language, folder))
    _use(settings, language, folder)


@group.command()
@click.argument("language", type=LANGUAGE, required=False)
def check(language: str | None) -> None:
    """Load the model in use, let it hear the sample sentences, and say how fast, how large and how good it is.

    The sentences are a synthesiser's, through a telephone line: they show that a model works, not how well callers
    are understood.
    """
    settings = load_settings()
    if language:
        click.echo(_trial(settings, language))
        return
    for one in ("hi", "en"):
        click.echo(_apart(one, settings.model_folder(one)))


@group.command()
def redo() -> None:
    """Make transcripts again that were made with another model than the one in use, from the sealed originals.

    The workers do it when nothing more urgent waits. A tip stays where it stands. Where the original has been
    destroyed, as it is after HOTLINE_KEEP_ORIGINAL_DAYS, the words stay as they are.
    """
    from ivr.commands.redoing import redo_all

    done = redo_all(load_settings())
    click.echo(f"{done.sent} transcripts are made again by the workers.")
    if done.lost:
        click.echo(
            f"{done.lost} can not be: their originals have been destroyed. They keep their words and their mark."
        )
    click.echo(f"{done.current} were made with the models in use.")
    if done.unsent:
        click.echo(
            f"{done.unsent} could not be handed to the queue: it does not answer. Run this again later.", err=True
        )
        raise SystemExit(REFUSED)


def _fetch(settings: Settings, name: str, language: str) -> None:
    from workers.outside.model_shop import ShopFault, acquire, shelf

    here = next((one.folder for one in shelf.installed(settings) if one.name == name), None)
    if here is not None:
        click.echo(f"{name} lies on this machine already: {here}")
    folder = here or _acquired(settings, name)
    try:
        click.echo(_apart(language, folder))
    except ShopFault:
        if here is None:
            acquire.discard(folder)
        raise
    _use(settings, language, folder)


def _acquired(settings: Settings, name: str) -> Path:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from workers.outside.model_shop import acquire, listing

    listed = listing.look_up(settings.models_url, name)
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=listed.size)
        return acquire.acquire(settings, listed, lambda there, total: bar.update(task, completed=there, total=total))


def _apart(language: str, folder: Path) -> str:
    """_trial in a process of its own: a damaged model may take its process down, and memory is counted from nothing."""
    from workers.outside.model_shop import ShopFault

    done = subprocess.run(
        [sys.executable, "-m", "ivr", "models", "check", language],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, f"HOTLINE_MODEL_{language.upper()}": str(folder)},
    )  # fmt: skip
    if done.returncode:
        why = done.stderr.strip().splitlines()
        raise ShopFault(f"The model in {folder} cannot be used: {why[-1] if why else 'it took its process down'}")
    return done.stdout.strip()


def _trial(settings: Settings, language: str) -> str:
    """Load and measure the model of a language; the figures as a line."""
    from workers.outside.model_shop.trial import Sentence, try_model

    clips = tomllib.loads((SAMPLES / "texts.toml").read_text(encoding="utf-8"))
    sentences = [
        Sentence(SAMPLES / f"{name}.wav", " ".join(clip["said"]))
        for name, clip in clips.items()
        if clip["language"] == language and clip["said"]
    ]
    done = try_model(settings, language, sentences)
    return (
        f"{language}  {done.model}: {done.speed:.0f} times real time on one core, {done.memory / 1024**2:.0f} MB of "
        f"memory, loaded in {done.load_seconds:.1f} s, {done.error_rate:.1%} word errors ({done.words} words in "
        f"{len(sentences)} samples), confidence {done.confidence:.2f}"
    )


def _use(settings: Settings, language: str, folder: Path) -> None:
    from workers.outside.model_shop import shelf
    from workers.outside.speech import model_name

    shelf.use(settings, language, folder)
    click.echo(f"{model_name(folder)} is in use for {language}. Running workers take it up within seconds.")
    click.echo("Transcripts made with another model are made again by ./hotline models redo")
