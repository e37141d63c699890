"""What the provider fetches for <Play>: the sounds of prompts, and the caller's own words for the caller's ears.

The provider does not sign these requests: a prompt is no secret, and the caller's words need a token of ours.
Never does: serve any other file.
"""

from flask import Blueprint, Response, abort, request, send_file

from ivr.parts import parts

sounds = Blueprint("sounds", __name__)


@sounds.get("/prompts/<lang>/<name>.wav")
def sound(lang: str, name: str) -> Response:
    """One prompt's WAV, cached for ever (its address carries a version); 404 when there is none of that name."""
    try:
        prompt = parts().prompts.get(name, lang)
    except KeyError:
        abort(404)
    if prompt.sound is None:
        abort(404)
    answer = send_file(prompt.sound, mimetype="audio/wav", etag=prompt.version)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@sounds.get("/voice/playback")
def playback() -> Response:
    """The caller's own words, fetched from the provider while the provider plays."""
    return parts().playback.serve(request.args.get("t", ""))
