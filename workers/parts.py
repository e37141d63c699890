"""The parts of a running worker or schedule, made once and handed in; nothing looks them up elsewhere.

Never does: read the environment; connect anywhere before a part is used; make a key that is missing (the first
`./hotline serve` or `migrate` does).
"""

from dataclasses import dataclass

from models.catalogue import Catalogue, load
from models.database import Database
from models.secrecy import Keys, load_keys
from settings import Settings
from workers import embedded
from workers.outside.speech import Ears
from workers.outside.telephony import Telephony
from workers.outside.vault import Vault
from workers.queues import JobQueue, connect


@dataclass(frozen=True)
class Parts:
    """What jobs need to do their work."""

    settings: Settings
    db: Database
    keys: Keys
    catalogue: Catalogue
    jobs: JobQueue
    vault: Vault
    telephony: Telephony
    ears: Ears

    def after_fork(self) -> None:
        """Forget the parent's database connections without closing them: they are the parent's."""
        self.db.dispose(close=False)


def assemble(settings: Settings, *, private: bool = True) -> Parts:
    """The parts these settings describe, with the key that opens seals or (the schedule) without it. Raises KeysMissing
    or CatalogueFault; loads no speech model."""
    keys = load_keys(settings.keys, private=private)
    return Parts(
        settings=settings,
        db=Database(settings.database),
        keys=keys,
        catalogue=load(),
        jobs=JobQueue(connect(embedded.url(settings))),
        vault=Vault(settings.media, keys),
        telephony=Telephony(settings),
        ears=Ears(settings),
    )
