"""Speech: the recogniser's models (starter/) and the voice that speaks the prompts (voice/).

Never does: take part in a call. What is made here are files.
"""
