"""`python -m deskbreak`."""

import sys

from deskbreak.cli import main

sys.exit(main())
