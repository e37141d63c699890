"""A small map of a district: a dot for each station whose place is known, a circle by how many tips came there. PURE.

Never does: see a true number (only lines of the overview's tables), or draw the place of a tip.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from ivr.console.tables import Line
from models.catalogue import Catalogue
from models.catalogue.facts import Point

WIDTH, EDGE = 340, 26  # in the SVG's own units; on a telephone about one to a pixel
LOWEST, HIGHEST = 150, 340
LARGEST, SMALLEST = 20.0, 5.0
NAMED = 5  # so many circles have their name beside them, where there is room
LETTER, LINE = 6.6, 15  # about as large as they are drawn


@dataclass(frozen=True)
class Circle:
    """A station on the map; `n` is rounded. `side`: where its name stands, "" for nowhere."""

    station: str
    x: float
    y: float
    r: float
    n: int
    side: str


_Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class DistrictMap:
    """One district. `dots`: every station with a known place."""

    district: str
    width: int
    height: int
    dots: tuple[tuple[float, float], ...]
    circles: tuple[Circle, ...]


def draw(catalogue: Catalogue, lines: Sequence[Line], name: Callable[[str], str]) -> tuple[DistrictMap, ...]:
    """A map of each district in which a named line has a place, in the catalogue's order. `name`: of a station."""
    there = {line.key: line.came for line in lines if line.key is not None}
    maps = (_draw(catalogue, district, there, name) for district in catalogue.districts)
    return tuple(one for one in maps if one.circles)


def _draw(catalogue: Catalogue, district: str, there: dict[str, int], name: Callable[[str], str]) -> DistrictMap:
    points = {
        station.code: station.geo
        for station in catalogue.stations.values()
        if station.geo is not None and station.district == district and station.type == "territorial"
    }
    if not points.keys() & there.keys():
        return DistrictMap(district, WIDTH, LOWEST, (), ())
    west, south = min(p.lon for p in points.values()), min(p.lat for p in points.values())
    east, north = max(p.lon for p in points.values()), max(p.lat for p in points.values())
    narrower = cos(radians((south + north) / 2))  # a degree of longitude is shorter than one of latitude
    across, down = max(0.01, (east - west) * narrower), max(0.01, north - south)
    scale = min((WIDTH - 2 * EDGE) / across, (HIGHEST - 2 * EDGE) / down)
    height = max(LOWEST, round(down * scale) + 2 * EDGE)
    left, top = (WIDTH - across * scale) / 2, (height - down * scale) / 2

    def place(point: Point) -> tuple[float, float]:
        x = left + (point.lon - west) * narrower * scale
        return round(x, 1), round(top + (north - point.lat) * scale, 1)

    here = sorted(points.keys() & there.keys(), key=lambda code: (-there[code], code))
    most = there[here[0]]
    sized = [(code, *place(points[code]), max(SMALLEST, LARGEST * sqrt(there[code] / most))) for code in here]
    taken: list[_Box] = [(x - r, y - r, x + r, y + r) for _, x, y, r in sized]
    circles, named = [], 0
    for code, x, y, r in sized:
        boxes = _beside(x, y, r, LETTER * (len(name(code)) + 4)) if named < NAMED else {}
        own = (x - r, y - r, x + r, y + r)
        side = next((side for side, box in boxes.items() if not any(_meet(box, o) for o in taken if o != own)), "")
        if side:
            named += 1
            taken.append(boxes[side])
        circles.append(Circle(code, x, y, round(r, 1), there[code], side))
    return DistrictMap(district, WIDTH, height, tuple(sorted(map(place, points.values()))), tuple(circles))


def _beside(x: float, y: float, r: float, length: float) -> dict[str, _Box]:
    """Where a name of this length can stand without leaving the map."""
    sides = {
        "right": (x + r, y - LINE / 2, x + r + length, y + LINE / 2),
        "left": (x - r - length, y - LINE / 2, x - r, y + LINE / 2),
    }
    return {side: box for side, box in sides.items() if box[0] >= 0 and box[2] <= WIDTH}


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
