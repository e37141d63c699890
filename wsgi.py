"""The application for a WSGI server: `gunicorn wsgi:app`. `./hotline web` is gunicorn set up for it.

Never does: anything else.
"""

import os

from interpret import interpreter_of
from ivr.app import create_app
from ivr.discreet import log_to_stderr
from settings import load_settings

os.umask(0o077)
log_to_stderr()
app = create_app(load_settings())
interpreter_of(app.extensions["hotline"].catalogue)  # takes a second: not in the first informant's time
