"""Channels only translate: hear() what came in, speak() what is to be said. PURE but for reading audio_prompts/.

Never does: decide what comes next (dialogue does), touch the database, know who calls.
"""
