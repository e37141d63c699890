"""The page on which an officer tries a sentence and sees what the hotline would understand, and why.

Never does: keep or log the sentence, or look at any tip.
"""

from flask import request
from werkzeug.wrappers import Response

from interpret import interpreter_of
from ivr.console.blueprints import console
from ivr.console.page import render
from ivr.parts import parts

LONGEST = 2000  # characters


@console.get("/interpret")
def sentence() -> Response:
    """The empty form."""
    return render("sentence.html", text="", reading=None, longest=LONGEST)


@console.post("/interpret")
def read_sentence() -> Response:
    """The same form, with what was understood of the sentence."""
    text = request.form.get("text", "")[:LONGEST]
    reading = interpreter_of(parts().catalogue).read(text) if text.strip() else None
    return render("sentence.html", text=text, reading=reading, longest=LONGEST)
