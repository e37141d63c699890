"""One request on a socket: answers written to it, and the ways in which an answer can be spoilt.

Never does: know what is asked for; the API (provider.py) and the storage host (storage.py) do.
"""

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ivr.simulator.outages import Kind
from ivr.simulator.replies import MESSAGES, Reply, refusal

log = logging.getLogger(__name__)

HELD_SECONDS = 120.0


class Host:
    """A server of the company: answers from a thread of its own between `start` and `stop`. `url`: where it is."""

    def __init__(self, name: str, host: str, port: int, handler: type["Wire"]) -> None:
        self.requests: list[tuple[str, str, int]] = []  # (method, path with query, status; 0: no answer)
        self.stopping = threading.Event()
        self.server = ThreadingHTTPServer((host, port), type(f"{name}Handler", (handler,), {"host": self}))
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://{host}:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), name=name, daemon=True)

    def start_answering(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop_answering(self) -> None:
        """Stop answering; connections held by an outage are let go."""
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()


class Wire(BaseHTTPRequestHandler):
    """One connection. `serve` is what a host does with a request."""

    host: Host
    protocol_version = "HTTP/1.1"
    server_version = "Simulator"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        try:
            self.serve()
        except ConnectionError:
            self.close_connection = True  # the client went away; nobody is left to be told

    do_POST = do_DELETE = do_HEAD = do_PUT = do_GET

    def serve(self) -> None:
        """Answer the request."""
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:
        log.debug("%s", self.command)  # never the path: it holds ids

    def fail(self, kind: Kind, path: str, answer: Callable[[], Reply]) -> bool:
        """Fail in this way instead of sending what `answer` makes; False: this request cannot fail so."""
        as_json = path.endswith(".json")
        if kind == "401":
            self.send(refusal(401, 20003, MESSAGES[20003], as_json=as_json))
        elif kind == "404":
            self.send(refusal(404, 20404, MESSAGES[20404].format(path=path), as_json=as_json))
        elif kind == "429":
            reply = refusal(429, 20429, MESSAGES[20429], as_json=as_json)
            reply.headers["Retry-After"] = "1"
            self.send(reply)
        elif kind == "500":
            self.send(refusal(500, 20500, "Internal Server Error", as_json=as_json))
        elif kind == "html":
            page = b"<!DOCTYPE html><html><title>Sign in to the network</title><body>Welcome</body></html>"
            self.send(Reply(200, page, "text/html; charset=utf-8"))
        elif kind == "timeout":
            self.note(0)
            self.host.stopping.wait(HELD_SECONDS)
            self.close_connection = True
        else:
            return self._spoil(kind, answer)
        return True

    def _spoil(self, kind: Kind, answer: Callable[[], Reply]) -> bool:
        if self.command != "GET":
            return False  # the body of a good answer is spoilt; other methods have none
        reply = answer()
        if reply.status != 200:
            return False
        half = reply.body[: len(reply.body) // 2]
        if kind == "wrong length":
            reply.body = half
            self.send(reply)
            return True
        self.close_connection = True
        declared = {"cut": str(len(reply.body)), "huge": str(10 * 1024**3), "endless": None}[kind]
        self._head(reply, declared)
        try:
            self.wfile.write(half)
            while kind == "endless" and not self.host.stopping.is_set():
                self.wfile.write(bytes(65536))
        except OSError:
            log.debug("the client had enough")
        return True

    def send(self, reply: Reply) -> None:
        """Write a whole answer."""
        self._head(reply, str(len(reply.body)))
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _head(self, reply: Reply, length: str | None) -> None:
        self.note(reply.status)
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

    def note(self, status: int) -> None:
        """Remember how a request was answered."""
        self.host.requests.append((self.command, self.path, status))
