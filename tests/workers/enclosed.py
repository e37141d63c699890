"""What people enclose in messages again and again, as Sent.files takes it: content and declared type.

Never does: hold a file of which only one test has need.
"""

from tests.workers import files

FILM = (files.film(), "video/mp4")
JPEG = (files.jpeg(), "image/jpeg")
