"""The shapes of the facts: categories, helplines, offices, districts, stations, places, commands. All frozen.

Never does: read files (load does), decide (workers.classify and workers.route do), or name an officer.
"""

from dataclasses import dataclass

from models.catalogue.kinds import KindWeights
from models.catalogue.officers import OfficerWords
from models.catalogue.phrases import Phrases
from models.catalogue.questions import Question


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a place, in degrees; the building is expected within `precision_km` of it."""

    lat: float
    lon: float
    precision_km: float
    source: str


@dataclass(frozen=True, slots=True)
class Helpline:
    """A public helpline. `hi` and `en` are how the number is spoken, `for_hi` and `for_en` what it is for."""

    number: str
    hi: str
    en: str
    for_hi: str
    for_en: str


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One choice of the first menu: its digit, its words, and the categories behind it in the order of their keys."""

    digit: str
    hi: str
    en: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A message of the kind people send. `lang` is hi, hi-Latn or en."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of tip. `to`, `copy` and `never` are routing words, not unit codes; `never`: of what accuses police."""

    code: str
    menu_path: tuple[str, ...]
    direct_code: str
    name_hi: str
    name_en: str
    menu_hi: str
    menu_en: str
    keywords: dict[str, tuple[str, ...]]
    examples: tuple[Example, ...]
    ask: tuple[str, ...]
    urgency: str
    sensitivity: str
    helplines: tuple[str, ...]
    to: tuple[str, ...]
    copy: tuple[str, ...]
    never: tuple[str, ...]
    note: str

    def name(self, lang: str) -> str:
        """The full name, in Hindi unless `lang` is "en"."""
        return self.name_en if lang == "en" else self.name_hi

    def menu(self, lang: str) -> str:
        """The words of the menu, in Hindi unless `lang` is "en"."""
        return self.menu_en if lang == "en" else self.menu_hi


@dataclass(frozen=True, slots=True)
class Office:
    """An office that receives tips. An office not `appointed` does not exist yet: its parent receives instead."""

    code: str
    kind: str
    name_hi: str
    name_en: str
    parent: str | None
    districts: tuple[str, ...]
    appointed: bool
    geo: Point | None
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class District:
    """A district: who receives when only the district is known, and who is above."""

    code: str
    name_hi: str
    name_en: str
    menu_digit: str
    aliases_hi: tuple[str, ...]
    aliases_roman: tuple[str, ...]
    parent_office: str
    range_office: str
    geo: Point | None


@dataclass(frozen=True, slots=True)
class Locality:
    """A place people name. `shared_with`: further stations that police it; `needs_district`: common to many towns."""

    hi: str
    en: str
    aliases: tuple[str, ...]
    confidence: str
    shared_with: tuple[str, ...]
    needs_district: bool


@dataclass(frozen=True, slots=True)
class Station:
    """A police station. Only a territorial one is picked by place. `confidence` says how certain each fact is."""

    code: str
    name_hi: str
    name_en: str
    type: str
    district: str
    parent_office: str
    circle: str | None
    aliases_hi: tuple[str, ...]
    aliases_roman: tuple[str, ...]
    pin_codes: tuple[str, ...]
    geo: Point | None
    localities: tuple[Locality, ...]
    confidence: dict[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class PinPlace:
    """What a PIN code tells: candidate stations, and its districts ("OUT": it also lies in a neighbouring one)."""

    pin: str
    stations: tuple[Station, ...]
    districts: tuple[str, ...]
    also_in: str


@dataclass(frozen=True, slots=True)
class AmbiguousName:
    """A name that must not be routed on its own, and the stations it could mean."""

    hi: str
    roman: str
    stations: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class OutOfArea:
    """A place that callers name and that lies outside this service."""

    hi: str
    roman: tuple[str, ...]
    en: str


@dataclass(frozen=True, slots=True)
class Command:
    """Words that steer a written conversation, and what they do."""

    name: str
    keywords: tuple[str, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class FalseFriend:
    """Words that look like a keyword and must not be taken for it."""

    words: tuple[str, ...]
    taken_for: tuple[str, ...]
    why: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All facts, checked. Dicts are keyed by code, number, PIN or name. Equals only itself (indexes are kept by it)."""

    categories: dict[str, Category]
    menu: tuple[MenuEntry, ...]
    helplines: dict[str, Helpline]
    offices: dict[str, Office]
    districts: dict[str, District]
    stations: dict[str, Station]
    pins: dict[str, PinPlace]
    ambiguous_names: tuple[AmbiguousName, ...]
    out_of_area: tuple[OutOfArea, ...]
    commands: dict[str, Command]
    false_friends: tuple[FalseFriend, ...]
    phrases: Phrases
    kinds: KindWeights
    officers: OfficerWords
    questions: dict[str, Question]

    def category_with_code(self, code: str) -> Category | None:
        """The category with the two-digit code "02"."""
        return next((category for category in self.categories.values() if category.direct_code == code), None)

    def accuses(self, kind: str | None) -> bool:
        """Whether tips of this kind are kept from some officers: a complaint about those who might have it in hand."""
        found = self.categories.get(kind or "")
        return found is not None and bool(found.never)

    def place_of(self, pin: str) -> PinPlace | None:
        """What the six digits tell; None for a PIN code outside the four districts."""
        return self.pins.get(pin)

    def unit_name(self, code: str, lang: str) -> str:
        """Name of an office or station; the code itself for a unit that is no longer in the catalogue."""
        unit = self.offices.get(code) or self.stations.get(code)
        if unit is None:
            return code
        return unit.name_en if lang == "en" else unit.name_hi
