"""The first four steps of an installation."""
