"""The procedure's owner at the desk: what is in force, what is drafted, what it would change, who approves it."""
