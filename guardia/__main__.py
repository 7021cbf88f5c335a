"""`python -m guardia` is the command `guardia`."""

import sys

from guardia.doors.cli.main import main

sys.exit(main())
