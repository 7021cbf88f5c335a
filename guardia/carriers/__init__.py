"""Carriers over whose networks services run: who they are, our tickets at them, and what came of these (W1)."""
