"""The wire between the telephone company and the hotline: real HTTP, or the WSGI app in this process.

Each call has a session of its own, so that cookies live as long as the call.
Never does: follow a redirect, sign, or judge an answer.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import requests
from werkzeug.test import Client

from ivr.simulator.fault import TwilioFault

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CONNECT_SECONDS = 5.0
LARGEST_ANSWER = 32 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Session(Protocol):
    """One call's connection to the hotline."""

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], limit: float) -> Answer:
        """Send one request. TwilioFault (112xx) when no whole answer comes within `limit` seconds."""


class Line(Protocol):
    """Makes sessions."""

    def session(self) -> Session:
        """A fresh session, without cookies."""


class AppLine:
    """A WSGI application in this process; nothing is listened on."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def session(self) -> "_AppSession":
        return _AppSession(self._app)


class _AppSession:
    def __init__(self, app: "WSGIApplication") -> None:
        self._client = Client(app)

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], limit: float) -> Answer:
        parts = urlsplit(url)
        begun = time.monotonic()
        response = self._client.open(
            path=parts.path or "/",
            base_url=f"{parts.scheme}://{parts.netloc}",
            query_string=parts.query,
            method=method,
            data=body or None,
            headers=dict(headers),
        )
        answer_body = response.get_data()
        response.close()
        seconds = time.monotonic() - begun
        if seconds > limit:
            raise TwilioFault(11205, f"no answer within {limit} s")
        lower = {name.lower(): value for name, value in response.headers}
        return Answer(response.status_code, lower, answer_body, seconds)


class LiveLine:
    """A server. `connect_to` is where it really listens when the public address leads elsewhere."""

    def __init__(self, public_url: str, connect_to: str | None = None) -> None:
        self._public = public_url.rstrip("/")
        self._connect_to = (connect_to or public_url).rstrip("/")

    def session(self) -> "_LiveSession":
        return _LiveSession(self._public, self._connect_to)


class _LiveSession:
    def __init__(self, public: str, connect_to: str) -> None:
        self._public, self._connect_to = public, connect_to
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], limit: float) -> Answer:
        sent = dict(headers)
        if url.startswith(self._public) and self._public != self._connect_to:
            parts = urlsplit(url)
            url = self._connect_to + url.removeprefix(self._public)
            sent |= {"Host": parts.netloc, "X-Forwarded-Host": parts.netloc, "X-Forwarded-Proto": parts.scheme}
        begun = time.monotonic()
        try:
            response = self._session.request(
                method, url, data=body or None, headers=sent, timeout=(min(CONNECT_SECONDS, limit), limit),
                allow_redirects=False, stream=True,
            )  # fmt: skip
            content = b""
            for piece in response.iter_content(65536):
                content += piece
                if time.monotonic() - begun > limit:
                    raise TwilioFault(11205, f"no whole answer within {limit} s")
                if len(content) > LARGEST_ANSWER:
                    raise TwilioFault(11750, "the answer does not end")
            response.close()
        except requests.Timeout:
            raise TwilioFault(11205, f"no answer within {limit} s") from None
        except requests.ConnectionError as fault:
            raise TwilioFault(11210 if "NameResolution" in str(fault) else 11202, "cannot connect") from None
        except requests.RequestException as fault:
            raise TwilioFault(11206, f"not HTTP: {type(fault).__name__}") from None
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, lower, content, time.monotonic() - begun)
