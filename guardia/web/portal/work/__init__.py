"""Planned work as one company reads it: its own services, and its answer; by the link of a letter, or signed in."""
