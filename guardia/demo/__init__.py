"""A sample operator, its history, and a walk through one incident: all made through the same verbs and entry points."""
