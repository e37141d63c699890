"""How the figures of README.md were measured: ratios against a named baseline in the same run.

Never does: run in the tests.
"""
