"""One door to each outer world: the telephone provider, the speech models, the media store, the voice disguise.

Never does: know a tip, a table or a queue.
"""
