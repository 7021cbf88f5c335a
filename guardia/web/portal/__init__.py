"""What a customer sees: the page of a case by the link of a letter, and the whole company once signed in."""
