"""Which police station is nearest to a place that somebody sent. PURE.

Never does: route by it (the words and keys of the tip do), or ask a map elsewhere: nobody else learns of the place.
"""

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

from models.catalogue import Catalogue

EARTH_KM = 6371.0
FAR_KM = 60.0  # farther away no station of ours is worth naming


def nearest_station(catalogue: Catalogue, place: Mapping[str, float]) -> tuple[str, int] | None:
    """The code of the nearest territorial station whose point is known, and how many kilometres away, at least 1;
    None far from all of them. `place`: {"lat", "lon"} in degrees."""
    found = [
        (_kilometres(place["lat"], place["lon"], station.geo.lat, station.geo.lon), code)
        for code, station in catalogue.stations.items()
        if station.geo is not None and station.type == "territorial"
    ]
    away, code = min(found, default=(FAR_KM + 1, ""))
    return (code, max(1, round(away))) if away <= FAR_KM else None


def _kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along the surface of the earth (haversine)."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
