"""The application for a WSGI server: `gunicorn wsgi:app`. `./hotline web` is gunicorn set up for it.

Never does: anything else, but to refuse keys that are not those of the database (KeysMissing).
"""

import logging
import os

from sqlalchemy.exc import SQLAlchemyError

from interpret import interpreter_of
from ivr.app import create_app
from models.discreet import log_to_stderr
from models.installation import agree
from models.secrecy import KeysMissing
from settings import load_settings

os.umask(0o077)
log_to_stderr()
log = logging.getLogger("hotline")
try:
    app = create_app(load_settings())
    parts = app.extensions["hotline"]
    try:
        agree(parts.db, parts.keys, parts.settings.keys, parts.settings.twilio_account_sid)
    finally:
        parts.db.dispose()  # no connection is open when processes are forked
except KeysMissing as fault:
    log.critical("%s", fault)  # of what it raises the log keeps the kind alone
    raise
except SQLAlchemyError as fault:
    # It answers callers even so, with "not now" until the database does: /readyz says so.
    log.warning("it cannot be told whether the keys are right: %s", type(fault).__name__)
interpreter_of(parts.catalogue)  # takes a second: not in the first informant's time
