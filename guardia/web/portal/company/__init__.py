"""All that is a company's: a contact signs in with a code that goes to the mailbox, and sees no other company's."""
