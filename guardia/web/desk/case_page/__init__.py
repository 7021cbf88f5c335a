"""The parts of the page of a case, a module per part, and the form of an act in place."""
