"""`./hotline prompts`: make, check and show the sounds of the prompts (speech/voice does the work).

Never does: import anything heavy; a machine that only answers calls needs none of it.
"""

from speech.voice.commands import prompts as group

__all__ = ["group"]
