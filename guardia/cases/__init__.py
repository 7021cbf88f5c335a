"""The case: one file per stage with its verbs, the ledger that records them, and what follows from each."""
