"""How little memory a process that stays holds."""

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8
"""Of glibc's mallopt(3)."""


def one_heap() -> None:
    """Before the threads begin: glibc would give each its own heap, and keep what each has freed apart."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
