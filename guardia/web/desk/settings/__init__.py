"""Settings of the promise: levels, rotas, covers, calendars, rest days, the matrix; each change is on record."""
