"""The telephone company as a server of its own: Twilio's REST API over real HTTP, with outages on request.

In a test: `with Provider(sid, token) as provider:` and settings.twilio_api_url = provider.url. As a process:
`python -m ivr.simulator --port N` (the demo). Files of messages come from a second server (storage.py). Below
/_simulator lies what no customer of Twilio sees: the exchange where telephones in other processes put calls,
recordings and messages, and the desk with the page's telephones.
Never does: accept a wrong password, keep anything on disk, or listen to other machines unless told to.
"""

import base64
import hmac
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ivr.simulator.desk import Desk
from ivr.simulator.exchange import INSIDE, Inside
from ivr.simulator.outages import Kind, Outages
from ivr.simulator.replies import MESSAGES, Reply, refusal
from ivr.simulator.rest import RestApi
from ivr.simulator.storage import VALID_SECONDS, StorageHost
from ivr.simulator.store import Store
from ivr.simulator.wire import Host, Wire

LARGEST_REQUEST = 64 * 1024 * 1024


class Provider(Host):
    """One account at the telephone company. `store` is what it keeps, `outages` how it fails, `url` where it is.

    ready_after: seconds until a recording can be fetched. final_after: seconds until a message may be erased.
    links_valid: seconds that an address of a file at the storage host is good for.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ready_after: float = 0.0,
        final_after: float = 0.0,
        links_valid: float = VALID_SECONDS,
        store: Store | None = None,
        desk: Desk | None = None,
    ) -> None:
        super().__init__("provider", host, port, _ApiWire)
        self.account_sid = account_sid
        self.store = store or Store(ready_after=ready_after, final_after=final_after)
        self.outages = Outages(self.store.clock)
        self.storage = StorageHost(self.store, self.outages, account_sid, host, links_valid)
        self.api = RestApi(self.store, account_sid, self.storage.link)
        self.inside = Inside(self.store, self.outages, desk)
        self.password = "Basic " + base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()

    def start(self) -> "Provider":
        """Answer from threads of its own."""
        self.start_answering()
        self.storage.start_answering()
        return self

    def stop(self) -> None:
        """Stop answering; connections held by an outage are let go."""
        self.stop_answering()
        self.storage.stop_answering()

    def __enter__(self) -> "Provider":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def plan(self, kind: Kind, **when: Any) -> None:
        """Plan an outage, see Outages.plan. Paths at the storage host begin with /storage/."""
        self.outages.plan(kind, **when)

    def objects(self) -> list[tuple[str, str]]:
        """Everything of informants that is still there."""
        return self.store.objects()


class _ApiWire(Wire):
    host: Provider

    def serve(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_REQUEST:
            self.close_connection = True
            self.send(refusal(413, 20001, "Request too large", as_json=True))
            return
        body = self.rfile.read(length)
        as_json = address.path.endswith(".json")
        if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), self.host.password.encode()):
            reply = refusal(401, 20003, MESSAGES[20003], as_json=as_json)
            reply.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
            self.send(reply)
            return
        if address.path.startswith(INSIDE):
            self.send(self.host.inside.answer(self.command, address.path, address.query, body))
            return
        kind = self.host.outages.meets(self.command, address.path)
        if kind and self.fail(kind, address.path, lambda: self._answer(address.path, address.query)):
            return
        self.send(self._answer(address.path, address.query, body))

    def _answer(self, path: str, query: str, body: bytes = b"") -> Reply:
        form = {}
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        method = "GET" if self.command == "HEAD" else self.command
        return self.host.api.answer(method, path, query, form)

    def note(self, status: int) -> None:
        """Remember it, unless it came from inside."""
        if not self.path.startswith(INSIDE):
            super().note(status)
