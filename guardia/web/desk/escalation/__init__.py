"""Escalations at the desk: who answers now, pages acknowledged with one tap, calls to make, calls received."""
