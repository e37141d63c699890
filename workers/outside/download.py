"""Fetches bytes from the telephone provider: the API answers itself, or sends us on to a storage host.

The account's key goes to the configured host only; a storage host that is given it refuses. No address that came with
a webhook is ever asked. Never does: retry, log, or keep more than the limit in memory.
"""

import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

from workers.outside.refusals import Damaged, TooLarge, Unavailable, fault_of, without_address

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
DOWNLOAD_SECONDS = 120
_HOPS = 3


@dataclass(frozen=True)
class Limit:
    """The most bytes that are taken, and what is said when there are more."""

    size: int
    words: str


class Downloads:
    """Fetches from one API host with one account's key."""

    def __init__(self, base: str, account: str, token: str) -> None:
        self._base, self._account, self._token = base, account, token

    def fetch(self, url: str, limit: Limit, seconds: float = DOWNLOAD_SECONDS) -> bytes:
        """The bytes at an address of the API, as many as announced, all of them within so many `seconds`.

        Raises ProviderFault, TooLarge beyond the limit.
        """
        deadline = time.monotonic() + seconds
        try:
            for _ in range(_HOPS):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Unavailable("the provider sent us on for too long")
                with self._get(url, left) as answer:
                    if not answer.is_redirect:
                        return _body(answer, deadline, limit)
                    url = urljoin(url, answer.headers["Location"])
        except requests.RequestException as fault:
            raise without_address(fault) from None
        except ValueError:
            raise Unavailable("the provider sent us to an address that is none") from None
        raise Unavailable("the provider sent us from one address to the next")

    def _get(self, url: str, left: float) -> requests.Response:
        ours, theirs = urlsplit(self._base), urlsplit(url)
        same_host = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
        if not same_host and theirs.scheme != "https" and ours.scheme == "https":
            raise Unavailable("the provider sent us to an address without TLS")
        session = requests.Session()
        session.trust_env = same_host  # a .netrc must not answer a foreign host either
        return session.get(
            url,
            auth=(self._account, self._token) if same_host else None,
            headers={"Accept-Encoding": "identity"},
            timeout=(min(CONNECT_SECONDS, left), min(ANSWER_SECONDS, left)),
            allow_redirects=False,
            stream=True,
        )


def _body(answer: requests.Response, deadline: float, limit: Limit) -> bytes:
    if fault := fault_of(answer.status_code):
        raise fault
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limit.size:
        raise TooLarge(limit.words)
    body = bytearray()
    for piece in answer.iter_content(65_536):
        body += piece
        if len(body) > limit.size:
            raise TooLarge(limit.words)
        if time.monotonic() > deadline:
            raise Unavailable("the file did not arrive in time")
    if announced.isdigit() and int(announced) != len(body):
        raise Damaged(f"{announced} bytes were announced, {len(body)} came")
    return bytes(body)
