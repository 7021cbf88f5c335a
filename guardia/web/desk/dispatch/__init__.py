"""The dispatch board: which cases wait for a crew, where each visit stands, which crew is free (P4)."""
