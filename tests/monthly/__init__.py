"""The report of a month to each company, and what the regulator asks for."""
