"""What officers see in a browser: one file a page, `access.py` (PURE: who may see what), templates and static files.

Never does: change a tip by itself (`ivr.casework` does), show a reference code, or load anything from another host.
"""
