"""The door by which mail comes in: a mailbox that is read over IMAP, and what hands a mail over by itself."""
