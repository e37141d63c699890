"""What the dialogue in writing asks of the catalogue, answered. PURE.

Never does: read a file; the catalogue is handed in.
"""

from models.catalogue import Catalogue


class TypedFacts:
    """The catalogue as seen by the dialogue in writing: codes, no words."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self._categories = catalogue, catalogue.categories
        self._by_code = {one.direct_code: one.code for one in catalogue.categories.values()}

    def category_with_code(self, code: str) -> str:
        """The category of a two-digit code, or ""."""
        return self._by_code.get(code, "")

    def urgency(self, category: str) -> str:
        """U1 to U4 of a category, "" of none."""
        found = self._categories.get(category)
        return found.urgency if found else ""

    def helpline(self, category: str) -> str:
        """Whom to call first if it is happening now; "" for a complaint about those who would come."""
        found = self._categories.get(category)
        return found.helplines[0] if found and found.helplines and not found.never else ""

    def accuses(self, category: str) -> bool:
        """Whether it is a complaint about those who might have a tip in hand."""
        return self._catalogue.accuses(category)
