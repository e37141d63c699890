"""The makers' list of official models: names, sizes and checksums, from HOTLINE_MODELS_URL/model-list.json.

Never does: keep it (the list of the day decides), or believe an address in it: models lie beside the list.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import requests
import urllib3

from workers.outside.model_shop.faults import ShopFault
from workers.outside.model_shop.shelf import language_of

LIST = "model-list.json"
LARGEST_LIST = 4 * 1024**2  # bytes
CONNECT_SECONDS, READ_SECONDS = 10, 30
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Listed:
    """One model as the makers list it: `size` in bytes of the zip file at `url`, its MD5 in hex."""

    name: str
    language: str
    size: int
    md5: str
    url: str


def look_up(base: str, name: str) -> Listed:
    """The list's entry of a model. ShopFault when the list cannot be had, or has no such model of our languages."""
    entries = _entries(base)
    found = next((one for one in entries if one.get("name") == name), None)
    language = language_of(name)
    if found is None or language is None or not _NAME.fullmatch(name):
        ours = sorted(str(one.get("name")) for one in entries if language_of(str(one.get("name"))) is not None)
        raise ShopFault(
            f"The list at {base} has no Hindi or English model {name}. It has: {', '.join(ours) or 'none'}."
        )
    size, md5 = found.get("size"), str(found.get("md5", "")).lower()
    if not isinstance(size, int) or size <= 0 or not _MD5.fullmatch(md5):
        raise ShopFault(f"The list at {base} tells neither size nor checksum of {name}: it is not fetched unchecked.")
    return Listed(name, language, size, md5, f"{base}/{name}.zip")


def unreachable(base: str, why: str) -> ShopFault:
    """The makers' site cannot be reached: what to do on a machine without a way out."""
    return ShopFault(
        f"{base} cannot be reached: {why}.\n"
        "Without a way out: fetch the model's zip elsewhere, unpack it on this machine and name its folder:\n"
        "  ./hotline models use hi /path/to/vosk-model-small-hi-0.22\n"
        "A mirror of the site may be named with HOTLINE_MODELS_URL."
    )


def reason(fault: Exception) -> str:
    """Why a request failed, in a few words."""
    if isinstance(fault, requests.exceptions.SSLError):
        return "its certificate is not accepted (a proxy in between?)"
    if isinstance(fault, (requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError)):
        return "it does not answer"
    if isinstance(fault, (urllib3.exceptions.ProtocolError, requests.exceptions.ChunkedEncodingError)):
        return "the connection was cut"
    if isinstance(fault, requests.ConnectionError):
        return "no connection (offline, or blocked)"
    return type(fault).__name__


def _entries(base: str) -> list[dict[str, Any]]:
    address = f"{base}/{LIST}"
    try:
        with requests.get(address, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as answer:
            if answer.status_code != 200:
                raise unreachable(address, f"it answers {answer.status_code}")
            text = answer.raw.read(LARGEST_LIST + 1, decode_content=True)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fault:
        raise unreachable(base, reason(fault)) from None
    try:
        told = json.loads(text) if len(text) <= LARGEST_LIST else None
    except ValueError:
        told = None
    if not isinstance(told, list):
        raise ShopFault(f"{address} is not the list of models (a page of a proxy in between?). Nothing was changed.")
    return [one for one in told if isinstance(one, dict)]
