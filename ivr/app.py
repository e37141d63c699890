"""create_app: makes the parts of the web process, and hangs every door with its guard.

Never does: load a speech model, start a worker, or create keys and tables (serve and the cli do).
"""

import logging

from flask import Blueprint, Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from ivr import guards
from ivr.channels.prompts import Prompts
from ivr.channels.text import Writing
from ivr.channels.texts import Texts
from ivr.channels.voice import Voice
from ivr.console.blueprints import administration, console, entrance, is_ours
from ivr.console.wiring import init_console
from ivr.correspondence import Correspondence
from ivr.day_keys import DayKeys
from ivr.gist import Gist
from ivr.guards import Guard
from ivr.health import health, observe_webhooks
from ivr.intake import Intake
from ivr.lane import NO_SESSION, Hotline
from ivr.lookup import Lookup
from ivr.messages import messages
from ivr.parts import Parts
from ivr.playback import Playback
from ivr.signatures import Signatures
from ivr.sounds import sounds
from ivr.webhooks import calls
from models import secrecy
from models.catalogue import load as load_catalogue
from models.database import Database
from models.discreet import where
from settings import ROOT, Settings
from workers import embedded
from workers.outside.telephony import Telephony
from workers.outside.vault import Vault
from workers.queues import Courier, JobQueue, connect

log = logging.getLogger(__name__)

# Every door and who may knock at it. A test walks all addresses and finds each behind exactly one of these guards.
DOORS: tuple[tuple[Blueprint, Guard], ...] = (
    (calls, guards.signed_by_twilio),
    (messages, guards.signed_by_twilio),
    (sounds, guards.anyone),
    (health, guards.anyone),
    (entrance, guards.anyone),
    (console, guards.officer),
    (administration, guards.administrator),
)


def create_app(settings: Settings) -> Flask:
    """The web application. Raises KeysMissing, CatalogueFault or PromptsFault, each naming what to mend."""
    app = Hotline(__name__, webhooks=(calls, messages))
    app.url_map.strict_slashes = False  # a redirect for a slash would lose the caller's digits
    made = make_parts(settings)
    app.extensions["hotline"] = made
    app.session_interface = OfficersSessions()
    app.register_error_handler(Exception, _trouble)
    observe_webhooks(app, calls, messages)
    for blueprint, guard in DOORS:
        _guard(app, blueprint, guard)
    if settings.development:
        from ivr.simulator.page import phone  # a telephone for anybody who finds the page: not even loaded elsewhere

        _guard(app, phone, guards.anyone)
    init_console(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def make_parts(settings: Settings) -> Parts:
    """The parts of a web process, connected to nothing yet."""
    keys = secrecy.load_keys(settings.keys)
    catalogue = load_catalogue()
    prompts = Prompts.load(ROOT / "audio_prompts", catalogue)
    db = Database(settings.database, pool_size=settings.web_threads + 4)
    courier = Courier(JobQueue(connect(embedded.url(settings))))
    texts = Texts.load(ROOT / "audio_prompts", catalogue.questions)
    days = DayKeys(db, keys)
    lookup = Lookup(db, keys, settings, days, catalogue.questions)
    return Parts(
        settings=settings,
        db=db,
        keys=keys,
        catalogue=catalogue,
        courier=courier,
        vault=Vault(settings.media, keys),
        prompts=prompts,
        voice=Voice(settings.public_url, prompts),
        texts=texts,
        writing=Writing(settings.public_url),
        signatures=Signatures(settings),
        intake=Intake(db, keys, catalogue, courier, settings.whatsapp_number),
        correspondence=Correspondence(db, keys, catalogue, courier, lookup, Gist(texts.heard), settings, days),
        lookup=lookup,
        playback=Playback(settings, keys, prompts, Telephony(settings)),
    )


class OfficersSessions(SecureCookieSessionInterface):
    """Sessions are for officers; a caller's request has none, and does not pay for one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The officer's session, or nothing outside the console."""
        if not is_ours(request.path):
            return NO_SESSION
        return super().open_session(app, request)


def _trouble(fault: Exception) -> Response | HTTPException:
    """500 without a word of what failed: the log has where. The provider then asks our fallback."""
    if isinstance(fault, HTTPException):
        return fault
    log.error("a request failed: %s", where(fault))
    return Response("temporarily out of order\n", 500, mimetype="text/plain")


def _guard(app: Flask, blueprint: Blueprint, guard: Guard) -> None:
    app.before_request_funcs.setdefault(blueprint.name, []).insert(0, guard)
    app.register_blueprint(blueprint)
