"""The door that time comes in by: deadlines that fall due, mail that must leave."""
