"""How many examples hypothesis draws for a test."""

import os

FAST = "TEST_FAST"
"""Set by `bin/test fast`."""


def examples(most: int) -> int:
    """All of them; in `bin/test fast` a quarter, but ten at least."""
    return max(most // 4, 10) if os.environ.get(FAST) else most
