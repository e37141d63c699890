"""Looks for telephone numbers, names and places in files, in every way they could have been written.

Never does: open what is encrypted; a number in there is what sealing is for.
"""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, quote_plus


def find_numbers(folder: Path, numbers: Iterable[str]) -> list[str]:
    """Files below the folder that hold one of these ten-digit numbers, in any common spelling or encoding."""
    spellings = {spelling for number in numbers for spelling in _spellings(number)}
    return _search(folder, [spelling.encode(code) for spelling in spellings for code in ("utf-8", "utf-16-le")])


def find_marks(folder: Path, names: Iterable[str], place: tuple[float, float]) -> list[str]:
    """Files below the folder that hold one of these names, or a place (latitude, longitude) finer than 100 m."""
    fine = [f"{degrees:.5f}"[:-1] for degrees in place]
    return _search(folder, [form for name in [*names, *fine] for form in _forms(name)])


def has_any(data: bytes, names: Iterable[str]) -> bool:
    """Whether bytes hold one of these names."""
    return any(form in data for name in names for form in _forms(name))


def _search(folder: Path, wanted: list[bytes]) -> list[str]:
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            if any(one in data for one in wanted):
                found.append(str(file.relative_to(folder)))
    return found


def _forms(name: str) -> list[bytes]:
    """A name as text, in an address, escaped in JSON, in UTF-16, and in base64 at each of its three offsets."""
    plain = name.encode()
    coded = [base64.b64encode(b"\0" * offset + plain)[4 if offset else 0 : -4] for offset in range(3)]
    written = {name, quote(name), quote_plus(name), json.dumps(name).strip('"')}
    return [*(one.encode() for one in written), name.encode("utf-16-le"), *(one for one in coded if len(one) >= 8)]


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
