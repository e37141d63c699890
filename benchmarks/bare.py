"""The baseline of benchmarks.webhooks and benchmarks.messages: a Flask view that returns a constant to every POST.

Never does: anything else.
"""

from flask import Flask

app = Flask(__name__)
ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response />'


@app.post("/messages")
@app.post("/messages/<step>")
@app.post("/voice")
@app.post("/voice/<step>")
def constant(step: str = "") -> str:
    """The constant."""
    return ANSWER
