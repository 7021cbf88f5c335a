"""Planned work: a window that was announced, what it touches, who has agreed, whether it kept to its hours."""
