"""The provider's signature: one HMAC over the public address as configured and the form as sent.

Checked in one place only (guards.signed_by_twilio). The address is the configured one, because the address we
believe we were called at may be a proxy's.
Never does: read or keep what it signs for.
"""

import hmac
from base64 import b64encode
from collections import defaultdict
from urllib.parse import unquote_to_bytes, urlsplit

from settings import Settings

_MARKS = ("%26", "%3D", "%3d")  # "&" and "=" as they stand within a value


class Signatures:
    """Checks X-Twilio-Signature for one account and one public address."""

    def __init__(self, settings: Settings) -> None:
        token = settings.twilio_auth_token.get_secret_value().encode()
        # Begun once for each way of writing our address. Unlike hmac.digest, going on from a copy lets no other thread
        # go first: that would cost a turn more than the hash.
        self._begun = [hmac.new(token, base.encode(), "sha1") for base in _with_and_without_port(settings.public_url)]
        self._configured = bool(token)

    def valid(self, signature: str, path: str, query: str, pairs: list[tuple[str, str]]) -> bool:
        """Whether the provider signed this path, query and form (pairs as sent, empty values included)."""
        if not self._configured or not signature:
            return False
        tail = (path + (f"?{query}" if query else "") + _joined(pairs)).encode()
        given = signature.encode("ascii", "replace")
        for begun in self._begun:
            mac = begun.copy()
            mac.update(tail)
            if hmac.compare_digest(b64encode(mac.digest()), given):
                return True  # signed with or without the port: which of the two is no secret
        return False


def parse_form(text: str) -> list[tuple[str, str]]:
    """Pairs of a form or query, in order, empty values included (they are signed too). ValueError: not UTF-8.

    Like urllib's parse_qsl, which takes six times as long: more than all else that a menu step costs.
    """
    if not any(mark in text for mark in _MARKS):
        text = _plain(text)  # all at once, as no value holds what separates them
        return [pair.partition("=")[::2] for pair in text.split("&") if pair]
    pairs = []
    for pair in text.split("&"):
        if pair:
            key, _, value = pair.partition("=")
            pairs.append((_plain(key), _plain(value)))
    return pairs


def _plain(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    return unquote_to_bytes(text.replace("+", " ")).decode()


def _joined(pairs: list[tuple[str, str]]) -> str:
    """Keys in order, each with its value; of a doubled key each distinct value once, in order."""
    if len(dict(pairs)) == len(pairs):
        return "".join(map("".join, sorted(pairs)))
    values: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        values[key].add(value)
    return "".join(key + value for key in sorted(values) for value in sorted(values[key]))


def _with_and_without_port(url: str) -> list[str]:
    address = urlsplit(url)
    standard = {"https": 443, "http": 80}[address.scheme]
    if address.port is None:
        return [url, f"{address.scheme}://{address.netloc}:{standard}{address.path}"]
    return [url, f"{address.scheme}://{address.netloc.rsplit(':', 1)[0]}{address.path}"]
