"""How the database came to its present form, one revision a file.

Never does: run by itself; models.migrate does.
"""
