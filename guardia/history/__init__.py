"""The past of an operator: what a former tool had on record comes in, and everything goes out again as an event log."""
