"""What was made of a file, as tests look at it.

Never does: make a file (files does), or open one of somebody else's.
"""

import io

from PIL import Image

LONGEST = 600


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    shown = Image.open(io.BytesIO(data))
    shown.load()
    return shown
