"""Running promises: targets, waits, due times. The arithmetic is pure: no database, no reading of the time."""
