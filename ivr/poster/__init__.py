"""Posters for police stations, markets and shop doors: one sheet with the number, how it works and the subjects.

Never does: print a number that the settings do not name, or the name of a person.
"""
