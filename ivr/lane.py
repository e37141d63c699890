"""The application: Flask, with a short lane for the provider's webhooks.

Flask meets every request as if it knew nothing of it: it binds the addresses to the host asked for, opens a session,
builds and checks headers. For webhooks, which ask for the same few addresses thousands of times, have no session and
get one kind of answer, that costs several times what answering does. Here the view of such an address is looked for
once, of the hooks only those of its own blueprint are asked (its guard), and its answer is sent as it stands. Contexts
and error handlers stay Flask's own.
Never does: answer by itself, let anybody past a guard, or treat a page of the console otherwise than Flask does.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Request, Response
from flask.ctx import RequestContext
from flask.globals import request_ctx
from flask.sessions import NullSession
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NO_SESSION = NullSession()
_TWIML = ("Content-Type", "text/xml; charset=utf-8")


class Knock(Request):
    """A webhook's request; `hooks` are asked before its view, as Flask asks before_request functions."""

    hooks: Sequence[Callable[[], Any]] = ()


class Hotline(Flask):
    """A Flask application without files and coroutines of its own. The blueprints `webhooks` get the short lane."""

    def __init__(self, import_name: str, webhooks: Iterable[Blueprint]) -> None:
        super().__init__(import_name, static_folder=None)
        self._webhooks = frozenset(blueprint.name for blueprint in webhooks)
        self._found = lru_cache(maxsize=1000)(self._find)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook of ours is a coroutine; asking each of them each time is what this spares."""
        return func

    def request_context(self, environ: "WSGIEnvironment") -> RequestContext:
        """Flask's own; for a webhook with the view found already, and without a session."""
        found = self._found(environ.get("PATH_INFO", "")) if environ["REQUEST_METHOD"] == "POST" else None
        if found is None:
            return super().request_context(environ)
        request = Knock(environ)
        request.url_rule, request.view_args, request.hooks = found
        return RequestContext(self, environ, request, NO_SESSION)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the view and builds addresses: nothing, where the view is found and no address is built."""
        if request is not None and request.url_rule is not None:
            return None
        return super().create_url_adapter(request)

    def preprocess_request(self) -> Any:
        """What is asked before the view; the first that answers answers for it."""
        request = request_ctx.request
        if not isinstance(request, Knock):
            return super().preprocess_request()
        for hook in request.hooks:
            if (answer := hook()) is not None:
                return answer
        return None

    def process_response(self, response: Response) -> Response:
        """What is done to an answer: to a webhook's nothing."""
        return response if isinstance(request_ctx.request, Knock) else super().process_response(response)

    def _find(self, path: str) -> tuple[Rule, dict[str, Any], Sequence[Callable[[], Any]]] | None:
        """Rule, arguments and hooks of a POST to a webhook; None for anything else, which Flask then looks at."""
        if not path.isascii():  # the server's way of writing what is no text yet
            return None
        try:
            rule, arguments = self.url_map.bind("localhost").match(path, "POST", return_rule=True)
        except HTTPException:  # no such address, or written so that Flask would redirect
            return None
        blueprint = rule.endpoint.partition(".")[0]
        if blueprint not in self._webhooks:
            return None
        return rule, dict(arguments), tuple(self.before_request_funcs[blueprint])


class Twiml(Response):
    """An answer to the provider: 200, TwiML. A whole Response for whoever looks at its headers, but they are only
    built then."""

    _status, _status_code = "200 OK", 200
    direct_passthrough = False

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self.response = [self._text]
        self._on_close: list[Callable[[], Any]] = []

    @cached_property
    def headers(self) -> Headers:  # type: ignore[override]
        """As a Response would have them."""
        return Headers([_TWIML])

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Send it: as it was made, or as a Response that somebody has changed."""
        if self.__dict__.keys() != _UNTOUCHED:
            return super().__call__(environ, start_response)
        start_response(self._status, self._head())
        return [self._text]

    def _head(self) -> list[tuple[str, str]]:
        return [_TWIML, ("Content-Length", str(len(self._text)))]


class Nothing(Twiml):
    """Where there is nothing to say: 204, without type and length."""

    _status, _status_code = "204 NO CONTENT", 204

    def __init__(self) -> None:
        super().__init__("")

    @cached_property
    def headers(self) -> Headers:  # type: ignore[override]
        """None."""
        return Headers()

    def _head(self) -> list[tuple[str, str]]:
        return []


_UNTOUCHED = Twiml("").__dict__.keys()
