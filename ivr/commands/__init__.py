"""The longer commands of `./hotline`, one file a group.

Never does: decide anything; each command hands over to the part that does the work.
"""
