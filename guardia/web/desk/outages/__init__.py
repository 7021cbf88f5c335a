"""`/afectaciones`: mass outages. One cause, the services behind it, what was said, and who is back."""
