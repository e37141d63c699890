"""`python -m ivr`: the command line, see ivr.cli.

Never does: anything else, but to see to it that a crash dumps no memory: it may hold a number or a key.
"""

import resource

from ivr.cli import main

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
