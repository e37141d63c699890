"""Twilio knocks: hear -> take_turn -> speak. Three verbs a view; whatever else is needed lives in intake.

No answer is a redirect (the provider would drop the caller's digits), none waits for a network but the database.
Never does: log a parameter; trust an address given in a webhook; decide what is said.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from ivr.channels import voice
from ivr.dialogue.steps import UNTOLD
from ivr.dialogue.turn import PLAYBACK
from ivr.intake import Call
from ivr.lane import Nothing, Twiml
from ivr.parts import parts

calls = Blueprint("calls", __name__)

CALL_SID = re.compile(r"CA[0-9a-f]{32}")
# Where nothing has been told yet, as the last part of an address; `voice` is the ring itself. When one of these fails,
# the caller is recorded at once.
NOTHING_TOLD = UNTOLD | {"", "voice"}


@calls.post("/voice")
def ring() -> Response:
    """A call comes in."""
    return Twiml(parts().voice.speak(parts().intake.greet()))


@calls.post("/voice/<step>")
def turn(step: str) -> Response:
    """The caller has answered, by keys, by a recording, by silence or by hanging up."""
    here, form = parts(), g.form
    state, heard = voice.state_at(step, request.environ.get("QUERY_STRING", "")), voice.hear(form)
    call = _call(form)
    if step == "my_tip":
        found = here.lookup.look(heard.keys, call, call.sid and f"{call.sid}:{state.turn}")
        heard = replace(heard, known=found.status, asks=".".join(found.asks), answers=found.answers)
    answer = here.intake.take_turn(state, heard, call, voice.recording_sid(form))
    playback = ""
    if any(line.name == PLAYBACK for line in answer.turn.lines):
        playback = here.playback.address(here.intake.recording_of(call, state.heard or state.take), state.lang)
    return Twiml(here.voice.speak(answer.turn, code=answer.code, playback=playback))


@calls.post("/voice/recording")
def recording() -> Response:
    """A recording has become ready at the provider (or is absent: there is nothing to fetch)."""
    state, heard = voice.state_at("told", request.environ.get("QUERY_STRING", "")), voice.hear(g.form)
    if heard.take and g.form.get("RecordingStatus", "completed") == "completed":
        parts().intake.recording_ready(_call(g.form), voice.recording_sid(g.form), heard.take.seconds, state)
    return Nothing()


@calls.post("/voice/status")
def status() -> Response:
    """The call has changed its state; only its end matters."""
    call = _call(g.form)
    if call.over:
        parts().intake.call_over(call)
    return Nothing()


@calls.post("/voice/fallback")
def fallback() -> Response:
    """Something of ours failed in the middle of a call. Needs no database: what is said now is found at the
    provider later. Who has told already is thanked; who has not is recorded."""
    failed = urlsplit(g.form.get("ErrorUrl", ""))
    state = voice.state_at("", failed.query)
    untold = failed.path.rstrip("/").rsplit("/", 1)[-1] in NOTHING_TOLD
    return Twiml(parts().voice.trouble(state.lang, record=untold, after_take=state.take))


def _call(form: Mapping[str, str]) -> Call:
    sid = form.get("CallSid", "")
    return Call(sid if CALL_SID.fullmatch(sid) else "", voice.caller(form), form.get("CallStatus", "") in voice.ENDED)
