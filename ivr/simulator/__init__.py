"""A telephone company in a box: a telephone that obeys TwiML and signs like Twilio, and the REST API we use.

Tests, the demo and people meet the hotline through it, exactly as a caller and Twilio would: nothing here knows how
the hotline works inside.
Never does: run on a public host; the page is opened in development mode only.
"""
