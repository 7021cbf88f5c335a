"""The copy of a person's data as a file, for whoever asked: made alike by the worker and by the command."""
