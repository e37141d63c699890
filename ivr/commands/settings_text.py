"""The text of .env.example, made from the settings themselves.

Never does: show a value that somebody has set.
"""

import json
import textwrap
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from settings import ROOT, Settings

_HEAD = """\
# Every setting of the hotline, with its default. Copy this file to .env and take away the # of what you change;
# variables of the environment win over .env. This file is made by `./hotline settings`, and a test keeps it true.
"""


def env_example() -> str:
    """The whole file: each setting with its help text and its default, commented out."""
    parts = [_HEAD]
    for name, field in Settings.model_fields.items():
        about = textwrap.fill(field.description or "", 118, initial_indent="# ", subsequent_indent="# ")
        parts.append(f"{about}\n#{variable(name)}={_default(field)}\n")
    return "\n".join(parts)


def variable(name: str) -> str:
    """The environment variable of a field."""
    return name.upper() if name.startswith("twilio_a") and name != "twilio_api_url" else f"HOTLINE_{name.upper()}"


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, Path):
        return str(value.relative_to(ROOT)) if value.is_relative_to(ROOT) else str(value)
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)
