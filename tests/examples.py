"""How many made-up inputs a test tries: all of them, or a part where each costs a request, a walk or a database."""

import os
from collections.abc import Sequence

FAST = "TEST_FAST"
"""Set by `bin/test fast`."""
DEEP = os.environ.get("GUARDIA_FUZZ") == "deep"
"""Whether this is a deep run, which somebody asks for: `GUARDIA_FUZZ=deep bin/test`."""
PART = int(os.environ.get("GUARDIA_PART", "0"))
"""Which third is tried where not all is: `bin/test` draws it from the sources, so that a few commits try everything,
and what failed once fails again on the same commit.
"""


def examples(most: int) -> int:
    """All of them; in `bin/test fast` a quarter, but ten at least."""
    return max(most // 4, 10) if os.environ.get(FAST) else most


def costly_examples(most: int) -> int:
    """All of them in a deep run; every day a third, but one at least. For examples that use the database."""
    return most if DEEP else max(most // 3, 1)


def costly_part[T](values: Sequence[T], turn: int) -> Sequence[T]:
    """All of them in a deep run; every day a third, of each turn another one, such as of each field. Of few one."""
    return values if DEEP or not values else values[(turn + PART) % min(3, len(values)) :: 3]
