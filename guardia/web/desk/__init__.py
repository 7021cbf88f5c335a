"""The desk: the screens of the operator's people."""
