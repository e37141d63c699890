"""What stands on a poster: words of words.toml, the number of the settings, subjects and places of the catalogue.

Never does: draw, or offer a way to reach us that the settings do not name.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.catalogue import Catalogue

LANGUAGES = ("hi", "en")
_NUMBER = re.compile(r"^\+[1-9][0-9]{6,14}$")
_INDIA, _FREE = "+91", "1800"


class PosterFault(Exception):
    """A poster cannot be made; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Words:
    """The lines of one language."""

    name: str
    headline: tuple[str, ...]
    promise: str
    call: str
    sms: str
    whatsapp: str
    say: str
    steps: tuple[str, ...]
    subjects: str
    accused: str
    danger: str
    danger_call: str
    station: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reach us: call, sms or whatsapp, and what its QR code says."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Content:
    """All of one poster. `where`: the place in each language of the poster, empty for none; `subjects`: two digits and
    the names in each language, in the order of the digits."""

    number: str
    ways: tuple[Way, ...]
    words: tuple[Words, ...]
    where: tuple[str, ...]
    subjects: tuple[tuple[str, tuple[str, ...]], ...]


def words_of(languages: Iterable[str]) -> tuple[Words, ...]:
    """The words of the languages, in their order."""
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return tuple(_words(table[language]) for language in languages)


def _words(table: dict[str, Any]) -> Words:
    lines: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Words(**lines)


def content(
    catalogue: Catalogue, languages: tuple[str, ...], number: str, whatsapp: str, *, sms: bool, where: tuple[str, ...]
) -> Content:
    """The poster for a number (+ and digits). `whatsapp`: the number there, or empty; `where`: see `Content`.

    Raises PosterFault for a number that nobody could dial.
    """
    ways = [Way("call", f"tel:{_dialled(number, 'HOTLINE_TWILIO_NUMBER')}")]
    if sms:
        ways.append(Way("sms", f"SMSTO:{_dialled(number, 'HOTLINE_TWILIO_NUMBER')}:"))
    if whatsapp:
        digits = _dialled(whatsapp, "HOTLINE_WHATSAPP_NUMBER").removeprefix("+")
        ways.append(Way("whatsapp", f"https://wa.me/{digits}"))
    names = {"hi": lambda one: one.menu_hi, "en": lambda one: one.menu_en}
    subjects = sorted(
        (one.direct_code, tuple(_capital(names[language](one)) for language in languages))
        for one in catalogue.categories.values()
    )
    return Content(shown(number), tuple(ways), words_of(languages), where, tuple(subjects))


def shown(number: str) -> str:
    """A number as people here read and dial it: "98765 43210", "080 6981 6981", "1800 123 456"; of other countries
    with its +. 79 and 80 begin mobile numbers and those of two cities: with 0 in front both can be dialled."""
    local = number.removeprefix(_INDIA)
    if local == number or not 10 <= len(local) <= 11:
        return number
    if local.startswith(_FREE):
        return f"{local[:4]} {local[4:7]} {local[7:]}"
    if len(local) == 10 and local[0] in "6789" and not local.startswith(("79", "80")):
        return f"{local[:5]} {local[5:]}"
    return f"0{local[:2]} {local[2:6]} {local[6:]}"


def at_station(catalogue: Catalogue, code: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The name of a station in each language. Raises PosterFault for a code that the catalogue does not know."""
    if code not in catalogue.stations:
        raise PosterFault(f"There is no station {code}. The codes are in models/catalogue/stations.")
    station = catalogue.stations[code]
    district = catalogue.districts[station.district]
    names = {
        "hi": (station.name_hi.removesuffix(" थाना").removeprefix("थाना "), district.name_hi),
        "en": (station.name_en, district.name_en),
    }
    if station.type != "territorial":
        return tuple(names[language][0] for language in languages)
    return tuple(
        words.station.format(name=names[language][0], district=names[language][1])
        for language, words in zip(languages, words_of(languages), strict=True)
    )


def at_place(catalogue: Catalogue, name: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """A market or place: its names of the catalogue where it knows them, else as given, once."""
    wanted = name.strip().casefold()
    for station in catalogue.stations.values():
        for locality in station.localities:
            if wanted in {one.casefold() for one in (locality.hi, locality.en, *locality.aliases)}:
                both = {"hi": locality.hi, "en": locality.en}
                return tuple(both[language] for language in languages)
    return (name.strip(),)


def _dialled(number: str, variable: str) -> str:
    plain = re.sub(r"[\s()\-]", "", number)
    if not _NUMBER.match(plain):
        raise PosterFault(f"{variable} must be a number such as +919876543210; it is {number!r}.")
    return plain


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
