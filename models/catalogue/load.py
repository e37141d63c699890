"""Reads the facts from the TOML files beside this module, checks them against each other, and freezes them.

Never does: correct a fact or leave one out; every fault of every file is reported at once, with file and key.
"""

from functools import cache
from pathlib import Path

import tomli

from models.catalogue.check import OFFICE_KINDS, SENSITIVITIES, STATION_TYPES, SURE, URGENCIES, check
from models.catalogue.entry import Entry
from models.catalogue.facts import (
    AmbiguousName,
    Catalogue,
    Category,
    Command,
    District,
    Example,
    FalseFriend,
    Helpline,
    Locality,
    MenuEntry,
    Office,
    OutOfArea,
    PinPlace,
    Point,
    Station,
)
from models.catalogue.kinds import read_kinds
from models.catalogue.officers import read_officers
from models.catalogue.phrases import read_phrases
from models.catalogue.questions import read_questions

HERE = Path(__file__).resolve().parent
FILES = (
    "categories.toml", "commands.toml", "offices.toml", "places.toml", "signs.toml", "talk.toml", "accusing.toml",
    "weights.toml", "kinds.toml", "officers.toml", "questions.toml",
)  # fmt: skip


class CatalogueFault(Exception):
    """The facts cannot be used. `faults` names every mistake as "file: key: what"."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The catalogue cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))


def load(folder: Path | None = None) -> Catalogue:
    """The catalogue of a folder, or CatalogueFault with every mistake in it. None: the hotline's own, read once."""
    return _own() if folder is None else _loaded(folder)


@cache
def _own() -> Catalogue:
    return _loaded(HERE)


def _loaded(folder: Path) -> Catalogue:
    faults: list[str] = []
    files = [_read(folder, name, faults) for name in FILES]
    categories, commands, offices, places, signs, talk, accusing, weights, weighed, naming, asked = files
    station_files = [
        _read(folder, f"stations/{path.name}", faults) for path in sorted((folder / "stations").glob("*.toml"))
    ]
    if faults:  # a file that cannot be read would make every reference to it look wrong
        raise CatalogueFault(faults)
    pins = {pin: (row, row.texts("stations", optional=True), _pin(pin, row)) for pin, row in places.entries("pins")}
    stations, origin = _stations(station_files, {pin: codes for pin, (_, codes, _) in pins.items()})
    kinds = {code: _category(code, row) for code, row in categories.entries("categories")}
    catalogue = Catalogue(
        categories=kinds,
        menu=tuple(_menu_entry(row) for row in categories.rows("menu")),
        helplines={number: _helpline(number, row) for number, row in categories.entries("helplines")},
        offices={code: _office(code, row) for code, row in offices.entries("offices")},
        districts={code: _district(code, row) for code, row in offices.entries("districts")},
        stations=stations,
        pins={
            pin: PinPlace(pin, _known(row, codes, stations), districts, also_in)
            for pin, (row, codes, (districts, also_in)) in pins.items()
        },
        ambiguous_names=tuple(
            AmbiguousName(row.text("hi"), row.text("roman"), row.texts("stations"), row.text("note"))
            for row in places.rows("ambiguous_names")
        ),
        out_of_area=tuple(
            OutOfArea(row.text("hi"), row.texts("roman"), row.text("en")) for row in places.rows("out_of_area")
        ),
        commands={
            name: Command(name, row.texts("keywords"), row.text("effect")) for name, row in commands.entries("commands")
        },
        false_friends=tuple(
            FalseFriend(row.texts("words"), row.texts("not"), row.text("why")) for row in commands.rows("false_friends")
        ),
        phrases=read_phrases(signs, talk, accusing, weights, kinds, faults),
        kinds=read_kinds(weighed, kinds),
        officers=read_officers(naming),
        questions=read_questions(asked),
    )
    for file in (*files, *station_files):
        file.done()
    faults += check(catalogue, origin)
    if faults:
        raise CatalogueFault(faults)
    return catalogue


def _read(folder: Path, name: str, faults: list[str]) -> Entry:
    try:
        return Entry(tomli.loads((folder / name).read_text(encoding="utf-8")), name, "", faults)
    except FileNotFoundError:
        faults.append(f"{name}: is missing")
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as fault:
        faults.append(f"{name}: is not TOML: {fault}")
    return Entry({}, name, "", faults)


