"""What time brings: deadlines that fall due, mail that must leave, tests that are to be run."""
