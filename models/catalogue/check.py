"""What must hold between the facts of different files: every reference leads somewhere, no key leads to two things.

Never does: read a file, or repeat a fault that reading already found (such a value was left empty and is passed over).
"""

import re
from collections.abc import Iterator

from models.catalogue.facts import Catalogue

OFFICE_KINDS = ("range", "commissionerate", "district_sp", "dcp_zone", "nodal_desk", "reviewer")
STATION_TYPES = ("territorial", "mahila", "cyber")
URGENCIES = ("U1", "U2", "U3", "U4")
SENSITIVITIES = ("S1", "S2", "S3")
SURE = ("high", "medium")
RECIPIENTS = ("district_office", "range_office", "nodal_desk_if_configured")


def check(catalogue: Catalogue, origin: dict[str, str]) -> list[str]:
    """Every fault between the facts, as "file: key: what". `origin`: the file of each station."""
    return [
        *_categories(catalogue),
        *_menu(catalogue),
        *_offices(catalogue),
        *_stations(catalogue, origin),
        *_places(catalogue),
    ]


def _categories(catalogue: Catalogue) -> Iterator[str]:
    paths: dict[tuple[str, ...], str] = {}
    codes: dict[str, str] = {}
    for code, category in catalogue.categories.items():
        at = f"categories.toml: categories.{code}"
        path = "-".join(category.menu_path)
        if path and not re.fullmatch(r"[1-9](-[1-9])?", path):
            yield f"{at}.key_path: {path!r} is not one or two menu digits such as 1-2"
        if path and category.menu_path in paths:
            yield f"{at}.key_path: {path} already leads to {paths[category.menu_path]}"
        paths.setdefault(category.menu_path, code)
        if category.direct_code and not re.fullmatch(r"[0-9]{2}", category.direct_code):
            yield f"{at}.direct_code: {category.direct_code!r} is not two digits"
        if category.direct_code and category.direct_code in codes:
            yield f"{at}.direct_code: {category.direct_code} already leads to {codes[category.direct_code]}"
        codes.setdefault(category.direct_code, code)
        for number in category.helplines:
            if number not in catalogue.helplines:
                yield f"{at}.helplines: there is no helpline {number!r}"
        for key, words in (("to", category.to), ("copy", category.copy)):
            for word in words:
                if word not in RECIPIENTS:
                    yield f"{at}.{key}: {word!r} is none of {', '.join(RECIPIENTS)}"
        if not category.to:
            yield f"{at}.to: is empty: nobody would receive it"


def _menu(catalogue: Catalogue) -> Iterator[str]:
    seen: dict[str, str] = {}
    for place, entry in enumerate(catalogue.menu, start=1):
        at = f"categories.toml: menu[{place}]"
        if entry.digit in seen:
            yield f"{at}.digit: {entry.digit} is already taken"
        seen[entry.digit] = at
        if not entry.items:
            yield f"{at}.items: is empty"
        for position, code in enumerate(entry.items, start=1):
            category = catalogue.categories.get(code)
            if category is None:
                yield f"{at}.items: there is no category {code!r}"
                continue
            path = (entry.digit,) if len(entry.items) == 1 else (entry.digit, str(position))
            if category.menu_path not in (path, ("",)):
                yield (
                    f"{at}.items: {code} is reached by {'-'.join(path)} here, "
                    f"but its key_path is {'-'.join(category.menu_path)}"
                )
    offered = {code for entry in catalogue.menu for code in entry.items}
    for code in catalogue.categories:
        if code not in offered:
            yield f"categories.toml: categories.{code}: is in no menu"


def _offices(catalogue: Catalogue) -> Iterator[str]:
    for code, office in catalogue.offices.items():
        at = f"offices.toml: offices.{code}"
        above, steps = office.parent, 0
        if above is not None and above not in catalogue.offices:
            yield f"{at}.parent: there is no office {above!r}"
        while above in catalogue.offices and steps <= len(catalogue.offices):
            above, steps = catalogue.offices[above].parent, steps + 1
        if steps > len(catalogue.offices):
            yield f"{at}.parent: the offices above it go round in a circle"
        if not office.appointed and office.parent is None:
            yield f"{at}.appointed: an office that is not appointed needs a parent that receives instead"
        for district in office.districts:
            if district not in catalogue.districts:
                yield f"{at}.districts: there is no district {district!r}"
    digits: dict[str, str] = {}
    for code, place in catalogue.districts.items():
        at = f"offices.toml: districts.{code}"
        if place.menu_digit in digits:
            yield f"{at}.menu_digit: {place.menu_digit} already leads to {digits[place.menu_digit]}"
        digits[place.menu_digit] = code
        for key, unit in (("parent_office", place.parent_office), ("range_office", place.range_office)):
            if unit and unit not in catalogue.offices:
                yield f"{at}.{key}: there is no office {unit!r}"


def _stations(catalogue: Catalogue, origin: dict[str, str]) -> Iterator[str]:
    for code, station in catalogue.stations.items():
        at = f"{origin[code]}: {code}"
        if station.district and station.district not in catalogue.districts:
            yield f"{origin[code]}: district: there is no district {station.district!r}"
        elif not code.startswith(f"{station.district}-"):
            yield f"{at}: a station of this file begins with {station.district}-"
        if code in catalogue.offices:
            yield f"{at}: an office has this code"
        if station.parent_office and station.parent_office not in catalogue.offices:
            yield f"{at}.parent_office: there is no office {station.parent_office!r}"
        for place, locality in enumerate(station.localities, start=1):
            for other in locality.shared_with:
                if other not in catalogue.stations:
                    yield f"{at}.localities[{place}].shared_with: there is no station {other!r}"


def _places(catalogue: Catalogue) -> Iterator[str]:
    for pin, place in catalogue.pins.items():
        at = f"places.toml: pins.{pin}"
        for district in place.districts:
            if district != "OUT" and district not in catalogue.districts:
                yield f"{at}.districts: there is no district {district!r}"
        if not place.districts:
            yield f"{at}.districts: is empty"
        for station in place.stations:
            if station.district not in place.districts:
                yield f"{at}.stations: {station.code} lies in {station.district}, which is not among the districts"
    for number, name in enumerate(catalogue.ambiguous_names, start=1):
        for code in name.stations:
            if code not in catalogue.stations:
                yield f"places.toml: ambiguous_names[{number}].stations: there is no station {code!r}"
