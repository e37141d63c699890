"""Whether the hotline lives and is ready, and its figures for Prometheus.

/healthz: the web process answers. /readyz: calls can be kept (503 when not) and everything behind them works
("degraded" when not). Anybody may see these two verdicts; what stands behind them, and /metrics, only whoever brings
HOTLINE_METRICS_TOKEN or, without one, this machine and its private network while HOTLINE_PUBLIC_URL is a local address.
Never does: show anything of a tip but how many there are; wait long for a part that hangs.
"""

import hmac
import ipaddress
from dataclasses import asdict
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, jsonify, request
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from ivr.figures import Figures
from ivr.latency import Latencies, TimedWebhooks
from ivr.parts import parts
from ivr.readiness import Readiness, look
from settings import Settings

health = Blueprint("health", __name__)

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def observe_webhooks(app: Flask, *blueprints: Blueprint) -> None:
    """Time every POST to the addresses of these blueprints, for /metrics. Call it before the app answers."""
    settings: Settings = app.extensions["hotline"].settings
    latencies = app.extensions["hotline.latencies"] = Latencies(settings.var_dir / "metrics")

    def prefixes() -> set[str]:
        names = tuple(f"{blueprint.name}." for blueprint in blueprints)
        rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(names)]
        return {"/" + rule.split("/")[1] for rule in rules}

    app.wsgi_app = TimedWebhooks(app.wsgi_app, latencies, prefixes)  # type: ignore[method-assign]


@health.get("/healthz")
def healthz() -> Response:
    """This web process answers. Nothing else is asked."""
    return _fresh(Response("alive\n", mimetype="text/plain"))


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready, degraded (calls are kept, something behind them stands still) or unready (calls would be lost)."""
    readiness = look(parts())
    answer: dict[str, object] = {"status": readiness.status}
    if may_see_inside():
        answer["checks"] = {check.name: _shown(check) for check in readiness.checks}
    return _fresh(jsonify(answer)), 503 if readiness.status == Readiness.UNREADY else 200


@health.get("/metrics")
def metrics() -> Response:
    """Prometheus text. 404 for whoever may not see it."""
    if not may_see_inside():
        return Response("not found\n", 404, mimetype="text/plain")
    from flask import current_app

    registry = CollectorRegistry()
    registry.register(Figures(parts(), current_app.extensions["hotline.latencies"]))
    return _fresh(Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST))


def may_see_inside() -> bool:
    """Whether this request may see details: see the module's head.

    Without a token a public hotline shows nothing: behind a proxy on the same machine everybody seems to be local.
    """
    settings = parts().settings
    if token := settings.metrics_token.get_secret_value():
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    return is_local(urlsplit(settings.public_url).hostname or "") and is_local(request.remote_addr or "")


def is_local(host: str) -> bool:
    """Whether a host name or address belongs to this machine or a private network."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def _shown(check: object) -> dict[str, object]:
    return {name: value for name, value in asdict(check).items() if name != "name"}  # type: ignore[call-overload]


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
