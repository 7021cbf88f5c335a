"""The API for machines, version 2: every noun and every verb of the desk, by the rules of its screens."""
