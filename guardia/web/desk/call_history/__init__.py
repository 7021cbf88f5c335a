"""Every call that ever came in, the latest first: by number, company, line, day and what became of it."""
