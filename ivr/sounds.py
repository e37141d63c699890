"""The sounds of the prompts, for the provider to fetch. Their addresses carry a version, so they are cached for ever.

Never does: serve anything but a prompt's own file.
"""

from flask import Blueprint, Response, abort, send_file

from ivr.parts import parts

sounds = Blueprint("sounds", __name__)


@sounds.get("/prompts/<lang>/<name>.wav")
def sound(lang: str, name: str) -> Response:
    """One prompt's WAV; 404 when there is none of that name."""
    try:
        prompt = parts().prompts.get(name, lang)
    except KeyError:
        abort(404)
    if prompt.sound is None:
        abort(404)
    answer = send_file(prompt.sound, mimetype="audio/wav", etag=prompt.version)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
