"""Makes the sounds that are missing or whose words changed; everything else is left as it is.

Never does: overwrite or delete a sound that it did not make.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ivr.channels.prompts import LANGUAGES, Prompt, Prompts
from models.catalogue import Catalogue
from speech.voice import book, sound
from speech.voice.book import Entry, Standing
from speech.voice.kokoro import Kokoro, Say, fetch
from speech.voice.speaker import Manner, manners, speak

_SAVE_EVERY = 10


@dataclass
class Made:
    """What a build did, by "lang/name"."""

    made: list[str] = field(default_factory=list)
    studio: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    current: int = 0


@dataclass(frozen=True)
class Work:
    """One prompt of a language and how its sound stands."""

    prompt: Prompt
    manner: Manner
    path: Path
    words: str
    standing: Standing

    @property
    def slow(self) -> bool:
        """Digits are for writing down."""
        return is_slow(self.prompt.name)


def is_slow(name: str) -> bool:
    """Whether a prompt is spoken for somebody who writes along."""
    return name.startswith("digit-")


def places(catalogue: Catalogue) -> dict[str, str]:
    """English names of stations and districts to their Hindi writing."""
    names = {station.name_en: station.name_hi for station in catalogue.stations.values()}
    return names | {district.name_en: district.name_hi for district in catalogue.districts.values()}


def work(prompts: Prompts, catalogue: Catalogue, lang: str) -> Iterator[Work]:
    """All prompts of a language, in the order of the script."""
    manner, folder = manners(places(catalogue))[lang], prompts.folder / lang
    entries = book.read(folder)
    for prompt in prompts.all(lang):
        path = folder / f"{prompt.name}.wav"
        words = book.words_digest(prompt.text, _voice_of(manner, prompt.text), is_slow(prompt.name))
        yield Work(prompt, manner, path, words, book.standing(path, entries.get(prompt.name), words))


def build(
    prompts: Prompts,
    catalogue: Catalogue,
    cache: Path,
    say: Say,
    *,
    everything: bool = False,
    only: Collection[str] = (),
) -> Made:
    """Make what is to be made. `only` names prompts; `everything` makes ours again though nothing changed."""
    done = Made()
    kokoro: Kokoro | None = None
    for lang in LANGUAGES:
        folder = prompts.folder / lang
        entries = book.read(folder)
        _remove_leftovers(folder, entries, {prompt.name for prompt in prompts.all(lang)}, lang, done)
        for count, item in enumerate(work(prompts, catalogue, lang), 1):
            name = f"{lang}/{item.prompt.name}"
            if item.standing is Standing.STUDIO:
                done.studio.append(name)
            elif only and item.prompt.name not in only:
                continue
            elif item.standing is Standing.CURRENT and not everything:
                done.current += 1
            else:
                kokoro = kokoro or Kokoro(fetch(cache, say))
                sound.write(item.path, speak(kokoro, item.prompt.text, item.manner, slow=item.slow))
                entries[item.prompt.name] = Entry(item.words, book.sound_digest(item.path))
                done.made.append(name)
                if len(done.made) % _SAVE_EVERY == 0:
                    book.write(folder, entries)
                    say(f"{lang}: {count} of {len(prompts.all(lang))}")
        book.write(folder, entries)
    return done


def _remove_leftovers(folder: Path, entries: dict[str, Entry], names: set[str], lang: str, done: Made) -> None:
    for name in sorted(set(entries) - names):
        path = folder / f"{name}.wav"
        if path.is_file() and book.sound_digest(path) == entries[name].sound:
            path.unlink()
            done.removed.append(f"{lang}/{name}")
        del entries[name]


def _voice_of(manner: Manner, text: str) -> tuple[object, ...]:
    """The manner, with only those readings that this text needs: a new station must not have all others made again."""
    readings = sorted((word, said) for word, said in manner.read_as.items() if word in text)
    return (manner.voice, manner.language, manner.speed, manner.slow, manner.before, manner.after, readings)