def _stations(files: list[Entry], pins: dict[str, tuple[str, ...]]) -> tuple[dict[str, Station], dict[str, str]]:
    """The stations of all files, and the file each came from."""
    pins_of: dict[str, tuple[str, ...]] = {}
    for pin, codes in pins.items():
        for code in codes:
            pins_of[code] = (*pins_of.get(code, ()), pin)
    stations: dict[str, Station] = {}
    origin: dict[str, str] = {}
    for file in files:
        district = file.text("district")
        for code, row in file.entries():
            if code in stations:
                row.fault("", f"is already in {origin[code]}")
            stations[code] = _station(code, district, row, pins_of.get(code, ()))
            origin[code] = row.file
    return stations, origin


def _known(row: Entry, codes: tuple[str, ...], stations: dict[str, Station]) -> tuple[Station, ...]:
    for code in codes:
        if code not in stations:
            row.fault("stations", f"there is no station {code!r}")
    return tuple(stations[code] for code in codes if code in stations)


def _pin(pin: str, row: Entry) -> tuple[tuple[str, ...], str]:
    if not (len(pin) == 6 and pin.isdecimal() and pin.isascii() and pin[0] != "0"):
        row.fault("", "a PIN code has six digits and does not begin with 0")
    return row.texts("districts"), row.text("also_in", "")


def _helpline(number: str, row: Entry) -> Helpline:
    return Helpline(number, row.text("hi"), row.text("en"), row.text("for_hi"), row.text("for_en"))


def _menu_entry(row: Entry) -> MenuEntry:
    return MenuEntry(str(row.whole("digit")), row.text("hi"), row.text("en"), row.texts("items"))


def _category(code: str, row: Entry) -> Category:
    path = row.text("key_path")
    return Category(
        code=code,
        menu_path=tuple(path.split("-")),
        direct_code=row.text("direct_code"),
        name_hi=row.text("name_hi"),
        name_en=row.text("name_en"),
        menu_hi=row.text("menu_hi"),
        menu_en=row.text("menu_en"),
        keywords={script: row.texts(f"keywords_{script}") for script in ("hi", "roman", "en")},
        examples=tuple(Example(example.text("lang"), example.text("text")) for example in row.rows("examples")),
        ask=row.texts("ask"),
        urgency=row.choice("urgency", URGENCIES),
        sensitivity=row.choice("sensitivity", SENSITIVITIES),
        helplines=row.texts("helplines"),
        to=row.texts("to"),
        copy=row.texts("copy"),
        never=row.texts("never"),
        note=row.text("note", ""),
    )


def _point(row: Entry) -> Point | None:
    geo = row.entry("geo")
    if geo is None:
        return None
    point = Point(geo.number("lat"), geo.number("lon"), geo.number("precision_km"), geo.text("source"))
    geo.done()
    return point


def _office(code: str, row: Entry) -> Office:
    return Office(
        code=code,
        kind=row.choice("kind", OFFICE_KINDS),
        name_hi=row.text("name_hi"),
        name_en=row.text("name_en"),
        parent=row.maybe("parent"),
        districts=row.texts("districts"),
        appointed=row.flag("appointed", True),
        geo=_point(row),
        confidence=row.choice("confidence", SURE),
        note=row.text("note", ""),
    )


def _district(code: str, row: Entry) -> District:
    return District(
        code=code,
        name_hi=row.text("name_hi"),
        name_en=row.text("name_en"),
        menu_digit=str(row.whole("menu_digit")),
        aliases_hi=row.texts("aliases_hi"),
        aliases_roman=row.texts("aliases_roman"),
        parent_office=row.text("parent_office"),
        range_office=row.text("range_office"),
        geo=_point(row),
    )


def _station(code: str, district: str, row: Entry, pin_codes: tuple[str, ...]) -> Station:
    confidence = row.entry("confidence")
    return Station(
        code=code,
        name_hi=row.text("name_hi"),
        name_en=row.text("name_en"),
        type=row.choice("type", STATION_TYPES),
        district=district,
        parent_office=row.text("parent_office"),
        circle=row.maybe("circle"),
        aliases_hi=row.texts("aliases_hi"),
        aliases_roman=row.texts("aliases_roman"),
        pin_codes=pin_codes,
        geo=_point(row),
        localities=tuple(_locality(place) for place in row.rows("localities", optional=True)),
        confidence={fact: confidence.choice(fact, SURE) for fact in confidence.names()} if confidence else {},
        note=row.text("note", ""),
    )


def _locality(row: Entry) -> Locality:
    return Locality(
        hi=row.text("hi"),
        en=row.text("en"),
        aliases=row.texts("aliases"),
        confidence=row.choice("confidence", SURE),
        shared_with=row.texts("shared_with", optional=True),
        needs_district=row.flag("needs_district", False),
    )
