"""The telephone company as a server of its own: Twilio's REST API over real HTTP, with outages on request.

In a test: `with Provider(sid, token) as provider:` and settings.twilio_api_url = provider.url. As a process:
`python -m ivr.simulator --port N` (the demo). Below /_simulator lies what no customer of Twilio sees:
the exchange where telephones in other processes put calls and recordings, and the desk with the page's telephones.
Never does: accept a wrong password, keep anything on disk, or listen to other machines unless told to.
"""

import base64
import hmac
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ivr.simulator.desk import Desk
from ivr.simulator.exchange import INSIDE, Inside
from ivr.simulator.outages import Kind, Outages
from ivr.simulator.rest import MESSAGES, Reply, RestApi, refusal
from ivr.simulator.store import Store

log = logging.getLogger(__name__)

LARGEST_REQUEST = 64 * 1024 * 1024
HELD_SECONDS = 120.0


class Provider:
    """One account at the telephone company. `store` is what it keeps, `outages` how it fails, `url` where it is."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ready_after: float = 0.0,
        store: Store | None = None,
        desk: Desk | None = None,
    ) -> None:
        self.account_sid = account_sid
        self.store = store or Store(ready_after=ready_after)
        self.outages = Outages(self.store.clock)
        self.api = RestApi(self.store, account_sid)
        self.inside = Inside(self.store, self.outages, desk)
        self.requests: list[tuple[str, str, int]] = []  # (method, path with query, status; 0: no answer)
        self.stopping = threading.Event()
        self.password = "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        handler = type("AccountHandler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer((host, port), handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://{host}:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), name="provider", daemon=True)

    def start(self) -> "Provider":
        """Answer from a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering; connections held by an outage are let go."""
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self) -> "Provider":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def plan(self, kind: Kind, **when: Any) -> None:
        """Plan an outage, see Outages.plan."""
        self.outages.plan(kind, **when)

    def objects(self) -> list[tuple[str, str]]:
        """Everything of callers that is still there."""
        return self.store.objects()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"
    server_version = "Simulator"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        try:
            self._serve()
        except ConnectionError:
            self.close_connection = True  # the client went away; nobody is left to be told

    do_POST = do_DELETE = do_HEAD = do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        log.debug("%s", self.command)  # never the path: it holds ids

    def _serve(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_REQUEST:
            self.close_connection = True
            self._send(refusal(413, 20001, "Request too large", as_json=True))
            return
        body = self.rfile.read(length)
        as_json = address.path.endswith(".json")
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), self.provider.password.encode()):
            reply = refusal(401, 20003, MESSAGES[20003], as_json=as_json)
            reply.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
            self._send(reply)
            return
        if address.path.startswith(INSIDE):
            self._send(self.provider.inside.answer(self.command, address.path, address.query, body))
            return
        kind = self.provider.outages.meets(self.command, address.path)
        if kind and self._fail(kind, address.path, address.query):
            return
        self._send(self._answer(address.path, address.query, body))

    def _answer(self, path: str, query: str, body: bytes = b"") -> Reply:
        form = {}
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        method = "GET" if self.command == "HEAD" else self.command
        return self.provider.api.answer(method, path, query, form)

    def _fail(self, kind: Kind, path: str, query: str) -> bool:
        as_json = path.endswith(".json")
        if kind == "401":
            self._send(refusal(401, 20003, MESSAGES[20003], as_json=as_json))
        elif kind == "404":
            self._send(refusal(404, 20404, MESSAGES[20404].format(path=path), as_json=as_json))
        elif kind == "429":
            reply = refusal(429, 20429, MESSAGES[20429], as_json=as_json)
            reply.headers["Retry-After"] = "1"
            self._send(reply)
        elif kind == "500":
            self._send(refusal(500, 20500, "Internal Server Error", as_json=as_json))
        elif kind == "html":
            page = b"<!DOCTYPE html><html><title>Sign in to the network</title><body>Welcome</body></html>"
            self._send(Reply(200, page, "text/html; charset=utf-8"))
        elif kind == "timeout":
            self._note(0)
            self.provider.stopping.wait(HELD_SECONDS)
            self.close_connection = True
        else:
            return self._spoil(kind, path, query)
        return True

    def _spoil(self, kind: Kind, path: str, query: str) -> bool:
        if self.command != "GET":
            return False  # the body of a good answer is spoilt; other methods have none
        reply = self._answer(path, query)
        if reply.status != 200:
            return False
        half = reply.body[: len(reply.body) // 2]
        if kind == "wrong length":
            reply.body = half
            self._send(reply)
            return True
        self.close_connection = True
        declared = {"cut": str(len(reply.body)), "huge": str(10 * 1024**3), "endless": None}[kind]
        self._head(reply, declared)
        try:
            self.wfile.write(half)
            while kind == "endless" and not self.provider.stopping.is_set():
                self.wfile.write(bytes(65536))
        except OSError:
            log.debug("the client had enough")
        return True

    def _send(self, reply: Reply) -> None:
        self._head(reply, str(len(reply.body)))
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _head(self, reply: Reply, length: str | None) -> None:
        self._note(reply.status)
        self.send_response(reply.status)
        if reply.status != 204:
            self.send_header("Content-Type", reply.content_type)
            if length is not None:
                self.send_header("Content-Length", length)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _note(self, status: int) -> None:
        if not self.path.startswith(INSIDE):
            self.provider.requests.append((self.command, self.path, status))
