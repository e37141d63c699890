"""The overview as a sheet to take away (CSV): what the page shows, no more.

Never does: write a cell that a spreadsheet would take for a formula.
"""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(rows: Iterable[Sequence[str | int]]) -> bytes:
    """The bytes of the file; with the mark by which Excel knows that Hindi is UTF-8."""
    file = io.StringIO()
    csv.writer(file).writerows([_cell(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: str | int) -> str | int:
    # Spreadsheets skip spaces before they look whether a cell begins a formula.
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \xa0").startswith(_FORMULA) else value
