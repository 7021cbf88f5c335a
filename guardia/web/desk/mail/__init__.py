"""The mail that came in: the tray of what waits, one message with its acts; and what is done to our notices."""
