"""What officers do with the files of a tip: look at them, and ask for one that costs too much to be prepared unasked.

Every look and every such wish leaves a row in the trail. What an officer may not see is `NotThere`.
Never does: give out an original, or open one.
"""

from sqlalchemy import select, update

from ivr import exhibits
from ivr.casework import NotThere, note_down, note_look, tip_of
from ivr.console.access import Sight, sight
from ivr.parts import Parts
from models.message import HELD, READY, WANTED
from models.officer import Officer
from workers.queues import Job

FILE = exhibits.FILE


def see(of: Parts, officer: Officer, file_id: str, *, small: bool = False) -> tuple[bytes, str]:
    """A file as officers may see it (`small`: its thumbnail), and its media type. NotThere if it is not theirs, not
    ready, or nothing of it may be seen."""
    with of.db.begin() as connection:
        row = connection.execute(
            select(FILE.c.tip_id, FILE.c.shown, FILE.c.shown_type, FILE.c.thumbnail).where(
                (FILE.c.id == file_id) & (FILE.c.status == READY)
            )
        ).first()
        name = None if row is None else row.thumbnail if small else row.shown
        if row is None or name is None or row.shown_type not in exhibits.SHOWN_TYPES:
            raise NotThere
        tip_of(connection, officer, row.tip_id)
        if not small:  # thumbnails come with the page, whose reading is in the trail already
            note_look(connection, officer, row.tip_id, "see")
    return of.vault.listening(name), exhibits.SHOWN_TYPES[0] if small else str(row.shown_type)


def ask_for(of: Parts, officer: Officer, file_id: str) -> str:
    """Have a held file prepared, whatever it costs; its tip's id. NotThere when it is not held (any more), or its tip
    is not the officer's to act on."""
    with of.db.begin() as connection:
        tip_id = connection.scalar(select(FILE.c.tip_id).where((FILE.c.id == file_id) & (FILE.c.status == HELD)))
        if tip_id is None:
            raise NotThere
        tip, role = tip_of(connection, officer, tip_id)
        if sight(tip.status, role) is not Sight.ACT:
            raise NotThere
        asked = update(FILE).where((FILE.c.id == file_id) & (FILE.c.status == HELD)).values(status=WANTED)
        if connection.execute(asked).rowcount != 1:
            raise NotThere
        note_down(connection, officer, tip_id, "ask_for_file")
    of.courier.enqueue(Job.PREPARE_FILE, file_id)
    return str(tip_id)
