"""The conversation, as a table and one pure reply(): no words, no channel, no clock, no database.

Never does: write TwiML, keep a tip, or know a caller's number.
"""
