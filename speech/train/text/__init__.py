"""What the starter models learn to hear: lists and patterns as TOML, put together by make.py.

Never does: hold sentences of real callers, or those of ../heldout.
"""
