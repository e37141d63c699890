"""What we do afterwards: fetch, transcribe, anonymise, route, erase, forget.

Never does: import `ivr`; talk to a caller or an officer.
"""
