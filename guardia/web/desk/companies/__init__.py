"""Companies with their contacts, sites and services; cities, crews and the operator's people."""
