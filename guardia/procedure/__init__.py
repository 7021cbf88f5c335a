"""The published promise as data: its schema, its versions, and what is wrong with one that is being written."""
