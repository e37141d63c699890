"""The parts of a running web process, made once and handed in; nothing looks them up elsewhere.

Never does: read the environment, or hold a worker's private key.
"""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from ivr.channels.prompts import Prompts
from ivr.channels.text import Writing
from ivr.channels.texts import Texts
from ivr.channels.voice import Voice
from ivr.correspondence import Correspondence
from ivr.intake import Intake
from ivr.lookup import Lookup
from ivr.playback import Playback
from ivr.signatures import Signatures
from models.catalogue import Catalogue
from models.database import Database
from models.secrecy import Keys
from settings import Settings
from workers.outside.vault import Vault
from workers.queues import Courier


@dataclass(frozen=True)
class Parts:
    """What views need to do their work."""

    settings: Settings
    db: Database
    keys: Keys
    catalogue: Catalogue
    courier: Courier
    vault: Vault
    prompts: Prompts
    voice: Voice
    texts: Texts
    writing: Writing
    signatures: Signatures
    intake: Intake
    correspondence: Correspondence
    lookup: Lookup
    playback: Playback


def parts() -> Parts:
    """The parts of the application that answers the present request."""
    return cast(Parts, current_app.extensions["hotline"])
