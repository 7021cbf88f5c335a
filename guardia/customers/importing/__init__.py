"""Companies, contacts, sites and services from files: all rows or none, and a repeat changes nothing."""
