"""All tables in one import: what migrations compare against and tests create.

Never does: define one.
"""

from sqlmodel import SQLModel

from models.installation import Installation
from models.message import Attachment, Conversation, Message
from models.officer import Attempt, Beat, DayKey, Officer, Tally, Trail
from models.question import Asked
from models.recording import Doomed, ProviderCopy, Recording, Transcript
from models.tip import Contact, Routing, Tip

metadata = SQLModel.metadata

__all__ = [
    "Asked", "Attachment", "Attempt", "Beat", "Contact", "Conversation", "DayKey", "Doomed", "Installation",
    "Message", "Officer", "ProviderCopy", "Recording", "Routing", "Tally", "Tip", "Trail", "Transcript", "metadata",
]  # fmt: skip
