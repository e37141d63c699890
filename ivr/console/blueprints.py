"""The console's three doors, each with one kind of guard (see DOORS in ivr.app).

Never does: answer a request; the pages hang their views on these.
"""

from flask import Blueprint

# Anyone: the sign-in page, the language switch, static files.
entrance = Blueprint(
    "entrance", __name__, url_prefix="/console", template_folder="templates",
    static_folder="static", static_url_path="/static",
)  # fmt: skip
# Officers: tips of their own unit.
console = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
# Administrators: what stands still.
administration = Blueprint("administration", __name__, url_prefix="/console", template_folder="templates")

BLUEPRINTS = (entrance, console, administration)
