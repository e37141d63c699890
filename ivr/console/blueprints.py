"""The console's three doors, each with one kind of guard (see DOORS in ivr.app), and the addresses that are theirs.

Never does: answer a request; the pages hang their views on these.
"""

from flask import Blueprint

PREFIX = "/console"

# Anyone: the sign-in page, the language switch, static files.
entrance = Blueprint(
    "entrance", __name__, url_prefix=PREFIX, template_folder="templates",
    static_folder="static", static_url_path="/static",
)  # fmt: skip
# Officers: tips of their own unit.
console = Blueprint("console", __name__, url_prefix=PREFIX, template_folder="templates")
# Administrators: what stands still.
administration = Blueprint("administration", __name__, url_prefix=PREFIX, template_folder="templates")

BLUEPRINTS = (entrance, console, administration)


def is_ours(path: str) -> bool:
    """Whether an address belongs to the console. `path`: request.path, which begins with one slash as routing has it,
    and not PATH_INFO, where two may stand."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")
