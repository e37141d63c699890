"""Who we talk to: callers on a line, officers in a browser.

Never does: transcribe, classify or erase; that is left to `workers`, by name and id.
"""
