"""`python -m guardia` is the command `guardia`."""

import sys

from guardia.cli.main import main

sys.exit(main())
