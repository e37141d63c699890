"""What the operator can mend is said in words, with exit status 2 and no traceback.

Never does: hide a fault of the program; those keep their traceback.
"""

import sys
from typing import Any

import click

from settings import SettingsFault

REFUSED = 2


class Refusal(click.ClickException):
    """What stands in the way, for the operator to mend."""

    exit_code = REFUSED

    def show(self, file: Any = None) -> None:
        """The message alone."""
        click.echo(self.message, err=True)


def refuse_elsewhere() -> None:
    """Linux only. Informants' files are opened by a cell that gets them in memory and stands behind this kernel's walls
    (workers.media.walls). Elsewhere their plain bytes would lie on the disk, and their readers could reach the network.
    """
    if sys.platform != "linux":
        raise Refusal("The hotline runs on Linux only: elsewhere it cannot open informants' files safely.")


def known_faults() -> tuple[type[Exception], ...]:
    """Faults whose message says what to mend; of modules that were never imported nothing was raised."""
    names = {
        "models.secrecy": ("KeysMissing",),
        "models.catalogue": ("CatalogueFault",),
        "models.migrate": ("MigrationFault",),
        "ivr.channels.prompts": ("PromptsFault",),
        "ivr.serve": ("ServeFault",),
        "ivr.demo": ("DemoFault",),
        "ivr.poster.content": ("PosterFault",),
        "ivr.console.officers": ("OfficerRefused",),
        "ivr.simulator.terminal": ("PhoneUnusable",),
        "workers.embedded": ("QueueServerFault",),
        "workers.outside.model_shop.faults": ("ShopFault",),
        "workers.outside.speech": ("ModelMissing",),
        "workers.outside.telephony": ("ProviderFault",),
    }
    found = [SettingsFault]
    for module, classes in names.items():
        if module in sys.modules:
            found += [getattr(sys.modules[module], one) for one in classes if hasattr(sys.modules[module], one)]
    return tuple(found)


def database_faults() -> tuple[type[Exception], ...]:
    """What a database that is not there, or not ready, raises."""
    module = sys.modules.get("sqlalchemy.exc")
    return (module.OperationalError, module.ProgrammingError) if module else ()
