"""`python -m ivr`: the command line, see ivr.cli.

Never does: anything else.
"""

from ivr.cli import main

if __name__ == "__main__":
    main()
