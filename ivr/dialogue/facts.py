"""What the dialogue asks of the catalogue, answered. PURE.

Never does: read a file; the catalogue is handed in.
"""

from ivr.dialogue.pieces import Found
from models.catalogue import Catalogue


class CatalogueFacts:
    """The catalogue as seen by the dialogue: keys and codes, no words."""

    def __init__(self, catalogue: Catalogue, pictures_to: str = "") -> None:
        self._catalogue = catalogue
        self._pictures_to = "".join(digit for digit in pictures_to if digit.isdecimal())[-10:]
        self._menu = tuple(entry.digit for entry in catalogue.menu)
        self._kinds = {entry.digit: self._choices(entry.items) for entry in catalogue.menu}

    def _choices(self, categories: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        paths = [(self._catalogue.categories[code].menu_path, code) for code in categories]
        return tuple((path[1] if len(path) > 1 else "", code) for path, code in sorted(paths))

    def menu(self) -> tuple[str, ...]:
        """First keys of the menu of kinds, in spoken order."""
        return self._menu

    def kinds(self, menu: str) -> tuple[tuple[str, str], ...]:
        """(key, category) pairs of a submenu, in the order of their keys."""
        return self._kinds.get(menu, ())

    def category_with_code(self, code: str) -> str:
        """The category of a two-digit code, or ""."""
        category = self._catalogue.category_with_code(code)
        return category.code if category else ""

    def shows(self, category: str) -> bool:
        """Whether of this kind of thing people have pictures."""
        return "what_do_you_have" in self._catalogue.categories[category].ask

    def asks(self, question: str) -> bool:
        """Whether officers may ask this."""
        return question in self._catalogue.questions

    def pictures_to(self) -> str:
        """The ten digits of the number that takes pictures, "" when none does."""
        return self._pictures_to

    def find(self, pin: str) -> Found | None:
        """What a six-digit PIN code means; None when it is not in our area."""
        place = self._catalogue.place_of(pin)
        districts = [code for code in place.districts if code in self._catalogue.districts] if place else []
        if place is None or not districts:
            return None
        return Found(tuple(station.code for station in place.stations), districts[0])
