"""What we know: tables, their lifecycle, their secrets and the facts of the world.

Never does: talk to a caller, an officer, a queue or a provider; import `ivr` or `workers`.
"""
