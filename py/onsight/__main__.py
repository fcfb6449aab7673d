"""``python -m onsight``: the command line."""

import sys

from onsight.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
