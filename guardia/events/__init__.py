"""What can happen to a case, kind by kind."""
