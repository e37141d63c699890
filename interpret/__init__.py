"""Understands what people write: text in any script -> what they want, what it is about, where, and why we think so.

PURE: facts of the catalogue and rules; no clock, no chance, no files, no network.
Never does: keep a text, invent a station, or raise.
"""

from interpret.interpreter import Account, Interpreter, interpreter_of, read, told_of
from interpret.police import MISCONDUCT
from interpret.reading import Reading, Reason

__all__ = ["MISCONDUCT", "Account", "Interpreter", "Reading", "Reason", "interpreter_of", "read", "told_of"]
