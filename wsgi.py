"""The application for a WSGI server: `gunicorn wsgi:app`.

Never does: anything else.
"""

from ivr.app import create_app
from settings import load_settings

app = create_app(load_settings())
