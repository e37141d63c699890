"""What officers asked about a tip, and how far it has come: asked, heard by the informant, answered, or withdrawn.

Never does: hold a word of question or answer (the catalogue has the one, messages and recordings the other), or a time
of the informant's finer than a day.
"""

from datetime import date

from sqlmodel import Field, SQLModel

# Where a question stands (Asked.state).
ASKED = "asked"
HEARD = "heard"  # whoever has the code was told it
ANSWERED = "answered"
WITHDRAWN = "withdrawn"
OPEN = (ASKED, HEARD)

MOST_OPEN = 2  # of one tip at a time: more would not be listened to


class Asked(SQLModel, table=True):
    """One question of the catalogue that a unit asks about one tip. What of it is open is told to whoever asks for the
    tip's status by its code, while the unit still has the tip."""

    id: int | None = Field(default=None, primary_key=True, description="in the order of asking")
    tip_id: str = Field(foreign_key="tip.id", ondelete="CASCADE", max_length=32, index=True)
    question: str = Field(max_length=8, description="id in models/catalogue/questions.toml")
    unit: str = Field(max_length=20, description="office or station that asks")
    state: str = Field(default=ASKED, max_length=10, description="one of the words above")
    asked_on: date = Field(description="Indian day")
    heard_on: date | None = Field(default=None, description="Indian day on which it was told first")
    answer: str | None = Field(default=None, max_length=32, description="Message.id of the first that answers it")
