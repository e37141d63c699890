"""Looks for telephone numbers in files, in every way they could have been written.

Never does: open what is encrypted; a number in there is what sealing is for.
"""

from collections.abc import Iterable
from pathlib import Path


def find_numbers(folder: Path, numbers: Iterable[str]) -> list[str]:
    """Files below the folder that hold one of these ten-digit numbers, in any common spelling or encoding."""
    spellings = {spelling for number in numbers for spelling in _spellings(number)}
    wanted = [spelling.encode(code) for spelling in spellings for code in ("utf-8", "utf-16-le")]
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            if any(one in data for one in wanted):
                found.append(str(file.relative_to(folder)))
    return found


def _spellings(number: str) -> set[str]:
    devanagari = number.translate({ord("0") + digit: chr(0x966 + digit) for digit in range(10)})
    halves = (number[:5], number[5:])
    return {
        number,
        devanagari,
        " ".join(halves),
        "-".join(halves),
        "+".join(halves),
        "%20".join(halves),
        " ".join(number),
    }
