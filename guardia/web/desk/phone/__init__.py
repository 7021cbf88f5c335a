"""While it rings: who calls, the page of one call, and who an unknown number belongs to."""
