"""What keeps a model from being fetched or used.

Never does: happen silently; every one says what was left on the disk and what to do.
"""


class ShopFault(Exception):
    """The model cannot be had or used; the message says why and how to go on."""
