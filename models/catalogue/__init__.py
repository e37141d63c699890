"""The facts of the world, as files that the police and translators can read: categories, offices, stations, places.

Never does: hold a person's name or number, or decide anything. `load()` refuses a faulty file with file and key.
"""

from models.catalogue.facts import (
    AmbiguousName,
    Catalogue,
    Category,
    Command,
    District,
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
from models.catalogue.load import CatalogueFault, load

__all__ = [
    "AmbiguousName",
    "Catalogue",
    "CatalogueFault",
    "Category",
    "Command",
    "District",
    "FalseFriend",
    "Helpline",
    "Locality",
    "MenuEntry",
    "Office",
    "OutOfArea",
    "PinPlace",
    "Point",
    "Station",
    "load",
]
