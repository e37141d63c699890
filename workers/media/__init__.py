"""Files that informants send: what they are, what officers may see of them, and what is never opened.

Nothing here believes a name or a declared type. Every foreign byte is opened in a child process of its own (cell.py)
behind walls (walls.py): little memory, little time, no network, no files. What comes out is made anew.
Never does: show, store or hand on a byte as it was sent, but for the sealed original.
"""
