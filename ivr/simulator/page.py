"""/phone, for development only: a telephone in the browser that calls this hotline like any caller, and writes to it.

Calls and chats are made in the telephone company's process (`python -m ivr.simulator`, started by the demo, to which
settings.twilio_api_url then leads); this page hands key presses, speech and messages to it, and adds the words' names.
Never does: call anybody itself, reach the real Twilio, or serve outside development (ivr.app opens the door).
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import requests
from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ivr.channels.texts import Texts
from ivr.parts import parts
from ivr.simulator.exchange import INSIDE
from ivr.simulator.naming import names_of
from settings import ROOT

HERE = Path(__file__).resolve().parent
SPEECH = HERE / "speech"
LARGEST_SPEECH = 20 * 1024 * 1024
LARGEST_MESSAGE = 40 * 1024 * 1024  # with its files, in base64
ACTIONS = ("key", "wait", "speech", "hangup")
NO_COMPANY = (
    "The simulated telephone company does not answer. Start ./hotline demo, or run `python -m ivr.simulator` and set "
    "HOTLINE_TWILIO_API_URL to its address."
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "img-src 'self' blob:; worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)

phone = Blueprint(
    "phone",
    __name__,
    url_prefix="/phone",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


@phone.before_request
def _only_from_the_page() -> ResponseReturnValue | None:
    # A foreign page cannot set a header of its own without asking first: so no foreign page makes calls here.
    if request.method == "POST" and request.headers.get("X-Phone") != "1":
        return jsonify(error="not from the page"), 403
    return None


@phone.after_request
def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "phone.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@phone.get("")
def telephone() -> str:
    """The telephone itself."""
    return render_template("phone/telephone.html", clips=_clips())


@phone.post("/calls")
def ring() -> ResponseReturnValue:
    """Begin a call; ?withheld=1 hides the number."""
    return _ask("POST", "calls", {"withheld": request.args.get("withheld", "")})


@phone.post("/calls/<name>/<action>")
def act(name: str, action: str) -> ResponseReturnValue:
    """Press ?key=, wait, hang up, or speak: the body is a sound file, or ?clip= names one of ours."""
    if action not in ACTIONS or not re.fullmatch(r"[0-9a-f]{16}", name):
        return jsonify(error="no such action"), 404
    fields = {field: request.args[field] for field in ("key", "finish") if field in request.args}
    body = b""
    if action == "speech":
        if (request.content_length or 0) > LARGEST_SPEECH:
            return jsonify(error="the sound file is too large"), 413
        clip = request.args.get("clip", "")
        body = (SPEECH / f"{clip}.wav").read_bytes() if clip in _clips() else request.get_data()
    return _ask("POST", f"calls/{name}/{action}", fields, body)


@phone.get("/calls/<name>/sounds/<int:number>")
def sound(name: str, number: int) -> ResponseReturnValue:
    """A sound that was played in the call."""
    answer = _send("GET", f"calls/{name}/sounds/{number}", {}, b"")
    if answer is None or answer.status_code != 200:
        return Response("gone", 404, mimetype="text/plain")
    return Response(answer.content, mimetype=answer.headers["Content-Type"])


@phone.post("/chats")
def open_chat() -> ResponseReturnValue:
    """Begin a chat over ?channel=sms or whatsapp."""
    return _ask("POST", "chats", {"channel": request.args.get("channel", "sms")})


@phone.post("/chats/<name>")
def write(name: str) -> ResponseReturnValue:
    """Send one message: JSON as ivr.simulator.chats wants it."""
    if not re.fullmatch(r"[0-9a-f]{16}", name):
        return jsonify(error="no such chat"), 404
    if (request.content_length or 0) > LARGEST_MESSAGE:
        return jsonify(error="the files are too large"), 413
    return _ask("POST", f"chats/{name}", {}, request.get_data())


def _ask(method: str, path: str, fields: dict[str, str], body: bytes = b"") -> ResponseReturnValue:
    answer = _send(method, path, fields, body)
    if answer is None or answer.status_code == 401 or "json" not in answer.headers.get("Content-Type", ""):
        return jsonify(error=NO_COMPANY), 502
    state: dict[str, Any] = answer.json()
    for heard in state.get("heard", ()):
        _put_into_words(heard)
    for bubble in state.get("bubbles", ()):
        bubble["name"] = _text_names()(bubble["text"]) or ""
    return jsonify(state), answer.status_code


@cache
def _text_names() -> Callable[[str], str | None]:
    return names_of(Texts.load(ROOT / "audio_prompts"))


def _put_into_words(heard: dict[str, Any]) -> None:
    prompts = parts().prompts
    if heard["kind"] == "say" and not heard["name"]:
        heard["name"] = prompts.name_of(heard["text"], heard["lang"]) or ""
    if heard["kind"] == "play" and heard["lang"]:
        try:
            heard["text"] = prompts.get(heard["name"], heard["lang"]).text
        except KeyError:
            heard["text"] = ""


def _send(method: str, path: str, fields: dict[str, str], body: bytes) -> requests.Response | None:
    settings = parts().settings
    if "twilio.com" in settings.twilio_api_url:
        return None
    account = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.request(
                method, f"{settings.twilio_api_url}{INSIDE}/phone/{path}", params=fields, data=body, auth=account,
                timeout=(2, 40), allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException:
            return None


def _clips() -> list[str]:
    return sorted(path.stem for path in SPEECH.glob("*.wav"))
