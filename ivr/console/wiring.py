"""Sets the console up in an application: cookies, CSRF, headers, error pages. Called once, by create_app.

Registering the blueprints and guarding them is the application's part (its table DOORS). What a form needs before it is
read hangs on the blueprints themselves, so that no spelling of an address leads past it.
Never does: touch a request that is not for /console.
"""

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

from ivr.console import correction, overview, refusals, sentence, sign_in, stuck, tip, tips
from ivr.console.blueprints import BLUEPRINTS, is_ours
from ivr.console.kept import Kept
from ivr.console.page import asset_versions
from ivr.console.words import load_words
from ivr.parts import Parts

PAGES = (
    sign_in,
    tips,
    tip,
    correction,
    overview,
    stuck,
    sentence,
    refusals,
)  # imported here so that the blueprints have their views
LARGEST_FORM = 64 * 1024  # bytes
_NAMES = frozenset(blueprint.name for blueprint in BLUEPRINTS)

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "media-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    "require-trusted-types-for 'script'",
))  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def init_console(app: Flask) -> None:
    """Everything the console needs of the application; app.extensions["hotline"] must hold the Parts already."""
    of: Parts = app.extensions["hotline"]
    load_words()
    app.extensions["hotline.overview"] = Kept()
    secure = of.settings.secure_cookies
    if secure is None:
        secure = of.settings.public_url.startswith("https://")
    app.secret_key = of.keys.derived("console session")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-hotline" if secure else "hotline",  # __Host-: no other host can plant it
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # the link of a mail "a tip waits" leads to the tip, not to the sign-in page
        PERMANENT_SESSION_LIFETIME=of.settings.session_hours * 3600,
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, for the console alone: Twilio's webhooks have no token
        WTF_CSRF_TIME_LIMIT=of.settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=False,  # our pages send no referrer (an address holds a tip's id); the token decides
    )
    csrf = CSRFProtect(app)
    hosts = frozenset(host.lower() for host in of.settings.allowed_hosts)

    @app.before_request
    def check_address() -> None:
        if not _is_for_us():
            return
        if hosts and request.host.rsplit(":", 1)[0].lower() not in hosts:
            abort(400)
        if not _is_plainly_written(request.environ["PATH_INFO"]):
            abort(404)

    def check_form() -> None:
        request.max_content_length = LARGEST_FORM
        csrf.protect()

    for blueprint in BLUEPRINTS:  # after its guard, which reads no form
        app.before_request_funcs.setdefault(blueprint.name, []).append(check_form)

    @app.after_request
    def add_headers(response: Response) -> Response:
        if _is_for_us():
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)  # a file has a stricter policy of its own
            response.headers["Cache-Control"] = _caching(response)
            if secure:
                response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def _is_for_us() -> bool:
    # By what routing made of the address; by its beginning where routing found nothing (405, a redirect).
    door = request.blueprint
    return is_ours(request.path) if door is None else door in _NAMES


def _is_plainly_written(path: str) -> bool:
    # Routing takes "//console" and "console" for "/console". Whoever writes so looks for a way past something.
    return path[:1] == "/" and path[1:2] != "/"


def _caching(response: Response) -> str:
    # A static file asked for by its version never changes; everything else is never kept.
    if response.status_code < 400 and request.endpoint == "entrance.static" and request.view_args:
        version = request.args.get("v")
        if version and asset_versions().get(request.view_args["filename"]) == version:
            return "public, max-age=31536000, immutable"
    return "no-store"
